package io.github.semcache.evaluation;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Normalizer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The nearest neighbors of every prompt in a list, computed once to speed up many {@linkplain
 * Replay replays} of the list. The computation takes time proportional to the square of the number
 * of prompts. The table needs up to 4 kB of memory per prompt in addition to the embeddings.
 *
 * <p>NeighborTable is immutable and thread-safe.
 */
public final class NeighborTable {
  private static final int MAX_NEIGHBORS = 512;
  private static final int BATCH_SIZE = 256;

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
   * Embeds prompts and computes the nearest neighbors of each prompt on all processors.
   *
   * @param embedder computes the embeddings
   * @param prompts the prompts that will be replayed
   * @param progress receives the number of distinct prompts done so far; called by one thread at a
   *     time
   * @return the table
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   */
  public static NeighborTable of(
      Embedder embedder, List<LabeledPrompt> prompts, IntConsumer progress) {
    List<Embedding> embeddings = embed(embedder, prompts);
    return new NeighborTable(
        EmbeddingSpace.of(embedder),
        embeddings,
        NeighborSearch.neighbors(embeddings, MAX_NEIGHBORS, progress));
  }

  private static List<Embedding> embed(Embedder embedder, List<LabeledPrompt> prompts) {
    List<String> texts =
        prompts.stream().map(prompt -> Normalizer.nfc().normalize(prompt.text())).toList();
    LinkedHashSet<Embedding> distinct = new LinkedHashSet<>();
    for (int start = 0; start < texts.size(); start += BATCH_SIZE) {
      distinct.addAll(
          embedder.embed(texts.subList(start, Math.min(start + BATCH_SIZE, texts.size()))));
    }
    return List.copyOf(distinct);
  }

  EmbeddingSpace space() {
    return space;
  }

  int size() {
    return embeddings.size();
  }

  /** Returns the index of an embedding, or null if it is not in the table. */
  @Nullable Integer indexOf(Embedding embedding) {
    return indices.get(embedding);
  }

  Embedding embedding(int index) {
    return embeddings.get(index);
  }

  /** Returns the nearest embeddings to one of them, nearest first, including itself. */
  int[] neighbors(int index) {
    return neighbors[index];
  }
}
