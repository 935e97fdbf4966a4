package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

/**
 * The reason for a miss. Policies may define additional reasons; those of {@link
 * CacheabilityPolicy#english} start with {@code volatile-}, or are {@code private-state}. If a
 * guard rejects a match, the code is that of the {@linkplain
 * io.github.semcache.guard.Guard.RejectionReason rejection}; if the verifier does not accept it,
 * the code is the {@linkplain io.github.semcache.verify.Verification#reason reason} of the
 * verification. Immutable.
 *
 * @param code a short code in lower case with hyphens, for example {@code too-far}
 */
public record MissReason(String code) {
  /** The scope has no entry to compare with. */
  public static final MissReason NO_NEIGHBOR = new MissReason("no-neighbor");

  /** The cache is exact only, and there is no entry with the same key. */
  public static final MissReason EXACT_ONLY = new MissReason("exact-only");

  /**
   * Semantic lookups in this scope take more time than their hits save, so this one was skipped;
   * see the option {@code automaticBypass}.
   */
  public static final MissReason NOT_WORTHWHILE = new MissReason("not-worthwhile");

  /**
   * The answers that could have been served belong to other contributors and were not confirmed
   * yet; see the option {@code confirmations}.
   */
  public static final MissReason UNCONFIRMED = new MissReason("unconfirmed");

  /** The distance of the nearest entry exceeds the threshold. */
  public static final MissReason TOO_FAR = new MissReason("too-far");

  /** The threshold is relative to a scale of the embedding model that is not known yet. */
  public static final MissReason UNKNOWN_SCALE = new MissReason("unknown-scale");

  /** The risk that the answer of the nearest entry is wrong for the prompt is too high. */
  public static final MissReason TOO_RISKY = new MissReason("too-risky");

  /** A hit was audited: the model is called to check the cached answer. */
  public static final MissReason AUDIT = new MissReason("audit");

  /** The policy has not learned enough to decide. */
  public static final MissReason LEARNING = new MissReason("learning");

  /** The cache is in shadow mode: it decides, but the model answers. */
  public static final MissReason SHADOW = new MissReason("shadow");

  /** The policy never hits. */
  public static final MissReason NEVER = new MissReason("never");

  /** The prompt requested to bypass the cache. */
  public static final MissReason BYPASS = new MissReason("bypass");

  /** The prompt requested a new answer. */
  public static final MissReason REFRESH = new MissReason("refresh");

  /** The normalizer failed, so the prompt bypasses the cache. */
  public static final MissReason NORMALIZER_ERROR = new MissReason("normalizer-error");

  /** The store failed. */
  public static final MissReason STORE_ERROR = new MissReason("store-error");

  /** The embedder failed. */
  public static final MissReason EMBEDDER_ERROR = new MissReason("embedder-error");

  /**
   * The embedder {@linkplain io.github.semcache.embedding.Embedder#coverage reads} too little of
   * the prompt to compare it.
   */
  public static final MissReason UNREADABLE = new MissReason("unreadable");

  /** The verifier failed. */
  public static final MissReason VERIFIER_ERROR = new MissReason("verifier-error");

  /** The model answered before the lookup finished; see the option {@code hedging}. */
  public static final MissReason HEDGED = new MissReason("hedged");

  /** The lookup did not finish within its deadline. */
  public static final MissReason DEADLINE = new MissReason("deadline");

  /** The policy failed. */
  public static final MissReason POLICY_ERROR = new MissReason("policy-error");

  /**
   * Checks the code.
   *
   * @throws IllegalArgumentException if the code is blank
   */
  public MissReason {
    requireNonNull(code, "code");
    if (code.isBlank()) {
      throw new IllegalArgumentException("code is blank; it must name the reason");
    }
  }

  @Override
  public String toString() {
    return code;
  }
}
