package io.github.semcache.langchain4j;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.model.embedding.onnx.AbstractInProcessEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxBertBiEncoder;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The quantized all-MiniLM-L6-v2 of LangChain4j, with one thread per computation. With the default
 * of ONNX Runtime, a thread for each processor takes part in the computation of a text and waits
 * for the others in a loop. For a model of this size, that takes about three times the CPU time,
 * and is not faster even on an idle machine.
 *
 * <p>Thread-safe. Computes on the calling thread.
 */
final class MiniLmModel extends AbstractInProcessEmbeddingModel {
  private static final int DIMENSION = 384;

  private final OnnxBertBiEncoder encoder = Encoder.INSTANCE;

  /**
   * Loads the model, unless it was loaded before.
   *
   * @throws LinkageError if a library, the model, or its native code cannot be loaded
   */
  MiniLmModel() {
    super(Runnable::run);
  }

  @Override
  protected OnnxBertBiEncoder model() {
    return encoder;
  }

  @Override
  protected Integer knownDimension() {
    return DIMENSION;
  }

  /** Loads the model once. It is never unloaded. */
  private static final class Encoder {
    static final OnnxBertBiEncoder INSTANCE = load();

    private static OnnxBertBiEncoder load() {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      try (InputStream model = open(".onnx");
          InputStream tokenizer = open("-tokenizer.json");
          OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        OrtSession session = environment.createSession(model.readAllBytes(), options);
        return new OnnxBertBiEncoder(environment, session, tokenizer, PoolingMode.MEAN);
      } catch (IOException e) {
        throw new UncheckedIOException("the embedding model cannot be read", e);
      } catch (OrtException e) {
        throw new IllegalStateException("the embedding model cannot be loaded", e);
      }
    }

    private static InputStream open(String suffix) {
      String resource = "/" + MiniLmEmbedder.MODEL_ID + suffix;
      InputStream stream = AllMiniLmL6V2QuantizedEmbeddingModel.class.getResourceAsStream(resource);
      if (stream == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return stream;
    }
  }
}
