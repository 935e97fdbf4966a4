package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

/**
 * Why a request was not answered from the cache. Policies may have reasons of their own; where a
 * guard objects, it is the {@linkplain io.github.semcache.guard.RejectionReason#code code} of the
 * objection.
 *
 * @param code a short code in lower case with hyphens, for example {@code too-far}
 */
public record MissReason(String code) {
  /** The scope has no entry to compare with. */
  public static final MissReason NO_NEIGHBOR = new MissReason("no-neighbor");

  /** The nearest entry is farther than the cut. */
  public static final MissReason TOO_FAR = new MissReason("too-far");

  /** The cut is relative to a scale of the embedding model that could not be told. */
  public static final MissReason UNKNOWN_SCALE = new MissReason("unknown-scale");

  /** The nearest entry's answer is too likely to be wrong for what is asked. */
  public static final MissReason TOO_RISKY = new MissReason("too-risky");

  /** It would have been a hit, but the model is asked to learn whether it would have been right. */
  public static final MissReason AUDIT = new MissReason("audit");

  /** The policy has not learned enough to decide. */
  public static final MissReason LEARNING = new MissReason("learning");

  /** The cache is in shadow mode: it decides, but the model answers. */
  public static final MissReason SHADOW = new MissReason("shadow");

  /** The policy never hits. */
  public static final MissReason NEVER = new MissReason("never");

  /** The prompt asked to pass the cache by. */
  public static final MissReason BYPASS = new MissReason("bypass");

  /** The prompt asked for a fresh answer. */
  public static final MissReason REFRESH = new MissReason("refresh");

  /** The normalizer failed, so the prompt passed the cache by. */
  public static final MissReason NORMALIZER_ERROR = new MissReason("normalizer-error");

  /** The store failed. */
  public static final MissReason STORE_ERROR = new MissReason("store-error");

  /** The embedder failed. */
  public static final MissReason EMBEDDER_ERROR = new MissReason("embedder-error");

  /** The policy failed. */
  public static final MissReason POLICY_ERROR = new MissReason("policy-error");

  /**
   * Checks the code.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public MissReason {
    requireNonNull(code, "code");
    if (code.isBlank()) {
      throw new IllegalArgumentException("code is blank; it must say why");
    }
  }

  @Override
  public String toString() {
    return code;
  }
}
