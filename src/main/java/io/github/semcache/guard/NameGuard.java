package io.github.semcache.guard;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Kind;
import io.github.semcache.internal.language.Token.Trait;
import io.github.semcache.internal.language.WordList;
import java.util.List;
import java.util.Optional;

/** Rejects a different name, identifier, quotation or piece of code. */
record NameGuard(Dictionary words) implements Guard {
  private static final int MIN_INFLECTED_LENGTH = 8;

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    TextDiff diff = prompts.diff(words);
    if (diff.onlyInFirst().isEmpty() || diff.onlyInSecond().isEmpty()) {
      return Optional.empty();
    }
    boolean askedName = hasName(diff.onlyInFirst(), diff.first(), diff);
    boolean cachedName = hasName(diff.onlyInSecond(), diff.second(), diff);
    boolean replaced =
        (askedName && cachedName)
            || (diff.mayBeEnglish() && diff.hasConflict(WordList.NAMES))
            || isOneForOne(diff, askedName || cachedName);
    return replaced ? Optional.of(RejectionReason.REPLACED_NAME) : Optional.empty();
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
   * Returns whether the prompts differ in one content word each, and either one of these words is a
   * name or both are nouns without synonyms.
   */
  private static boolean isOneForOne(TextDiff diff, boolean hasName) {
    Token asked = diff.singleContentTokenOfFirst();
    Token cached = diff.singleContentTokenOfSecond();
    if (asked == null || cached == null) {
      return false;
    }
    boolean nouns = asked.is(Trait.DISTINCT_NOUN) && cached.is(Trait.DISTINCT_NOUN);
    return hasName || (nouns && diff.mayBeEnglish());
  }
}
