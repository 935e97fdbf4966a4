package io.github.semcache.policy.guard;

import java.util.Optional;

/** Objects where the content words and numbers are not the same. */
record WordsGuard(Lexicon words) implements Guard {

  @Override
  public Optional<GuardReason> objection(PromptPair prompts) {
    return prompts.difference(words).sameContent()
        ? Optional.empty()
        : Optional.of(GuardReason.OTHER_WORDS);
  }
}
