package io.github.semcache.guard;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import java.util.Optional;

/**
 * Rejects prompts that differ after the part that guards read. Embedding models do not read such
 * long texts to the end either.
 */
record UnreadTextGuard(Dictionary words) implements Guard {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    return prompts.diff(words).isUnreadTextSame()
        ? Optional.empty()
        : Optional.of(RejectionReason.UNREAD_REST);
  }
}
