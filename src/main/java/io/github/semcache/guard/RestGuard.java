package io.github.semcache.guard;

import java.util.Optional;

/**
 * Objects to texts that differ past the part that guards read. An embedding model does not read
 * such long texts to their end either.
 */
record RestGuard(Lexicon words) implements Guard {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    String asked = difference.asked().rest();
    String cached = difference.cached().rest();
    return asked.equals(cached) || letters(asked).equals(letters(cached))
        ? Optional.empty()
        : Optional.of(RejectionReason.UNREAD_REST);
  }

  /** The letters, digits and symbols of a text, folded. */
  private static String letters(String text) {
    StringBuilder letters = new StringBuilder(text.length());
    Folding.fold(text)
        .codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || Symbols.isSymbol(c))
        .forEach(letters::appendCodePoint);
    return letters.toString();
  }
}
