package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Synthetic entries whose embeddings are clustered like those of prompts: topics, subjects in a
 * topic, and prompts about a subject. Two prompts about the same subject have a cosine distance of
 * about 0.13, a prompt and its paraphrase of about 0.08. Answers have 800 bytes. Corpora of the
 * same size and dimension are equal.
 */
final class Corpus {
  /** The number of results of a search: the default of the cache. */
  static final int K = 10;

  private static final int TOPICS = 50;
  private static final int SUBJECTS = 2_000;
  private static final double SUBJECT_DISTANCE = 0.8;
  private static final double PROMPT_DISTANCE = 0.5;
  private static final double PARAPHRASE_DISTANCE = 0.6;
  private static final int BATCH_SIZE = 500;
  private static final String ANSWER =
      "An answer of a language model. ".repeat(26).substring(0, 800);

  final int size;
  final EmbeddingSpace space;
  private final float[][] subjects = new float[SUBJECTS][];
  private final String[] keys;

  Corpus(int size, int dimension) {
    this.size = size;
    this.space = new EmbeddingSpace("bench-" + size, dimension);
    float[][] topics = new float[TOPICS][];
    for (int i = 0; i < TOPICS; i++) {
      topics[i] = near(new float[dimension], 1, i);
    }
    for (int i = 0; i < SUBJECTS; i++) {
      subjects[i] = near(topics[i % TOPICS], SUBJECT_DISTANCE, TOPICS + i);
    }
    keys =
        IntStream.range(0, size)
            .mapToObj(number -> query(number, Scope.none()).key())
            .toArray(String[]::new);
  }

  private static float[] near(float[] center, double distance, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double scale = distance / Math.sqrt(center.length);
    float[] vector = new float[center.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (center[i] + scale * random.nextGaussian());
    }
    return vector;
  }

  /** Returns the embedding of an entry. Numbers from {@link #size} on are not in a filled store. */
  Embedding embedding(int number) {
    return Embedding.of(components(number));
  }

  private float[] components(int number) {
    long seed = 1_000_003L * (number + 1);
    // A random subject, so that subject and scope are independent.
    float[] subject = subjects[new SplittableRandom(seed).nextInt(SUBJECTS)];
    return near(subject, PROMPT_DISTANCE, seed);
  }

  /** Returns the embedding of a paraphrase of an entry's prompt. */
  Embedding paraphrase(int number) {
    return Embedding.of(near(components(number), PARAPHRASE_DISTANCE, -1_000_003L * (number + 1)));
  }

  /** Returns the embedding of a prompt about a subject that is not a paraphrase of any entry. */
  Embedding newPrompt(int number) {
    return embedding(2 * size + number);
  }

  /** Maps consecutive numbers to entry numbers that are far apart. */
  int scattered(int number) {
    return (int) Math.floorMod(number * 1_000_003L, (long) size);
  }

  boolean hasSize(int otherSize, int dimension) {
    return size == otherSize && space.dimension() == dimension;
  }

  /** Returns the prompt of an entry. */
  static Prompt prompt(int number) {
    return Prompt.of("What is the answer to question number " + number + "?");
  }

  private static Query query(int number, Scope scope) {
    return Query.of(prompt(number).scope(scope), Normalizer.none(), Map.of());
  }

  /** Returns the key of an entry without a scope. */
  String key(int number) {
    return keys[number];
  }

  /** Returns entries without a scope that are not in a filled store. */
  List<NewEntry> newEntries(int count) {
    return IntStream.range(0, count).mapToObj(i -> newEntry(2 * size + i, Scope.none())).toList();
  }

  /** Returns an entry with a time to live of one hour. */
  NewEntry newEntry(int number, Scope scope) {
    Query query = query(number, scope);
    CacheEntry entry =
        new CacheEntry(
            query.key(),
            scope.hash(),
            query.text(),
            ANSWER,
            Map.of("model", "bench", "finish_reason", "STOP"),
            Instant.ofEpochMilli(1_700_000_000_000L + number));
    return new NewEntry(entry, Optional.of(embedding(number)), Optional.of(Duration.ofHours(1)));
  }

  static NearestQuery nearestQuery(Embedding embedding, Scope scope) {
    return new NearestQuery(embedding, scope.hash(), K, Optional.empty());
  }

  /** Writes all entries to a store, without a scope. */
  void fill(VectorStore store) {
    fill(store, number -> Scope.none());
  }

  /** Writes all entries to a store, each in the scope for its number. */
  void fill(VectorStore store, IntFunction<Scope> scopes) {
    fill(store, size, number -> newEntry(number, scopes.apply(number)));
  }

  /** Writes entries to a store in batches. The entries of a batch are created in parallel. */
  static void fill(VectorStore store, int size, IntFunction<NewEntry> entries) {
    for (int from = 0; from < size; from += BATCH_SIZE) {
      store.put(
          IntStream.range(from, Math.min(size, from + BATCH_SIZE))
              .parallel()
              .mapToObj(entries)
              .toList());
    }
  }

  @Override
  public String toString() {
    return "%,d x %d".formatted(size, space.dimension());
  }
}
