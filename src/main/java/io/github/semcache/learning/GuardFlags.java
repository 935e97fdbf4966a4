package io.github.semcache.learning;

import io.github.semcache.guard.Guard;
import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import java.util.List;

/** The rejections of the guards as features: evidence with a learned weight, not a veto. */
final class GuardFlags {
  /** The order of the features, which is part of the format of snapshots. */
  private static final List<RejectionReason> REASONS =
      List.of(
          RejectionReason.REPLACED_NUMBER,
          RejectionReason.ADDED_NUMBER,
          RejectionReason.REPLACED_NAME,
          RejectionReason.OPPOSITE,
          RejectionReason.QUESTION_WORD,
          RejectionReason.SWAPPED_ORDER,
          RejectionReason.NEGATION,
          RejectionReason.SYMBOL,
          RejectionReason.LANGUAGE,
          RejectionReason.UNREAD_REST,
          RejectionReason.REPLACED_WORD);

  private static final Guard SAME_WORDS = Guards.sameWords();

  /** One flag per reason, one for all other reasons, and one for different content words. */
  static final int COUNT = REASONS.size() + 2;

  private GuardFlags() {}

  static boolean[] of(String asked, String cached, Guards guards) {
    PromptPair pair = PromptPair.of(asked, cached);
    boolean[] flags = new boolean[COUNT];
    for (RejectionReason reason : guards.rejections(pair)) {
      int index = REASONS.indexOf(reason);
      flags[index < 0 ? REASONS.size() : index] = true;
    }
    flags[COUNT - 1] = SAME_WORDS.reject(pair).isPresent();
    return flags;
  }
}
