package io.github.semcache.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import io.github.semcache.embedding.EmbedderException;
import java.util.List;

/**
 * Embeds texts that are longer than the window of a model: splits them into chunks that fit, and
 * averages the vectors of the chunks, weighted by their numbers of tokens. Without it, the model
 * would truncate such texts, and prompts with the same beginning would have the same vector.
 *
 * <p>Thread-safe if the model is thread-safe. Blocks while the model computes.
 *
 * @param model the model; its responses must contain the token usage
 * @param window the number of tokens at which the model truncates a text
 * @param maxCharacters the maximum length of a text in characters
 */
record WindowedModel(EmbeddingModel model, int window, int maxCharacters)
    implements EmbeddingModel {

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    return Response.from(segments.stream().map(segment -> embedding(segment.text())).toList());
  }

  private Embedding embedding(String text) {
    if (text.length() > maxCharacters) {
      throw new EmbedderException.RejectedText(
          "text has " + text.length() + " characters; the maximum is " + maxCharacters);
    }
    float[] sum = new float[dimension()];
    int totalTokens = 0;
    int length = 8 * window;
    for (String rest = text.strip(); !rest.isEmpty(); ) {
      String chunk = rest.substring(0, chunkEnd(rest, length));
      Response<List<Embedding>> response = model.embedAll(List.of(TextSegment.from(chunk)));
      int tokens = requireNonNull(response.tokenUsage(), "tokenUsage").inputTokenCount();
      if (tokens >= window && chunk.length() > 2) {
        length = Math.max(2, chunk.length() / 2);
        continue;
      }
      add(sum, tokens, response.content().get(0).vector());
      totalTokens += tokens;
      length = Math.max(2, chunk.length() * (window - window / 8) / Math.max(1, tokens));
      rest = rest.substring(chunk.length()).strip();
    }
    if (totalTokens == 0) {
      throw new EmbedderException.RejectedText("text contains no tokens");
    }
    Embedding average = Embedding.from(sum);
    average.normalize();
    return average;
  }

  /**
   * Returns the end index of a chunk of at most the given length. Prefers whitespace in the second
   * half of the chunk, and never splits a surrogate pair.
   */
  private static int chunkEnd(String text, int length) {
    if (text.length() <= length) {
      return text.length();
    }
    for (int i = length; i > length / 2; i--) {
      if (Character.isWhitespace(text.charAt(i))) {
        return i;
      }
    }
    return Character.isLowSurrogate(text.charAt(length)) ? length - 1 : length;
  }

  private static void add(float[] sum, int weight, float[] vector) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * vector[i];
    }
  }

  @Override
  public int dimension() {
    return model.dimension();
  }

  @Override
  public String modelName() {
    return model.modelName();
  }
}
