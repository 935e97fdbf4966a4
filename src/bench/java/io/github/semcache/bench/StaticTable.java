package io.github.semcache.bench;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One vector for each token of a model, distilled from the model with the recipe of Model2Vec: each
 * token of the vocabulary is embedded on its own, the vectors are reduced to principal components
 * and weighted by the estimated frequency of the token, and components are rounded to eight bits.
 * The embedding of a text is the sum of the vectors of its tokens.
 */
final class StaticTable {
  private static final String MODEL = "/all-minilm-l6-v2-q";
  private static final int BATCH = 128;
  private static final long START = 101;
  private static final long END = 102;
  private static final int UNKNOWN = 100;

  /** The vocabulary lists words by frequency from here on. */
  private static final int FIRST_WORD = 1_996;

  /** The rank of single characters, which precede the words. */
  private static final int CHARACTER_RANK = 200;

  private static final int LEVELS = 127;

  private final HuggingFaceTokenizer tokenizer;
  private final float[][] vectors;

  /** The weight of a token by its rank. */
  enum Weighting {
    /** a / (a + p) for a = 0.001 and the probability p by Zipf's law. */
    SIF {
      @Override
      double of(int rank, int size) {
        double probability = 1 / (rank * (Math.log(size) + 0.6));
        return 0.001 / (0.001 + probability);
      }
    },
    LOGARITHM {
      @Override
      double of(int rank, int size) {
        return Math.log(1 + rank);
      }
    };

    abstract double of(int rank, int size);
  }

  private StaticTable(HuggingFaceTokenizer tokenizer, float[][] vectors) {
    this.tokenizer = tokenizer;
    this.vectors = vectors;
  }

  /**
   * Returns the vector of each token on its own, averaged with those of the tokens that mark the
   * start and the end of a text.
   */
  static float[][] distill(int tokens) throws IOException, OrtException {
    float[][] vectors = new float[tokens][];
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(resource(".onnx"), options)) {
        for (int from = 0; from < tokens; from += BATCH) {
          int first = from;
          long[][] texts =
              IntStream.range(from, Math.min(tokens, from + BATCH))
                  .mapToObj(token -> new long[] {START, token, END})
                  .toArray(long[][]::new);
          float[][][] states = states(environment, session, texts);
          IntStream.range(0, texts.length).forEach(i -> vectors[first + i] = mean(states[i]));
        }
      }
    }
    return vectors;
  }

  private static float[][][] states(OrtEnvironment environment, OrtSession session, long[][] texts)
      throws OrtException {
    long[][] mask = new long[texts.length][];
    long[][] types = new long[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      mask[i] = new long[] {1, 1, 1};
      types[i] = new long[texts[i].length];
    }
    try (OnnxTensor ids = OnnxTensor.createTensor(environment, texts);
        OnnxTensor attention = OnnxTensor.createTensor(environment, mask);
        OnnxTensor segments = OnnxTensor.createTensor(environment, types);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "input_ids", ids, "attention_mask", attention, "token_type_ids", segments))) {
      return (float[][][]) result.get(0).getValue();
    }
  }

  private static float[] mean(float[][] states) {
    float[] mean = new float[states[0].length];
    for (float[] state : states) {
      for (int k = 0; k < mean.length; k++) {
        mean[k] += state[k] / states.length;
      }
    }
    return mean;
  }

  private static byte[] resource(String suffix) throws IOException {
    try (InputStream in =
        AllMiniLmL6V2QuantizedEmbeddingModel.class.getResourceAsStream(MODEL + suffix)) {
      if (in == null) {
        throw new IOException(MODEL + suffix + " is not on the class path");
      }
      return in.readAllBytes();
    }
  }

  /** Creates a table of weighted and rounded vectors. */
  static StaticTable of(float[][] vectors, Weighting weighting) throws IOException {
    float[][] weighted = new float[vectors.length][];
    for (int token = 0; token < vectors.length; token++) {
      int rank = token < FIRST_WORD ? CHARACTER_RANK : token - FIRST_WORD + 1;
      weighted[token] = rounded(vectors[token], weighting.of(rank, vectors.length));
    }
    return new StaticTable(
        HuggingFaceTokenizer.newInstance(
            new ByteArrayInputStream(resource("-tokenizer.json")),
            Map.of("padding", "false", "truncation", "false")),
        weighted);
  }

  private static float[] rounded(float[] vector, double weight) {
    double greatest = 0;
    for (float component : vector) {
      greatest = Math.max(greatest, Math.abs(component));
    }
    double step = Math.max(greatest / LEVELS, Float.MIN_NORMAL);
    float[] rounded = new float[vector.length];
    for (int k = 0; k < rounded.length; k++) {
      rounded[k] = (float) (Math.round(vector[k] / step) * step * weight);
    }
    return rounded;
  }

  int dimension() {
    return vectors[0].length;
  }

  /** Returns the sum of the vectors of the tokens of a text. */
  float[] embed(String text) {
    float[] sum = new float[dimension()];
    for (long token : tokenizer.encode(text, false, false).getIds()) {
      if (token != UNKNOWN) {
        for (int k = 0; k < sum.length; k++) {
          sum[k] += vectors[(int) token][k];
        }
      }
    }
    return sum;
  }
}
