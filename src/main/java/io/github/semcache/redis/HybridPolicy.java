package io.github.semcache.redis;

/**
 * How the server is to combine a filter with a search among vectors ({@code HYBRID_POLICY}). Left
 * alone it compares with every entry that passes the filter up to some tens of thousands, which can
 * take twenty times as long as the search without a filter. See {@code
 * docs/decisions/0001-hybrid-policy.md}.
 */
enum HybridPolicy {
  /** No hint: where it is not known how many entries pass the filter. */
  SERVERS_CHOICE(""),

  /** Compare with every entry that passes the filter: time in proportion to their number. */
  ADHOC_BF(" HYBRID_POLICY ADHOC_BF"),

  /**
   * Take the nearest of all entries until enough of them pass the filter: time in proportion to k
   * and to the number of entries there are for each one that passes.
   */
  BATCHES(" HYBRID_POLICY BATCHES");

  /**
   * How many comparisons with an entry that passes the filter cost as much as one candidate taken
   * from the graph. Measured: 0.33 µs against 2.3 µs.
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
   * Chooses the cheaper way.
   *
   * @param passing how many entries pass the filter
   * @param all how many entries there are
   * @param k how many are asked for
   */
  static HybridPolicy choose(long passing, long all, int k) {
    double comparisons = passing;
    double candidates = (double) k * Math.max(all, passing) / Math.max(1, passing);
    return comparisons <= candidates * COMPARISONS_PER_CANDIDATE ? ADHOC_BF : BATCHES;
  }
}
