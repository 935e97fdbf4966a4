package io.github.semcache.evaluation;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which prompts of a list are nearest to which, found once so that many {@linkplain Replay replays}
 * of the list take a fraction of the time. Takes time in proportion to the square of the number of
 * prompts, and up to 4 kB of memory for each prompt beside its embedding.
 *
 * <p>Immutable and safe for use by many threads.
 */
public final class NeighborTable {
  private static final int NEIGHBORS = 512;
  private static final int BATCH = 256;

  private final EmbeddingSpace space;
  private final List<Embedding> embeddings;
  private final Map<Embedding, Integer> indices = new HashMap<>();
  private final int[][] neighbors;

  private NeighborTable(EmbeddingSpace space, List<Embedding> embeddings, int[][] neighbors) {
    this.space = space;
    this.embeddings = embeddings;
    this.neighbors = neighbors;
    for (int i = 0; i < embeddings.size(); i++) {
      indices.put(embeddings.get(i), i);
    }
  }

  /**
   * Embeds prompts and finds the nearest neighbors of each, on all processors.
   *
   * @param embedder who makes the embeddings
   * @param prompts the prompts that will be replayed
   * @param progress is told how many prompts are done, from one thread at a time
   * @return the table
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   */
  public static NeighborTable of(
      Embedder embedder, List<LabeledPrompt> prompts, IntConsumer progress) {
    List<Embedding> embeddings = embed(embedder, prompts);
    int[][] neighbors = new int[embeddings.size()][];
    AtomicInteger done = new AtomicInteger();
    IntStream.range(0, embeddings.size())
        .parallel()
        .forEach(
            i -> {
              neighbors[i] = nearest(embeddings, embeddings.get(i));
              synchronized (done) {
                progress.accept(done.incrementAndGet());
              }
            });
    return new NeighborTable(EmbeddingSpace.of(embedder), embeddings, neighbors);
  }

  private static List<Embedding> embed(Embedder embedder, List<LabeledPrompt> prompts) {
    List<String> texts =
        prompts.stream().map(prompt -> Normalizer.whitespace().normalize(prompt.text())).toList();
    LinkedHashSet<Embedding> distinct = new LinkedHashSet<>();
    for (int start = 0; start < texts.size(); start += BATCH) {
      distinct.addAll(embedder.embed(texts.subList(start, Math.min(start + BATCH, texts.size()))));
    }
    return List.copyOf(distinct);
  }

  /** Indices of the nearest embeddings, nearest first; all of them if they are few. */
  private static int[] nearest(List<Embedding> embeddings, Embedding target) {
    // Each number is a distance with an index below it, so that numbers sort as distances do.
    long[] best = new long[2 * NEIGHBORS];
    long bound = Long.MAX_VALUE;
    int count = 0;
    for (int i = 0; i < embeddings.size(); i++) {
      float distance = (float) target.cosineDistance(embeddings.get(i));
      long packed = (long) Float.floatToIntBits(distance) << Integer.SIZE | i;
      if (packed < bound) {
        best[count++] = packed;
      }
      if (count == best.length) {
        Arrays.sort(best);
        count = NEIGHBORS;
        bound = best[count - 1];
      }
    }
    Arrays.sort(best, 0, count);
    return Arrays.stream(best, 0, Math.min(count, NEIGHBORS))
        .mapToInt(packed -> (int) packed)
        .toArray();
  }

  EmbeddingSpace space() {
    return space;
  }

  int size() {
    return embeddings.size();
  }

  /** The place of an embedding in the table; null if it is not there. */
  @Nullable Integer indexOf(Embedding embedding) {
    return indices.get(embedding);
  }

  Embedding embedding(int index) {
    return embeddings.get(index);
  }

  /** The nearest of all embeddings to one of them, nearest first, itself among them. */
  int[] neighbors(int index) {
    return neighbors[index];
  }
}
