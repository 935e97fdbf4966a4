package io.github.semcache.embedding;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The window and the threshold of a known embedding model, for implementations of {@link Embedder}.
 * Immutable.
 *
 * @param maxTokens the number of tokens at which the model truncates a text
 * @param maxDistance the threshold; empty if it was not measured
 */
public record KnownModel(int maxTokens, OptionalDouble maxDistance) {
  private static final KnownModel UNKNOWN = new KnownModel(512, OptionalDouble.empty());

  /**
   * The models by name. The windows are those of the model cards, except for all-minilm-l6-v2,
   * which LangChain4j truncates. The thresholds are 0.12 to 0.16 times the distance of unrelated
   * prompts: 1 minus the mean cosine of {@link EmbeddingScale}, rounded down. Those of OpenAI are
   * scaled from published similarities; see {@code OpenAiEmbedder}.
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
