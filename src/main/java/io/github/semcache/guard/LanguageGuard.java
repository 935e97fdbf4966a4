package io.github.semcache.guard;

import java.util.Optional;

/** Objects to another language or script, in which the answer would be too. */
record LanguageGuard(Lexicon words) implements Guard {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    String asked = difference.asked().language();
    String cached = difference.cached().language();
    return asked.isEmpty() || cached.isEmpty() || asked.equals(cached)
        ? Optional.empty()
        : Optional.of(RejectionReason.LANGUAGE);
  }
}
