package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.Token.Kind;
import io.github.semcache.internal.language.Token.Trait;
import java.util.List;

/** Applies to a different name, identifier, quotation or piece of code. */
final class NameRule {
  private static final int MIN_INFLECTED_LENGTH = 8;

  private NameRule() {}

  static boolean appliesTo(TextDiff diff) {
    if (diff.onlyInFirst().isEmpty() || diff.onlyInSecond().isEmpty()) {
      return false;
    }
    boolean firstName = hasName(diff.onlyInFirst(), diff.first(), diff);
    boolean secondName = hasName(diff.onlyInSecond(), diff.second(), diff);
    return (firstName && secondName)
        || (diff.mayBeEnglish() && diff.hasConflict(WordList.NAMES))
        || isOneForOne(diff, firstName || secondName);
  }

  private static boolean hasName(List<Token> tokens, TextAnalysis text, TextDiff diff) {
    for (Token token : tokens) {
      if (isName(token, text, diff)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isName(Token token, TextAnalysis text, TextDiff diff) {
    if (token.kind() == Kind.IDENTIFIER || token.isLiteral()) {
      return true;
    }
    boolean capitalized =
        token.isCapitalized() && text.capitalsMarkNames() && !token.startsSentence();
    boolean letter = isLetter(token.form());
    if (token.kind() != Kind.WORD || (token.is(Trait.FUNCTION) && !(letter && capitalized))) {
      return false;
    }
    if (token.is(Trait.PROPER_NOUN)) {
      return capitalized || !token.is(Trait.COMMON);
    }
    return (capitalized && !text.capitalizesNouns())
        || letter
        || (!token.isKnown() && diff.isEnglish() && !isInflected(token));
  }

  /** Returns whether a long lower-case word has the ending of a verb or adverb. */
  private static boolean isInflected(Token token) {
    String form = token.form();
    return !token.isCapitalized()
        && form.length() >= MIN_INFLECTED_LENGTH
        && (form.endsWith("ed") || form.endsWith("ing") || form.endsWith("ly"));
  }

  /** Returns whether a word is a single letter other than "I", as in "hepatitis B". */
  private static boolean isLetter(String form) {
    return form.length() == 1 && Character.isLetter(form.charAt(0)) && !form.equals("i");
  }

  /**
   * Returns whether the texts differ in one content word each, and either one of these words is a
   * name or both are nouns without synonyms.
   */
  private static boolean isOneForOne(TextDiff diff, boolean hasName) {
    Token first = diff.singleContentTokenOfFirst();
    Token second = diff.singleContentTokenOfSecond();
    if (first == null || second == null) {
      return false;
    }
    boolean nouns = first.is(Trait.DISTINCT_NOUN) && second.is(Trait.DISTINCT_NOUN);
    return hasName || (nouns && diff.mayBeEnglish());
  }
}
