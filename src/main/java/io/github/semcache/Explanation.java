package io.github.semcache;

import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.verify.Verification;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The entries near a prompt and the decisions of the policy and the verifier on them. Immutable.
 *
 * @param exact the entry of the same normalized text and scope, if there is one
 * @param candidates the nearest entries of the scope, nearest first
 * @param decision the decision on all candidates together
 */
public record Explanation(
    Optional<CacheEntry> exact, List<Candidate> candidates, Decision decision) {
  private static final int SHOWN_KEY_LENGTH = 12;

  public Explanation {
    candidates = List.copyOf(candidates);
  }

  /** Returns the decisions in one line, with keys and distances and without texts. */
  @Override
  public String toString() {
    return "Explanation["
        + text(decision)
        + exact.map(entry -> "; exact entry " + shortKey(entry)).orElse("")
        + candidates.stream()
            .map(Candidate::toString)
            .collect(Collectors.joining("; ", candidates.isEmpty() ? "" : "; ", "]"));
  }

  private static String text(Decision decision) {
    return decision instanceof Decision.Miss miss ? "miss: " + miss.reason() : "hit";
  }

  private static String shortKey(CacheEntry entry) {
    return entry.key().substring(0, Math.min(SHOWN_KEY_LENGTH, entry.key().length()));
  }

  private static String text(Verification verification) {
    String text =
        ", verifier: "
            + verification.outcome().name().toLowerCase(Locale.ROOT)
            + " "
            + verification.reason();
    return verification.score().isPresent()
        ? text + String.format(Locale.ROOT, " (score %.3f)", verification.score().getAsDouble())
        : text;
  }

  /**
   * A near entry.
   *
   * @param match the entry and its distance
   * @param decision the decision if this were the only candidate
   * @param verification the decision of the verifier; empty if the policy does not admit the
   *     candidate, if the cache has no verifier, or if as many others of its kind (curated or not)
   *     were verified as a {@linkplain SemanticCacheBuilder#verifier lookup} verifies
   */
  public record Candidate(Match match, Decision decision, Optional<Verification> verification) {

    /** Returns the distance, the key, and the decisions, but no texts. */
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.4f ", match.distance())
          + shortKey(match.entry())
          + " "
          + text(decision)
          + verification.map(Explanation::text).orElse("");
    }
  }
}
