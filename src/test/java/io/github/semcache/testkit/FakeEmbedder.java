package io.github.semcache.testkit;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * An embedder without a model. Texts can be {@linkplain #place placed} at chosen angles; every
 * other text gets a pseudorandom direction that depends on the text alone, about orthogonal to all
 * others.
 *
 * <p>Thread-safe. Records the texts of all successful calls, and fails on request.
 */
public final class FakeEmbedder implements Embedder {
  /** The dimension of every embedding. */
  public static final int DIMENSION = 64;

  private final Map<String, Double> angles = new ConcurrentHashMap<>();
  private final List<String> embedded = new CopyOnWriteArrayList<>();
  private final Set<String> rejected = ConcurrentHashMap.newKeySet();
  private volatile @Nullable RuntimeException failure;
  private volatile Runnable beforeEmbedding = () -> {};

  /** Creates an embedder without placed texts. */
  public FakeEmbedder() {}

  /**
   * Places a text in a plane. The cosine distance of two placed texts is one minus the cosine of
   * the difference of their angles: 10 degrees are 0.015, 25 degrees 0.094, 60 degrees 0.5.
   *
   * @param text the text
   * @param degrees its angle
   * @return this embedder
   */
  public FakeEmbedder place(String text, double degrees) {
    angles.put(text, degrees);
    return this;
  }

  /**
   * Makes every call that includes a text fail with a {@link EmbedderException.RejectedText}.
   *
   * @param text the text
   * @return this embedder
   */
  public FakeEmbedder reject(String text) {
    rejected.add(text);
    return this;
  }

  /**
   * Sets an action that runs at the beginning of every call, on the calling thread.
   *
   * @param action the action, for example one that waits
   */
  public void beforeEmbedding(Runnable action) {
    beforeEmbedding = action;
  }

  /**
   * Makes all calls fail until {@link #recover()}.
   *
   * @param failure the exception to throw
   */
  public void failWith(RuntimeException failure) {
    this.failure = failure;
  }

  /** Ends the effect of {@link #failWith}. */
  public void recover() {
    failure = null;
  }

  /**
   * Returns the texts that were embedded.
   *
   * @return the texts of all successful calls, in order
   */
  public List<String> embedded() {
    return List.copyOf(embedded);
  }

  @Override
  public List<Embedding> embed(List<String> texts) {
    RuntimeException thrown = failure;
    if (thrown != null) {
      throw thrown;
    }
    beforeEmbedding.run();
    if (texts.stream().anyMatch(rejected::contains)) {
      throw new EmbedderException.RejectedText("FakeEmbedder was configured to reject a text");
    }
    embedded.addAll(texts);
    return texts.stream().map(this::embed).toList();
  }

  private Embedding embed(String text) {
    Double degrees = angles.get(text);
    return degrees == null
        ? Entries.random(DIMENSION, new Random(text.hashCode()))
        : Entries.atAngle(DIMENSION, degrees);
  }

  @Override
  public String modelId() {
    return "fake-embedder";
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  @Override
  public OptionalDouble maxDistance() {
    return OptionalDouble.of(0.15);
  }
}
