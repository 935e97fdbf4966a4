package io.github.semcache.learning;

import io.github.semcache.guard.Guard;
import io.github.semcache.guard.Guards;
import io.github.semcache.guard.PromptPair;
import io.github.semcache.guard.RejectionReason;
import java.util.List;

/** What guards say of two prompts. Here an objection is evidence, not the last word. */
final class GuardFlags {
  /** The order is that of the features, and so part of the format of what was learned. */
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

  /** A flag for each reason, one for all others together, one for prompts of other words. */
  static final int COUNT = REASONS.size() + 2;

  private GuardFlags() {}

  static boolean[] to(String asked, String remembered, Guards guards) {
    PromptPair pair = PromptPair.of(asked, remembered);
    boolean[] objections = new boolean[COUNT];
    for (RejectionReason reason : guards.rejections(pair)) {
      int known = REASONS.indexOf(reason);
      objections[known < 0 ? REASONS.size() : known] = true;
    }
    objections[COUNT - 1] = SAME_WORDS.reject(pair).isPresent();
    return objections;
  }
}
