package io.github.semcache.cli.ui;

import io.github.semcache.Explanation;
import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.verify.Verification;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Describes the decisions on a prompt and its candidates, for the page. */
final class Decisions {
  private static final Map<MissReason, String> SENTENCES =
      Map.of(
          MissReason.NO_NEIGHBOR,
          "There is no entry to compare with.",
          MissReason.TOO_FAR,
          "The nearest entry is farther away than the threshold.",
          MissReason.UNKNOWN_SCALE,
          "The distances of the embedding model have no known scale.",
          MissReason.NEVER,
          "The policy serves only exact hits.",
          MissReason.UNREADABLE,
          "The embedding model cannot read the prompt.",
          MissReason.BYPASS,
          "The prompt bypasses the cache.",
          new MissReason("private-state"),
          "The answer depends on private state, so it is not cached.");

  private Decisions() {}

  /** Returns the decision on all candidates together, and on each of them. */
  static Map<String, @Nullable Object> describe(
      String prompt, Explanation explanation, boolean isExact) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    Optional<CacheEntry> served = isExact ? Optional.empty() : served(explanation.decision());
    json.put("hit", isExact || served.isPresent());
    json.put("exact", isExact);
    json.put("reason", isExact ? "exact" : reason(explanation.decision()));
    json.put("why", isExact ? "An entry has the same prompt." : why(explanation));
    json.put("servedKey", served.map(CacheEntry::key).orElse(null));
    List<Object> candidates = new ArrayList<>();
    explanation.candidates().forEach(candidate -> candidates.add(describe(prompt, candidate)));
    json.put("candidates", candidates);
    return json;
  }

  private static Map<String, @Nullable Object> describe(
      String prompt, Explanation.Candidate candidate) {
    CacheEntry entry = candidate.match().entry();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("key", entry.key());
    json.put("prompt", entry.prompt());
    json.put("distance", candidate.match().distance());
    json.put("hit", served(candidate.decision()).isPresent());
    json.put("reason", reason(candidate.decision()));
    json.put("within", !isTooFar(candidate.decision()));
    json.put("guards", rejections(prompt, entry));
    json.put("verifier", candidate.verification().map(Decisions::describe).orElse(null));
    return json;
  }

  private static Map<String, @Nullable Object> describe(Verification verification) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("outcome", verification.outcome().name().toLowerCase(Locale.ROOT));
    json.put("reason", verification.reason());
    json.put("score", verification.score().isPresent() ? verification.score().getAsDouble() : null);
    return json;
  }

  /** Returns the guards that reject a pair, whether or not the policy uses them. */
  private static List<String> rejections(String prompt, CacheEntry entry) {
    return Guards.english().rejections(PromptPair.of(prompt, entry.prompt())).stream()
        .map(RejectionReason::code)
        .toList();
  }

  private static Optional<CacheEntry> served(Decision decision) {
    if (decision instanceof Decision.Hit hit) {
      return Optional.of(hit.match().entry());
    }
    return decision instanceof Decision.Audit audit
        ? Optional.of(audit.match().entry())
        : Optional.empty();
  }

  private static boolean isTooFar(Decision decision) {
    return decision instanceof Decision.Miss miss && miss.reason().equals(MissReason.TOO_FAR);
  }

  private static String reason(Decision decision) {
    return decision instanceof Decision.Miss miss ? miss.reason().code() : "hit";
  }

  /** Returns a sentence about the decision. */
  private static String why(Explanation explanation) {
    if (!(explanation.decision() instanceof Decision.Miss miss)) {
      return "The nearest acceptable entry is within the threshold.";
    }
    String code = miss.reason().code();
    String words = code.replace('-', ' ');
    Optional<Verification> verification =
        explanation.candidates().stream()
            .flatMap(found -> found.verification().stream())
            .findFirst();
    if (verification.filter(found -> found.reason().equals(code)).isPresent()) {
      return verification.get().outcome() == Verification.Outcome.UNSURE
          ? "The verifier is unsure about the nearest entry: " + words + "."
          : "The verifier rejects the nearest entry: " + words + ".";
    }
    return SENTENCES.getOrDefault(
        miss.reason(),
        code.startsWith("volatile-")
            ? "The answer depends on the moment (" + words + "), so it is not cached."
            : "A guard rejects the nearest entry: " + words + ".");
  }
}
