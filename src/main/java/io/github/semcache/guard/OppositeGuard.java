package io.github.semcache.guard;

import java.util.Optional;

/** Objects to a word in place of its opposite, unless one of the two is negated: "not right". */
record OppositeGuard(Lexicon words) implements Guard {
  private static final String[] PREFIXES = {"un", "non", "dis", "anti", "il", "ir"};
  private static final int SHORTEST = 3;

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    boolean opposite =
        difference.mayBeEnglish()
            && !difference.negationChanged()
            && (difference.opposes(WordList.OPPOSITES) || hasNegatedWord(difference));
    return opposite ? Optional.of(RejectionReason.OPPOSITE) : Optional.empty();
  }

  private static boolean hasNegatedWord(Difference difference) {
    for (Token asked : difference.onlyAsked()) {
      for (Token cached : difference.onlyCached()) {
        if (isNegated(asked, cached) || isNegated(cached, asked)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether one word is the other with a prefix such as "un". */
  private static boolean isNegated(Token negated, Token plain) {
    int length = plain.key().length();
    if (length < SHORTEST || !negated.key().endsWith(plain.key()) || !plain.word().known()) {
      return false;
    }
    String prefix = negated.key().substring(0, negated.key().length() - length);
    for (String candidate : PREFIXES) {
      if (prefix.equals(candidate)) {
        return true;
      }
    }
    return false;
  }
}
