package io.github.semcache.internal.resilience;

import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.StoreException;
import java.time.Duration;
import java.util.Locale;

/** The operations of a request that can fail, each with its own circuit and worker threads. */
public enum Operation {
  /** Normalizes a text. */
  NORMALIZE(CacheEvent.Part.NORMALIZER),
  /** Decides whether an answer may be cached. */
  CLASSIFY(CacheEvent.Part.POLICY),
  /** Measures how much of a text the embedder reads. */
  READ(CacheEvent.Part.EMBEDDER),
  /** Embeds a text. */
  EMBED(CacheEvent.Part.EMBEDDER),
  /** Finds an entry by its key. */
  FIND(CacheEvent.Part.STORE),
  /** Finds the nearest entries. */
  SEARCH(CacheEvent.Part.STORE),
  /** Writes an entry. */
  WRITE(CacheEvent.Part.STORE),
  /** Decides on the nearest entries. */
  DECIDE(CacheEvent.Part.POLICY),
  /** Verifies a candidate. */
  VERIFY(CacheEvent.Part.VERIFIER),
  /** Decides whether a reply may be stored. */
  ADMIT(CacheEvent.Part.ADMISSION);

  private static final Duration LATE_EMBEDDING = Duration.ofSeconds(10);

  private final CacheEvent.Part part;

  Operation(CacheEvent.Part part) {
    this.part = part;
  }

  /**
   * Returns the part that this operation calls.
   *
   * @return the part
   */
  public CacheEvent.Part part() {
    return part;
  }

  /**
   * Returns whether exceptions open the circuit, and not only expired deadlines. Exceptions of pure
   * functions depend on the prompt, so they say little about the next prompt.
   */
  boolean exceptionsOpenCircuit() {
    return switch (part) {
      case NORMALIZER, POLICY, ADMISSION -> false;
      default -> true;
    };
  }

  /**
   * Returns the time after which a call that has exceeded its deadline is interrupted. An embedding
   * that is late is useful for storing the answer, if it arrives before the model has answered.
   */
  Duration grace() {
    return this == EMBED ? LATE_EMBEDDING : Duration.ZERO;
  }

  /** Returns the exception of a call without a result, of the type that the part's port throws. */
  RuntimeException failure(String problem, Exception cause) {
    String message = label() + " failed: " + problem;
    return switch (part) {
      case STORE -> new StoreException(message, cause);
      case EMBEDDER -> new EmbedderException(message, cause);
      default -> new IllegalStateException(message, cause);
    };
  }

  /** Returns the name for messages, for example {@code the store (search)}. */
  String label() {
    return "the "
        + part.name().toLowerCase(Locale.ROOT)
        + " ("
        + name().toLowerCase(Locale.ROOT)
        + ")";
  }
}
