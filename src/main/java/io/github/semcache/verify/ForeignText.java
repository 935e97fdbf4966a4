package io.github.semcache.verify;

import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides on texts in languages that the word lists do not cover. */
final class ForeignText {
  private ForeignText() {}

  /** Returns the decision, or null if both texts are English. */
  static @Nullable Verification verify(SurfaceTokens asked, SurfaceTokens cached, TextDiff diff) {
    boolean readable = isReadable(diff.first()) && isReadable(diff.second());
    if (diff.mayBeEnglish() && readable) {
      return null;
    }
    List<String> a = asked.lowerCaseWords();
    List<String> b = cached.lowerCaseWords();
    if (!a.isEmpty() && a.equals(b)) {
      return Verification.accept().withScore(1);
    }
    if (!diff.isNumberReplaced() && isSameRequest(asked, cached, diff)) {
      return Verification.accept().withScore(1);
    }
    if (!diff.first().language().equals(diff.second().language())) {
      return Verification.reject("language").withScore(0);
    }
    if (diff.isNumberReplaced()) {
      return Verification.reject("number").withScore(0);
    }
    return Verification.unsure("language");
  }

  /**
   * Returns whether the texts differ only in the form of the request. If only one language is
   * detected, it is the language of both. If none is detected, both texts must start with a phrase
   * of one language.
   */
  private static boolean isSameRequest(SurfaceTokens asked, SurfaceTokens cached, TextDiff diff) {
    String first = diff.first().language();
    String second = diff.second().language();
    if (!first.isEmpty() && !second.isEmpty() && !first.equals(second)) {
      return false;
    }
    if (first.isEmpty() && second.isEmpty()) {
      return RequestForms.all().stream()
          .anyMatch(
              forms ->
                  forms.startsRequest(asked)
                      && forms.startsRequest(cached)
                      && forms.areSame(asked, cached));
    }
    RequestForms forms = RequestForms.of(first.isEmpty() ? second : first);
    return forms != null && forms.areSame(asked, cached);
  }

  /** Returns whether the language is known, or at least half of the words are. */
  private static boolean isReadable(TextAnalysis text) {
    if (!text.language().isEmpty()) {
      return true;
    }
    int words = 0;
    int known = 0;
    for (Token token : text.tokens()) {
      if (token.kind() == Token.Kind.WORD && !token.isLiteral()) {
        words++;
        known += token.isKnown() ? 1 : 0;
      }
    }
    return words < 3 || known * 2 >= words;
  }
}
