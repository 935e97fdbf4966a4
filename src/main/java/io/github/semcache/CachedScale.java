package io.github.semcache;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingScale;
import io.github.semcache.stats.CacheEvent;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The scale of the cache's embedding model: a known one, else the one that the store remembers,
 * else measured and remembered. One thread measures at a time, and one try is made per pause;
 * meanwhile there is no scale. Trouble is published and never thrown.
 */
final class CachedScale implements EmbeddingScale.Source {
  private final Embedder embedder;
  private final LearnedState remembered;
  private final EventPublisher events;
  private final CircuitBreaker tries;
  private final ReentrantLock finding = new ReentrantLock();
  private volatile @Nullable EmbeddingScale found;

  CachedScale(
      Embedder embedder, LearnedState remembered, EventPublisher events, CircuitBreaker tries) {
    this.embedder = embedder;
    this.remembered = remembered;
    this.events = events;
    this.tries = tries;
  }

  @Override
  public Optional<EmbeddingScale> scale() {
    if (found == null && finding.tryLock()) {
      try {
        find();
      } finally {
        finding.unlock();
      }
    }
    return Optional.ofNullable(found);
  }

  private void find() {
    if (found != null || !tries.allows()) {
      return;
    }
    Optional<EmbeddingScale> scale =
        EmbeddingScale.known(embedder.modelId()).or(this::recall).or(this::measure);
    scale.ifPresentOrElse(known -> tries.succeeded(), tries::failed);
    found = scale.orElse(null);
  }

  private Optional<EmbeddingScale> recall() {
    return attempt(CacheEvent.Part.LEARNING, () -> remembered.load().map(CachedScale::decode))
        .flatMap(scale -> scale);
  }

  private Optional<EmbeddingScale> measure() {
    Optional<EmbeddingScale> measured =
        attempt(CacheEvent.Part.EMBEDDER, () -> EmbeddingScale.measure(embedder));
    measured.ifPresent(
        scale ->
            attempt(
                CacheEvent.Part.LEARNING,
                () -> {
                  remembered.save(encode(scale));
                  return scale;
                }));
    return measured;
  }

  private <T> Optional<T> attempt(CacheEvent.Part part, Supplier<T> action) {
    try {
      return Optional.of(action.get());
    } catch (RuntimeException e) {
      events.publish(new CacheEvent.Failed(part, e));
      return Optional.empty();
    }
  }

  private static byte[] encode(EmbeddingScale scale) {
    return ByteBuffer.allocate(Double.BYTES).putDouble(scale.meanCosine()).array();
  }

  private static EmbeddingScale decode(byte[] bytes) {
    if (bytes.length != Double.BYTES) {
      throw new IllegalArgumentException("the remembered scale has " + bytes.length + " bytes");
    }
    return new EmbeddingScale(ByteBuffer.wrap(bytes).getDouble());
  }
}
