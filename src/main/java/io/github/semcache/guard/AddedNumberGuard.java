package io.github.semcache.guard;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextDiff;
import java.util.Optional;

/**
 * Rejects a number that only one prompt has. Applies only to texts that may be English, because in
 * other languages the other prompt may spell out the number in words.
 */
record AddedNumberGuard(Dictionary words) implements Guard {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    TextDiff diff = prompts.diff(words);
    return diff.mayBeEnglish() && diff.isNumberAdded()
        ? Optional.of(RejectionReason.ADDED_NUMBER)
        : Optional.empty();
  }
}
