package io.github.semcache.guard;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.WordList;
import java.util.Optional;

/** Rejects an opposite word, unless one of the prompts is negated: "wrong" and "not right". */
record OppositeGuard(Dictionary words) implements Guard {
  private static final String[] NEGATIVE_PREFIXES = {"un", "non", "dis", "anti", "il", "ir"};
  private static final int MIN_LENGTH = 3;

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    TextDiff diff = prompts.diff(words);
    boolean opposite =
        diff.mayBeEnglish()
            && !diff.isNegationChanged()
            && (diff.hasConflict(WordList.OPPOSITES) || hasNegativeForm(diff));
    return opposite ? Optional.of(RejectionReason.OPPOSITE) : Optional.empty();
  }

  private static boolean hasNegativeForm(TextDiff diff) {
    for (Token asked : diff.onlyInFirst()) {
      for (Token cached : diff.onlyInSecond()) {
        if (isNegativeForm(asked, cached) || isNegativeForm(cached, asked)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns whether one word is the other with a prefix such as "un". */
  private static boolean isNegativeForm(Token negative, Token plain) {
    int length = plain.key().length();
    if (length < MIN_LENGTH || !negative.key().endsWith(plain.key()) || !plain.isKnown()) {
      return false;
    }
    String prefix = negative.key().substring(0, negative.key().length() - length);
    for (String candidate : NEGATIVE_PREFIXES) {
      if (prefix.equals(candidate)) {
        return true;
      }
    }
    return false;
  }
}
