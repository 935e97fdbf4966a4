package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.embedding.Embedding;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Uses a model with a window of eight tokens; each character except whitespace is a token. */
final class WindowedModelTest {
  private static final int WINDOW = 8;

  private final FakeEmbeddingModel model =
      new FakeEmbeddingModel(WindowedModelTest::vector, text -> read(text).length()) {
        @Override
        public int dimension() {
          return 2;
        }
      };

  @Test
  void textWithinTheWindowIsEmbeddedInOneCall() {
    assertThat(embed("ab cd")).isEqualTo(Embedding.from(new float[] {1, 0}));
    assertThat(model.batches()).containsExactly(List.of("ab cd"));
  }

  @Test
  void vectorsOfChunksAreAveragedByTheirTokens() {
    float[] vector = embed("aaaa bbbbbb").vector();

    assertThat(chunks()).containsExactly("aaaa", "bbbbbb");
    assertThat(vector[0]).isCloseTo((float) (4 / Math.sqrt(52)), within(1e-6f));
    assertThat(vector[1]).isCloseTo((float) (6 / Math.sqrt(52)), within(1e-6f));
  }

  @Test
  void textOfTheMaximumLengthIsEmbeddedAndALongerOneIsRejected() {
    assertThat(embed("a".repeat(300)).vector()).containsExactly(1, 0);

    assertThatExceptionOfType(EmbedderException.RejectedText.class)
        .isThrownBy(() -> embed("a".repeat(301)))
        .withMessage("text has 301 characters; the maximum is 300");
  }

  @Test
  void textWithoutTokensIsRejected() {
    FakeEmbeddingModel tokenless = new FakeEmbeddingModel(WindowedModelTest::vector, text -> 0);

    assertThatExceptionOfType(EmbedderException.RejectedText.class)
        .isThrownBy(() -> new WindowedModel(tokenless, WINDOW, 300).embed("\u200b\u200b\u200b"))
        .withMessage("text contains no tokens");
  }

  @Property(tries = 500)
  void everyCharacterIsEmbeddedOnceAndInOrder(Values values) {
    String text = text(values);
    model.batches().clear();

    embed(text);

    assertThat(String.join("", chunks()).replaceAll("\\s", ""))
        .isEqualTo(text.replaceAll("\\s", ""));
    assertThat(chunks())
        .allSatisfy(chunk -> assertThat(Character.isLowSurrogate(chunk.charAt(0))).isFalse());
  }

  /** Returns the chunks that were not truncated. */
  private List<String> chunks() {
    return model.batches().stream()
        .map(batch -> batch.get(0))
        .filter(text -> read(text).length() < WINDOW)
        .toList();
  }

  private Embedding embed(String text) {
    return new WindowedModel(model, WINDOW, 300).embed(text).content();
  }

  private static float[] vector(String text) {
    return text.startsWith("a") ? new float[] {1, 0} : new float[] {0, 1};
  }

  private static String read(String text) {
    String characters = text.replaceAll("\\s", "");
    return characters.substring(0, Math.min(WINDOW, characters.length()));
  }

  private static String text(Values values) {
    List<String> parts =
        values.listOf(
            0, 45, () -> values.oneOf("a", "b", "語", "🦜", " ", "\n", "      ", "word", "word "));
    return "a" + String.join("", parts);
  }
}
