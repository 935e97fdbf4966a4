package io.github.semcache.verify;

import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import org.jspecify.annotations.Nullable;

/**
 * Decides on texts in languages other than English. It accepts the same words in the same order,
 * and for some languages {@linkplain RequestForms other forms} of the same request.
 */
final class ForeignText {
  private ForeignText() {}

  /** Returns the decision, or null if both texts are English. */
  static @Nullable Verification verify(SurfaceTokens asked, SurfaceTokens cached, TextDiff diff) {
    if (areEnglish(asked, cached, diff)) {
      return null;
    }
    boolean sameSymbols = asked.symbols.compareTo(cached.symbols) == 0;
    boolean sameWords =
        !asked.words.isEmpty() && asked.lowerCaseWords().equals(cached.lowerCaseWords());
    if (sameSymbols && (sameWords || isSameRequest(asked, cached, diff))) {
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

  private static boolean areEnglish(SurfaceTokens asked, SurfaceTokens cached, TextDiff diff) {
    if (!diff.mayBeEnglish() || isMarked(asked.text) || isMarked(cached.text)) {
      return false;
    }
    return (diff.first().isEnglish() && diff.second().isEnglish())
        || (isReadable(diff.first()) && isReadable(diff.second()) && !mayStartBoth(asked, cached));
  }

  /** Returns whether a text has a punctuation mark that English lacks. */
  private static boolean isMarked(String text) {
    return text.indexOf('¿') >= 0 || text.indexOf('¡') >= 0;
  }

  /**
   * Returns whether both texts start with a word of a phrase, and one of them with a whole phrase.
   * The words "come" and "was" are also English, the phrases "come posso" and "was kostet" are not.
   */
  private static boolean mayStartBoth(SurfaceTokens asked, SurfaceTokens cached) {
    return LanguageForms.all().stream()
        .anyMatch(
            language ->
                language.mayStart(asked)
                    && language.mayStart(cached)
                    && (language.isStartOf(asked) || language.isStartOf(cached)));
  }

  /**
   * Returns whether the texts differ only in the form of the request, in a detected language or in
   * one of whose phrases a text may start with. Short texts are often detected as a similar
   * language.
   */
  private static boolean isSameRequest(SurfaceTokens asked, SurfaceTokens cached, TextDiff diff) {
    LanguageForms first = LanguageForms.of(diff.first().language());
    LanguageForms second = LanguageForms.of(diff.second().language());
    return LanguageForms.all().stream()
        .filter(
            language ->
                language == first
                    || language == second
                    || language.mayStart(asked)
                    || language.mayStart(cached))
        .anyMatch(language -> RequestForms.areSame(language, asked, cached));
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
