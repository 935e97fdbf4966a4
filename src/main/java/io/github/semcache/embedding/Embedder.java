package io.github.semcache.embedding;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Converts texts to embeddings with one embedding model.
 *
 * <p>Implementations are thread-safe. {@link #embed} may block on a network call. {@link #modelId}
 * and {@link #dimension} are constant and do not block.
 */
public interface Embedder {

  /**
   * The minimum {@linkplain #coverage coverage} of a text that is compared by its embedding. Texts
   * with a lower coverage are looked up by their key only.
   */
  double MIN_COVERAGE = 0.9;

  /**
   * Embeds texts. Implementations split the list if their service limits the size of a request.
   *
   * @param texts one or more texts, none of them blank
   * @return one embedding for each text, in the order of the texts, each with {@link #dimension}
   *     components
   * @throws RejectedTextException if the model works but cannot embed one of the texts, so that a
   *     retry would fail again
   * @throws EmbedderException if the model cannot be reached or returns an invalid response.
   *     Exception messages contain no text that was to be embedded
   */
  List<Embedding> embed(List<String> texts);

  /**
   * Returns the name of the model, for example {@code text-embedding-3-small}. Entries of models
   * with different names are never compared, so configurations with different vectors need
   * different names.
   *
   * @return a name that is not blank
   */
  String modelId();

  /**
   * Returns the number of components of every embedding.
   *
   * @return the dimension, at least 1
   */
  int dimension();

  /**
   * Returns how much of a text the model reads. A text is read in part if it has words or scripts
   * that are unknown to the model, or if it is longer than the model's window. Texts that are read
   * in part have similar embeddings whatever the rest says, so the cache compares them only by
   * their key. Does not block.
   *
   * @param text a text that is not blank
   * @return the fraction of the text that the model reads, in [0, 1]; 1 by default, also if it is
   *     not known
   */
  default double coverage(String text) {
    return 1;
  }

  /**
   * Returns the threshold that suits the model: the maximum cosine distance of a hit if the cache
   * has no {@linkplain io.github.semcache.SemanticCacheBuilder#maxDistance threshold of its own}.
   *
   * @return a cosine distance in [0, 2]; empty by default, if no suitable threshold is known
   */
  default OptionalDouble maxDistance() {
    return OptionalDouble.empty();
  }

  /**
   * Returns the coverage of a model that truncates texts at a number of tokens, without its
   * tokenizer. Assumes that a token has at least two bytes in UTF-8, which holds for prose and for
   * most code; the average is about four bytes for English and three for Chinese.
   *
   * @param text a text that is not blank
   * @param maxTokens the number of tokens at which the model truncates a text, at least 1
   * @return 1 if the model reads the whole text, otherwise 0
   */
  static double coverageOfWindow(String text, int maxTokens) {
    long maxBytes = 2L * maxTokens;
    return text.length() <= maxBytes && text.getBytes(StandardCharsets.UTF_8).length <= maxBytes
        ? 1
        : 0;
  }

  /**
   * Creates an embedder that calls a function once for each text. It declares the threshold of the
   * model if the model is {@linkplain KnownModel known}.
   *
   * @param modelId the name of the model; not blank
   * @param dimension the number of components of every vector, at least 1
   * @param function a thread-safe function from a text to its vector
   * @return an embedder that calls the function
   * @throws IllegalArgumentException if the name is blank or the dimension is less than 1
   */
  static Embedder of(String modelId, int dimension, Function<String, float[]> function) {
    return new FunctionEmbedder(new EmbeddingSpace(modelId, dimension), function);
  }
}
