package io.github.semcache.internal.language;

import java.util.List;

/** Applies to a different question word, such as "when" and "where". */
final class QuestionRule {
  private QuestionRule() {}

  static boolean appliesTo(TextDiff diff) {
    TextAnalysis.Question first = diff.first().question();
    TextAnalysis.Question second = diff.second().question();
    return diff.mayBeEnglish()
        && first != null
        && second != null
        && !isCommonToBoth(diff, first, second)
        && first.conflictsWith(second)
        && isContentSame(diff, first, second);
  }

  /** Returns whether the question word of one text occurs elsewhere in the other. */
  private static boolean isCommonToBoth(
      TextDiff diff, TextAnalysis.Question first, TextAnalysis.Question second) {
    return !first.word().equals(second.word())
        && (diff.second().has(first.word()) || diff.first().has(second.word()));
  }

  /**
   * Returns whether the texts have the same content apart from their question phrases. If only one
   * of the phrases is a plain "what", it suffices that its text has no other content: "what is the
   * age of" may ask for the same as "how old is", but "what is" does not.
   */
  private static boolean isContentSame(
      TextDiff diff, TextAnalysis.Question first, TextAnalysis.Question second) {
    boolean firstMore = hasOtherContent(first, diff.onlyInFirst());
    boolean secondMore = hasOtherContent(second, diff.onlyInSecond());
    if (first.isPlainWhat() != second.isPlainWhat()) {
      return first.isPlainWhat() ? !firstMore : !secondMore;
    }
    boolean openEnded = first.isOpenEnded() || second.isOpenEnded();
    return openEnded ? !firstMore && !secondMore : !firstMore || !secondMore;
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
