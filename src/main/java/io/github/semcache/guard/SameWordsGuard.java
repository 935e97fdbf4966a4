package io.github.semcache.guard;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.text.Lexicon;
import java.util.Optional;

/** Rejects prompts whose content words or numbers differ. */
record SameWordsGuard(Lexicon words) implements Guard, NonBlocking {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    return prompts.diff(words).hasSameContent()
        ? Optional.empty()
        : Optional.of(RejectionReason.OTHER_WORDS);
  }
}
