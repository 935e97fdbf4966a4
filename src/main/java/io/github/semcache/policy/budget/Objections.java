package io.github.semcache.policy.budget;

import io.github.semcache.policy.guard.Guard;
import io.github.semcache.policy.guard.GuardReason;
import io.github.semcache.policy.guard.Guards;
import io.github.semcache.policy.guard.PromptPair;
import java.util.List;
import java.util.stream.Stream;

/** What each guard says of two prompts. Here an objection is evidence, not the last word. */
final class Objections {
  /** The order is that of the features, and so part of the format of what was learned. */
  private static final List<Guard> GUARDS =
      Stream.concat(
              Stream.of(
                      GuardReason.REPLACED_NUMBER,
                      GuardReason.ADDED_NUMBER,
                      GuardReason.REPLACED_NAME,
                      GuardReason.OPPOSITE,
                      GuardReason.QUESTION_WORD,
                      GuardReason.SWAPPED_ORDER,
                      GuardReason.NEGATION,
                      GuardReason.SYMBOL,
                      GuardReason.LANGUAGE,
                      GuardReason.UNREAD_REST)
                  .<Guard>map(reason -> Guards.english().only(reason)),
              Stream.of(Guards.sameWords()))
          .toList();

  /** How many guards are asked. */
  static final int COUNT = GUARDS.size();

  private Objections() {}

  /** For each guard whether it objects. */
  static boolean[] to(String asked, String remembered) {
    PromptPair pair = PromptPair.of(asked, remembered);
    boolean[] objections = new boolean[COUNT];
    for (int i = 0; i < COUNT; i++) {
      objections[i] = GUARDS.get(i).objection(pair).isPresent();
    }
    return objections;
  }
}
