package io.github.semcache.guard;

import java.util.Optional;

/** Objects to another language or script, in which the answer would be too. */
record LanguageGuard(Lexicon words) implements Guard {

  @Override
  public Optional<RejectionReason> objection(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    String asked = difference.asked().language();
    String remembered = difference.remembered().language();
    return asked.isEmpty() || remembered.isEmpty() || asked.equals(remembered)
        ? Optional.empty()
        : Optional.of(RejectionReason.LANGUAGE);
  }
}
