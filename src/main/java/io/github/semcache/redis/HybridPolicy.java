package io.github.semcache.redis;

/**
 * How the server combines the filter with the vector search ({@code HYBRID_POLICY}). Without a
 * hint, the server computes the distance of every entry that passes the filter if there are up to
 * some tens of thousands of them. That can take twenty times as long as the search without a
 * filter. See {@code docs/decisions/0001-hybrid-policy.md}.
 */
enum HybridPolicy {
  /** No hint, used while the number of entries that pass the filter is unknown. */
  SERVER_DEFAULT(""),

  /**
   * Computes the distance of every entry that passes the filter. The time is proportional to the
   * number of these entries.
   */
  ADHOC_BF(" HYBRID_POLICY ADHOC_BF"),

  /**
   * Takes the nearest of all entries from the graph until k of them pass the filter. The time is
   * proportional to k and inversely proportional to the fraction of entries that pass.
   */
  BATCHES(" HYBRID_POLICY BATCHES");

  /**
   * How many distance computations cost as much as taking one candidate from the graph. Measured:
   * 0.33 µs for a distance computation and 2.3 µs for a candidate.
   */
  private static final int COMPARISONS_PER_CANDIDATE = 7;

  private final String clause;

  HybridPolicy(String clause) {
    this.clause = clause;
  }

  String clause() {
    return clause;
  }

  /**
   * Returns the policy that is expected to be faster.
   *
   * @param passing the number of entries that pass the filter
   * @param all the number of all entries
   * @param k the number of requested entries
   */
  static HybridPolicy choose(long passing, long all, int k) {
    double comparisons = passing;
    double candidates = (double) k * Math.max(all, passing) / Math.max(1, passing);
    return comparisons <= candidates * COMPARISONS_PER_CANDIDATE ? ADHOC_BF : BATCHES;
  }
}
