package io.github.semcache.testing;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Places known texts at chosen angles and every other text in a direction of its own. */
public final class FakeEmbedder implements Embedder {
  public static final int DIMENSION = 64;

  private final Map<String, Double> angles = new ConcurrentHashMap<>();
  private final List<String> embedded = new CopyOnWriteArrayList<>();
  private volatile @Nullable RuntimeException failure;

  /** Texts at angles of which the difference is their angular distance. */
  public FakeEmbedder place(String text, double degrees) {
    angles.put(text, degrees);
    return this;
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
