package io.github.semcache.guard;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextDiff;
import java.util.Optional;

/** Rejects prompts in different languages or scripts, because their answers are too. */
record LanguageGuard(Dictionary words) implements Guard {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    TextDiff diff = prompts.diff(words);
    String asked = diff.first().language();
    String cached = diff.second().language();
    return asked.isEmpty() || cached.isEmpty() || asked.equals(cached)
        ? Optional.empty()
        : Optional.of(RejectionReason.LANGUAGE);
  }
}
