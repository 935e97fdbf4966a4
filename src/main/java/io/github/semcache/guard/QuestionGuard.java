package io.github.semcache.guard;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import java.util.List;
import java.util.Optional;

/** Rejects a different question word, such as "when" and "where". */
record QuestionGuard(Dictionary words) implements Guard {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    TextDiff diff = prompts.diff(words);
    if (!diff.mayBeEnglish()) {
      return Optional.empty();
    }
    TextAnalysis.Question asked = diff.first().question();
    TextAnalysis.Question cached = diff.second().question();
    if (asked == null || cached == null || isCommonToBoth(diff, asked, cached)) {
      return Optional.empty();
    }
    return asked.conflictsWith(cached) && isContentSame(diff, asked, cached)
        ? Optional.of(RejectionReason.QUESTION_WORD)
        : Optional.empty();
  }

  /** Returns whether the question word of one text occurs elsewhere in the other. */
  private static boolean isCommonToBoth(
      TextDiff diff, TextAnalysis.Question asked, TextAnalysis.Question cached) {
    return !asked.word().equals(cached.word())
        && (diff.second().has(asked.word()) || diff.first().has(cached.word()));
  }

  /**
   * Returns whether the texts have the same content apart from their question phrases. If only one
   * of the phrases is a plain "what", it suffices that its text has no other content: "what is the
   * age of" may ask for the same as "how old is", but "what is" does not.
   */
  private static boolean isContentSame(
      TextDiff diff, TextAnalysis.Question asked, TextAnalysis.Question cached) {
    boolean askedMore = hasOtherContent(asked, diff.onlyInFirst());
    boolean cachedMore = hasOtherContent(cached, diff.onlyInSecond());
    if (asked.isPlainWhat() != cached.isPlainWhat()) {
      return asked.isPlainWhat() ? !askedMore : !cachedMore;
    }
    boolean openEnded = asked.isOpenEnded() || cached.isOpenEnded();
    return openEnded ? !askedMore && !cachedMore : !askedMore || !cachedMore;
  }

  private static boolean hasOtherContent(TextAnalysis.Question question, List<Token> tokens) {
    for (Token token : tokens) {
      if (token.isContent() && !question.tokens().contains(token)) {
        return true;
      }
    }
    return false;
  }
}
