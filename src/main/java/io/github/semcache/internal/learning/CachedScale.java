package io.github.semcache.internal.learning;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.concurrent.CircuitBreaker;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The scale of an embedding model: the built-in one if there is one, else the saved one, else a
 * measured one, which is then saved. One thread measures at a time, at most once per pause; until
 * then there is no scale. Failures are published and not thrown. Thread-safe.
 */
public final class CachedScale implements EmbeddingSpace.Scale.Source {
  private final Embedder embedder;
  private final Supplier<StateBlob> saved;
  private final CacheListener events;
  private final CircuitBreaker attempts;
  private final ReentrantLock lock = new ReentrantLock();
  private final Consumer<Runnable> bounded;
  private volatile EmbeddingSpace.@Nullable Scale cached;

  /**
   * Creates a scale that is looked up on first use.
   *
   * @param embedder the embedder of the model
   * @param saved returns the saved scale; called only if the model's scale is not known
   * @param events is notified of failures
   * @param attempts limits the number of attempts
   * @param bounded runs a blocking action until the deadline of the current lookup; the action may
   *     end later
   */
  public CachedScale(
      Embedder embedder,
      Supplier<StateBlob> saved,
      CacheListener events,
      CircuitBreaker attempts,
      Consumer<Runnable> bounded) {
    this.embedder = embedder;
    this.saved = saved;
    this.events = events;
    this.attempts = attempts;
    this.bounded = bounded;
  }

  @Override
  public Optional<EmbeddingSpace.Scale> scale() {
    if (cached == null) {
      cached = EmbeddingSpace.Scale.known(embedder.modelId()).orElse(null);
    }
    if (cached == null && !lock.isLocked()) {
      bounded.accept(this::resolve);
    }
    return Optional.ofNullable(cached);
  }

  private void resolve() {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (cached == null && attempts.tryAcquire()) {
        Optional<EmbeddingSpace.Scale> scale = load().or(this::measure);
        scale.ifPresentOrElse(known -> attempts.onSuccess(), attempts::onFailure);
        cached = scale.orElse(null);
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<EmbeddingSpace.Scale> load() {
    return attempt(CacheEvent.Part.LEARNING, () -> saved.get().load().map(CachedScale::decode))
        .flatMap(scale -> scale);
  }

  private Optional<EmbeddingSpace.Scale> measure() {
    Optional<EmbeddingSpace.Scale> measured =
        attempt(CacheEvent.Part.EMBEDDER, () -> EmbeddingSpace.Scale.measure(embedder));
    measured.ifPresent(
        scale ->
            attempt(
                CacheEvent.Part.LEARNING,
                () -> {
                  saved.get().save(encode(scale));
                  return scale;
                }));
    return measured;
  }

  private <T> Optional<T> attempt(CacheEvent.Part part, Supplier<T> action) {
    try {
      return Optional.of(action.get());
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      events.onEvent(new CacheEvent.Failed(part, e));
      return Optional.empty();
    }
  }

  private static byte[] encode(EmbeddingSpace.Scale scale) {
    return ByteBuffer.allocate(Double.BYTES).putDouble(scale.meanCosine()).array();
  }

  private static EmbeddingSpace.Scale decode(byte[] bytes) {
    if (bytes.length != Double.BYTES) {
      throw new IllegalArgumentException("the saved scale has " + bytes.length + " bytes");
    }
    return new EmbeddingSpace.Scale(ByteBuffer.wrap(bytes).getDouble());
  }
}
