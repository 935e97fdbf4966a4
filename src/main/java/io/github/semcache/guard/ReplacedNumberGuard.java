package io.github.semcache.guard;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.WordList;
import java.util.Optional;

/** Rejects a different number, date, unit or currency. */
record ReplacedNumberGuard(Dictionary words) implements Guard {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    TextDiff diff = prompts.diff(words);
    boolean replaced =
        diff.isNumberReplaced()
            || (diff.mayBeEnglish()
                && (diff.hasConflict(WordList.UNITS) || diff.hasConflict(WordList.DATES)));
    return replaced ? Optional.of(RejectionReason.REPLACED_NUMBER) : Optional.empty();
  }
}
