package io.github.semcache.policy.budget;

import io.github.semcache.policy.guard.Guard;
import io.github.semcache.policy.guard.GuardReason;
import io.github.semcache.policy.guard.Guards;
import io.github.semcache.policy.guard.PromptPair;
import java.util.List;

/** What guards say of two prompts. Here an objection is evidence, not the last word. */
final class Objections {
  /** The order is that of the features, and so part of the format of what was learned. */
  private static final List<GuardReason> REASONS =
      List.of(
          GuardReason.REPLACED_NUMBER,
          GuardReason.ADDED_NUMBER,
          GuardReason.REPLACED_NAME,
          GuardReason.OPPOSITE,
          GuardReason.QUESTION_WORD,
          GuardReason.SWAPPED_ORDER,
          GuardReason.NEGATION,
          GuardReason.SYMBOL,
          GuardReason.LANGUAGE,
          GuardReason.UNREAD_REST,
          GuardReason.REPLACED_WORD);

  private static final Guard SAME_WORDS = Guards.sameWords();

  /** A flag for each reason, one for all others together, one for prompts of other words. */
  static final int COUNT = REASONS.size() + 2;

  private Objections() {}

  static boolean[] to(String asked, String remembered, Guards guards) {
    PromptPair pair = PromptPair.of(asked, remembered);
    boolean[] objections = new boolean[COUNT];
    for (GuardReason reason : guards.objections(pair)) {
      int known = REASONS.indexOf(reason);
      objections[known < 0 ? REASONS.size() : known] = true;
    }
    objections[COUNT - 1] = SAME_WORDS.objection(pair).isPresent();
    return objections;
  }
}
