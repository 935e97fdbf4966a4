package io.github.semcache.guard;

import io.github.semcache.guard.Token.Kind;
import io.github.semcache.guard.Word.Trait;
import java.util.List;
import java.util.Optional;

/** Objects to another name, identifier, quotation or piece of code in place of one. */
record NameGuard(Lexicon words) implements Guard {
  private static final int SHORTEST_INFLECTED = 8;

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    if (difference.onlyAsked().isEmpty() || difference.onlyCached().isEmpty()) {
      return Optional.empty();
    }
    boolean asked = hasName(difference.onlyAsked(), difference.asked(), difference);
    boolean cached = hasName(difference.onlyCached(), difference.cached(), difference);
    boolean replaced =
        (asked && cached)
            || (difference.mayBeEnglish() && difference.opposes(WordList.NAMES))
            || isOneForOne(difference, asked || cached);
    return replaced ? Optional.of(RejectionReason.REPLACED_NAME) : Optional.empty();
  }

  private static boolean hasName(List<Token> tokens, Analysis text, Difference difference) {
    for (Token token : tokens) {
      if (isName(token, text, difference)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isName(Token token, Analysis text, Difference difference) {
    if (token.kind() == Kind.IDENTIFIER || token.literal()) {
      return true;
    }
    boolean capitalized = token.capitalized() && text.capitalsMean() && !token.initial();
    boolean letter = isLetter(token.form());
    if (token.kind() != Kind.WORD || (token.is(Trait.FUNCTION) && !(letter && capitalized))) {
      return false;
    }
    if (token.is(Trait.PROPER)) {
      return capitalized || !token.is(Trait.COMMON);
    }
    return (capitalized && !text.language().equals(Languages.GERMAN))
        || letter
        || (!token.word().known() && difference.isEnglish() && !isInflected(token));
  }

  /** Whether a long word in small letters ends as a verb or adverb does: "assassinated". */
  private static boolean isInflected(Token token) {
    String form = token.form();
    return !token.capitalized()
        && form.length() >= SHORTEST_INFLECTED
        && (form.endsWith("ed") || form.endsWith("ing") || form.endsWith("ly"));
  }

  /** Whether a word is one letter, as in "hepatitis B", and not a pronoun. */
  private static boolean isLetter(String form) {
    return form.length() == 1 && Character.isLetter(form.charAt(0)) && !form.equals("i");
  }

  /**
   * Whether one content word stands in place of another and nothing else has changed, where one is
   * a name or both are things.
   */
  private static boolean isOneForOne(Difference difference, boolean hasName) {
    Token asked = difference.onlyContentAsked();
    Token cached = difference.onlyContentCached();
    if (asked == null || cached == null) {
      return false;
    }
    boolean things = asked.is(Trait.THING) && cached.is(Trait.THING);
    return hasName || (things && difference.mayBeEnglish());
  }
}
