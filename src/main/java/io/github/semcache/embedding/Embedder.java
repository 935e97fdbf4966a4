package io.github.semcache.embedding;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
   * @throws EmbedderException.RejectedText if the model works but cannot embed one of the texts, so
   *     that a retry would fail again
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
   * in part may have similar embeddings although the rest differs, so the cache looks them up by
   * their key only. Does not block.
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

  /**
   * The window and the threshold of a known embedding model, for implementations of {@link
   * Embedder}. Immutable.
   *
   * @param maxTokens the number of tokens at which the model truncates a text
   * @param maxDistance the threshold; empty if it was not measured
   */
  record KnownModel(int maxTokens, OptionalDouble maxDistance) {
    private static final KnownModel UNKNOWN = new KnownModel(512, OptionalDouble.empty());

    /**
     * The models by name. The windows are those of the model cards, except for all-minilm-l6-v2,
     * which LangChain4j truncates. The thresholds are 0.12 to 0.16 times the distance of unrelated
     * prompts: 1 minus the mean cosine of {@link EmbeddingSpace.Scale}, rounded down. Those of
     * OpenAI are scaled from published similarities; see {@code OpenAiEmbedder}.
     */
    private static final Map<String, KnownModel> KNOWN =
        Map.ofEntries(
            Map.entry("all-minilm-l6-v2", of(128, 0.15)),
            Map.entry("bge-small-en", of(512, 0.07)),
            Map.entry("bge-small-en-v1.5", of(512, 0.07)),
            Map.entry("e5-small", of(512, 0.035)),
            Map.entry("e5-small-v2", of(512, 0.035)),
            Map.entry("text-embedding-3-small", of(8_191, 0.13)),
            Map.entry("text-embedding-3-large", of(8_191, 0.14)),
            Map.entry("text-embedding-ada-002", of(8_191, 0.03)),
            Map.entry("bge-m3", of(8_192)),
            Map.entry("nomic-embed-text", of(2_048)),
            Map.entry("mxbai-embed-large", of(512)));

    private static KnownModel of(int maxTokens) {
      return new KnownModel(maxTokens, OptionalDouble.empty());
    }

    private static KnownModel of(int maxTokens, double maxDistance) {
      return new KnownModel(maxTokens, OptionalDouble.of(maxDistance));
    }

    /**
     * Returns the properties of a model, or a window of 512 tokens if it is not known.
     *
     * @param modelId the name of the model, with or without an owner, a tag, and the suffix of a
     *     quantized variant: {@code BAAI/bge-small-en-v1.5}, {@code bge-m3:latest}, {@code
     *     e5-small-v2-q}
     * @return its window and threshold
     */
    public static KnownModel of(String modelId) {
      String name = modelId.toLowerCase(Locale.ROOT);
      name = name.substring(name.lastIndexOf('/') + 1);
      int tag = name.indexOf(':');
      name = tag > 0 ? name.substring(0, tag) : name;
      name = name.endsWith("-q") ? name.substring(0, name.length() - 2) : name;
      return KNOWN.getOrDefault(name, UNKNOWN);
    }
  }
}
