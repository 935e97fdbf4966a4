package io.github.semcache.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import io.github.semcache.embedding.RejectedTextException;
import java.util.List;

/**
 * Makes a model that reads only the beginning of a text read all of it: a longer text is cut into
 * pieces that fit, and their vectors are averaged by their tokens. Were the rest left out, two
 * prompts with one beginning would be the same to the cache.
 *
 * @param model the model; says how many tokens it read
 * @param window the tokens after which it stops reading
 * @param maxCharacters the longest text; a longer one would take the model too long
 */
record WindowedModel(EmbeddingModel model, int window, int maxCharacters)
    implements EmbeddingModel {

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    return Response.from(segments.stream().map(segment -> embedding(segment.text())).toList());
  }

  private Embedding embedding(String text) {
    if (text.length() > maxCharacters) {
      throw new RejectedTextException(
          "text has " + text.length() + " characters; the model takes at most " + maxCharacters);
    }
    float[] sum = new float[dimension()];
    int read = 0;
    int length = 8 * window;
    for (String rest = text.strip(); !rest.isEmpty(); ) {
      String piece = rest.substring(0, end(rest, length));
      Response<List<Embedding>> response = model.embedAll(List.of(TextSegment.from(piece)));
      int tokens = requireNonNull(response.tokenUsage(), "tokenUsage").inputTokenCount();
      if (tokens >= window && piece.length() > 2) {
        length = Math.max(2, piece.length() / 2);
        continue;
      }
      add(sum, tokens, response.content().get(0).vector());
      read += tokens;
      length = Math.max(2, piece.length() * (window - window / 8) / Math.max(1, tokens));
      rest = rest.substring(piece.length()).strip();
    }
    if (read == 0) {
      throw new RejectedTextException("text has nothing in it that the model reads");
    }
    Embedding average = Embedding.from(sum);
    average.normalize();
    return average;
  }

  /**
   * Where a piece of at most this length ends: at white space if there is some in its second half.
   */
  private static int end(String text, int length) {
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
