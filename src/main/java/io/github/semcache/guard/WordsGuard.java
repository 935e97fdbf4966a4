package io.github.semcache.guard;

import java.util.Optional;

/** Objects where the content words and numbers are not the same. */
record WordsGuard(Lexicon words) implements Guard {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    return prompts.difference(words).sameContent()
        ? Optional.empty()
        : Optional.of(RejectionReason.OTHER_WORDS);
  }
}
