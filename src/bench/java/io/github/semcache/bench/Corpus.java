package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Made-up entries whose embeddings lie as those of prompts do: topics, subjects within a topic,
 * prompts about a subject. Two prompts about one subject have a cosine distance of about 0.13, a
 * prompt and its rewording one of about 0.08. Answers have 800 bytes. The same numbers give the
 * same corpus.
 */
final class Corpus {
  /** How many entries a lookup asks for: what the cache asks for unless told otherwise. */
  static final int K = 10;

  private static final int TOPICS = 50;
  private static final int SUBJECTS = 2_000;
  private static final double FROM_TOPIC_TO_SUBJECT = 0.8;
  private static final double FROM_SUBJECT_TO_PROMPT = 0.5;
  private static final double FROM_PROMPT_TO_REWORDING = 0.6;
  private static final int BATCH = 500;
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
      subjects[i] = near(topics[i % TOPICS], FROM_TOPIC_TO_SUBJECT, TOPICS + i);
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

  /** The embedding of an entry; numbers from {@link #size} on are not among those of a store. */
  Embedding embedding(int number) {
    return Embedding.of(components(number));
  }

  private float[] components(int number) {
    long seed = 1_000_003L * (number + 1);
    // At random, so that subject and scope have nothing to do with each other.
    float[] subject = subjects[new SplittableRandom(seed).nextInt(SUBJECTS)];
    return near(subject, FROM_SUBJECT_TO_PROMPT, seed);
  }

  /** Another wording of an entry's prompt. */
  Embedding rewording(int number) {
    return Embedding.of(
        near(components(number), FROM_PROMPT_TO_REWORDING, -1_000_003L * (number + 1)));
  }

  /** A prompt that no entry is a rewording of, about one of the subjects. */
  Embedding newcomer(int number) {
    return embedding(2 * size + number);
  }

  /** An entry's number; neighbors are far from each other. */
  int scattered(int number) {
    return (int) Math.floorMod(number * 1_000_003L, (long) size);
  }

  boolean is(int otherSize, int dimension) {
    return size == otherSize && space.dimension() == dimension;
  }

  /** What an entry was made of. */
  static Prompt prompt(int number) {
    return Prompt.of("What is the answer to question number " + number + "?");
  }

  private static Query query(int number, Scope scope) {
    return Query.of(prompt(number).scope(scope), Normalizer.none(), Map.of());
  }

  /** The key of an entry of no scope. */
  String key(int number) {
    return keys[number];
  }

  /** Entries of no scope that are not among those of a filled store. */
  List<NewEntry> newcomers(int count) {
    return IntStream.range(0, count).mapToObj(i -> insertion(2 * size + i, Scope.none())).toList();
  }

  /** An entry that lives for an hour. */
  NewEntry insertion(int number, Scope scope) {
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

  static NearestQuery nearest(Embedding probe, Scope scope) {
    return new NearestQuery(probe, scope.hash(), K, Optional.empty());
  }

  /** Fills a store with entries of one scope. */
  void fill(VectorStore store) {
    fill(store, number -> Scope.none());
  }

  /** Fills a store. */
  void fill(VectorStore store, IntFunction<Scope> scopes) {
    for (int from = 0; from < size; from += BATCH) {
      store.put(
          IntStream.range(from, Math.min(size, from + BATCH))
              .parallel()
              .mapToObj(number -> insertion(number, scopes.apply(number)))
              .toList());
    }
  }

  @Override
  public String toString() {
    return "%,d x %d".formatted(size, space.dimension());
  }
}
