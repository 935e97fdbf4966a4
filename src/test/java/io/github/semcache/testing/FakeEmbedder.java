package io.github.semcache.testing;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.RejectedTextException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Places known texts at chosen angles and every other text in a direction of its own. */
public final class FakeEmbedder implements Embedder {
  public static final int DIMENSION = 64;

  private final Map<String, Double> angles = new ConcurrentHashMap<>();
  private final List<String> embedded = new CopyOnWriteArrayList<>();
  private final Set<String> rejected = ConcurrentHashMap.newKeySet();
  private volatile @Nullable RuntimeException failure;
  private volatile Runnable beforeEmbedding = () -> {};

  /** Texts at angles of which the difference is their angular distance. */
  public FakeEmbedder place(String text, double degrees) {
    angles.put(text, degrees);
    return this;
  }

  /** Fails calls that have this text among theirs. */
  public FakeEmbedder reject(String text) {
    rejected.add(text);
    return this;
  }

  /** Runs at the beginning of each call. */
  public void beforeEmbedding(Runnable action) {
    beforeEmbedding = action;
  }

  public void failWith(RuntimeException failure) {
    this.failure = failure;
  }

  public void recover() {
    failure = null;
  }

  /** The texts embedded so far. */
  public List<String> embedded() {
    return List.copyOf(embedded);
  }

  @Override
  public List<Embedding> embed(List<String> texts) {
    RuntimeException trouble = failure;
    if (trouble != null) {
      throw trouble;
    }
    beforeEmbedding.run();
    if (texts.stream().anyMatch(rejected::contains)) {
      throw new RejectedTextException("told to reject a text");
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
}
