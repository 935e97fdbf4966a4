package io.github.semcache.embedding;

import java.util.List;
import java.util.function.Function;

/**
 * Turns texts into vectors of one embedding model.
 *
 * <p>Implementations are safe for use by many threads at once; {@link #embed} may block on a
 * network call. {@link #modelId} and {@link #dimension} are constants of the instance and do not
 * block.
 */
public interface Embedder {

  /**
   * Embeds texts, in order.
   *
   * @param texts one or more texts, none of them blank; implementations split the list where their
   *     service limits the size of a request
   * @return one embedding for each text, in the order of the texts, each of {@link #dimension}
   *     components
   * @throws RejectedTextException if the trouble is with a text, which would fail again, and not
   *     with the model
   * @throws EmbedderException if the model cannot be reached or answers with something else than
   *     vectors. No message holds a text that was to be embedded
   */
  List<Embedding> embed(List<String> texts);

  /**
   * Names the model, for example {@code text-embedding-3-small}. Entries made with one model are
   * never compared with those of another, so two configurations whose vectors differ need two
   * names.
   *
   * @return a name that is not blank
   */
  String modelId();

  /**
   * The number of components of every embedding.
   *
   * @return the dimension, at least 1
   */
  int dimension();

  /**
   * Makes an embedder of a function that embeds one text.
   *
   * @param modelId see {@link #modelId}
   * @param dimension see {@link #dimension}
   * @param function from a text to its vector; called once for each text, from many threads at once
   * @return an embedder that calls the function
   * @throws IllegalArgumentException if the name is blank or the dimension less than 1
   */
  static Embedder of(String modelId, int dimension, Function<String, float[]> function) {
    return new FunctionEmbedder(new EmbeddingSpace(modelId, dimension), function);
  }
}
