package io.github.semcache.guard;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import java.util.Optional;

/** Rejects prompts whose content words or numbers differ. */
record SameWordsGuard(Dictionary words) implements Guard, NonBlocking {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    return prompts.diff(words).hasSameContent()
        ? Optional.empty()
        : Optional.of(RejectionReason.OTHER_WORDS);
  }
}
