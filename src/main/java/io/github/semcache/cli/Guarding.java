package io.github.semcache.cli;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.policy.guard.GuardReason;
import io.github.semcache.policy.guard.Guards;
import io.github.semcache.policy.guard.PromptPair;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The guards of the library, as the commands use them. */
final class Guarding {
  private static final List<Guards> SINGLY =
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
          .map(reason -> Guards.english().only(reason))
          .toList();

  private Guarding() {}

  /** A policy whose hits the guards may turn into misses. */
  static HitPolicy guarded(HitPolicy policy) {
    Guards guards = Guards.english();
    return (query, matches) -> {
      Decision decision = policy.decide(query, matches);
      if (decision instanceof Decision.Hit hit) {
        return guards
            .objection(PromptPair.of(query.text(), hit.match().entry().prompt()))
            .map(reason -> Decision.miss(new MissReason(reason.code())))
            .orElse(decision);
      }
      return decision;
    };
  }

  /** What each guard that objects to a pair says. */
  static List<String> objections(String asked, String remembered) {
    PromptPair pair = PromptPair.of(asked, remembered);
    return SINGLY.stream()
        .map(guard -> guard.objection(pair))
        .flatMap(Optional::stream)
        .map(GuardReason::code)
        .toList();
  }
}
