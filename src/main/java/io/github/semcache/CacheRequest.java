package io.github.semcache;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.CacheMode;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the cache: what was found out so far. Used by one thread at a
 * time.
 */
final class CacheRequest {
  final Prompt prompt;
  final Query query;

  private final CacheMode mode;
  private Optional<Embedding> embedding = Optional.empty();
  private boolean embeddingTried;
  private boolean storeFailed;
  private boolean counted;
  private MissReason missReason;
  private OptionalDouble nearest = OptionalDouble.empty();
  private @Nullable Choice choice;
  private boolean hidden;
  private boolean asksModel = true;

  CacheRequest(Prompt prompt, Query query) {
    this(
        prompt,
        query,
        prompt.mode(),
        switch (prompt.mode()) {
          case USE -> MissReason.NO_NEIGHBOR;
          case REFRESH -> MissReason.REFRESH;
          case BYPASS -> MissReason.BYPASS;
        });
  }

  private CacheRequest(Prompt prompt, Query query, CacheMode mode, MissReason missReason) {
    this.prompt = prompt;
    this.query = query;
    this.mode = mode;
    this.missReason = missReason;
  }

  /**
   * A request that passes the cache by, because its text has no normal form.
   *
   * @param query what was asked, as it was given
   */
  static CacheRequest withoutKey(Prompt prompt, Query query) {
    return new CacheRequest(prompt, query, CacheMode.BYPASS, MissReason.NORMALIZER_ERROR);
  }

  /** Whether it may be answered from the cache. */
  boolean reads() {
    return mode == CacheMode.USE;
  }

  /** Whether the model's answer to it may be kept. */
  boolean writes() {
    return mode != CacheMode.BYPASS;
  }

  Optional<Embedding> embedding() {
    return embedding;
  }

  /** False once an embedding was made or could not be made: neither is tried twice. */
  boolean lacksEmbedding() {
    return !embeddingTried;
  }

  void embedding(Optional<Embedding> made) {
    embedding = made;
    embeddingTried = true;
  }

  boolean storeFailed() {
    return storeFailed;
  }

  /** A store that failed is left alone for the rest of the request. */
  void storeHasFailed() {
    storeFailed = true;
    missReason = MissReason.STORE_ERROR;
  }

  MissReason missReason() {
    return missReason;
  }

  void misses(MissReason reason) {
    missReason = reason;
  }

  void nearestIs(double distance) {
    nearest = OptionalDouble.of(distance);
  }

  /** True once: a request is counted as one hit or one miss, whatever comes after. */
  boolean counts() {
    boolean first = !counted;
    counted = true;
    return first;
  }

  /** What the policy had to choose from, and what it chose; null if it was not asked. */
  @Nullable Choice choice() {
    return choice;
  }

  void decided(List<Match> matches, Decision decision) {
    choice = new Choice(matches, decision);
  }

  /** Takes note that a hit is kept from the caller; true the first time. */
  boolean hides() {
    boolean first = !hidden;
    hidden = true;
    missReason = MissReason.SHADOW;
    return first;
  }

  boolean isHidden() {
    return hidden;
  }

  /** False if there is no model to put a hit to the test. */
  boolean asksModel() {
    return asksModel;
  }

  void asksNoModel() {
    asksModel = false;
  }

  record Choice(List<Match> matches, Decision decision) {}

  CacheEvent.Miss miss() {
    return new CacheEvent.Miss(missReason, nearest);
  }
}
