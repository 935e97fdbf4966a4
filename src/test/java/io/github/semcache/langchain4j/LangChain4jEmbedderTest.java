package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LangChain4jEmbedderTest {
  private static final String SECRET = "the patient's diagnosis";

  private final FakeEmbeddingModel model =
      new FakeEmbeddingModel(text -> new float[] {text.length(), 1});

  @Test
  void allTextsOfACallAreEmbeddedInOneBatch() {
    Embedder embedder = embedder().build();

    assertThat(embedder.embed(List.of("a", "bb", "ccc")))
        .containsExactly(Embedding.of(1, 1), Embedding.of(2, 1), Embedding.of(3, 1));
    assertThat(model.batches()).containsExactly(List.of("a", "bb", "ccc"));
    assertThat(embedder.modelId()).isEqualTo("fake");
    assertThat(embedder.dimension()).isEqualTo(2);
  }

  @Test
  void maxBatchOfOneEmbedsOneTextAtATime() {
    assertThat(embedder().maxBatch(1).build().embed(List.of("a", "bb", "ccc")))
        .containsExactly(Embedding.of(1, 1), Embedding.of(2, 1), Embedding.of(3, 1));
    assertThat(model.batches()).containsExactly(List.of("a"), List.of("bb"), List.of("ccc"));
  }

  @Test
  void maxBatchLimitsTheSizeOfABatch() {
    assertThat(embedder().maxBatch(2).build().embed(List.of("a", "b", "c", "d", "e"))).hasSize(5);
    assertThat(model.batches()).containsExactly(List.of("a", "b"), List.of("c", "d"), List.of("e"));
  }

  @Test
  void emptyListDoesNotCallTheModel() {
    assertThat(embedder().build().embed(List.of())).isEmpty();
    assertThat(model.batches()).isEmpty();
  }

  @Test
  void dimensionIsDeterminedOnceByBuild() {
    Embedder embedder = LangChain4jEmbedder.of(model, "fake");
    assertThat(model.batches()).hasSize(1);

    assertThat(embedder.dimension()).isEqualTo(2);
    assertThat(embedder.dimension()).isEqualTo(2);
    assertThat(model.batches()).hasSize(1);
  }

  @Test
  void failureToDetermineTheDimensionThrowsAnEmbedderException() {
    assertThatExceptionOfType(EmbedderException.class)
        .isThrownBy(() -> LangChain4jEmbedder.of(failing(), "fake"))
        .withMessage("model fake failed to determine its dimension")
        .withCauseInstanceOf(IllegalStateException.class);
    assertThatExceptionOfType(EmbedderException.class)
        .isThrownBy(
            () -> LangChain4jEmbedder.of(new FakeEmbeddingModel(text -> new float[0]), "fake"))
        .withMessage("model fake failed to determine its dimension")
        .withStackTraceContaining("dimension of the model is 0; it must be at least 1");
  }

  @Test
  void failureOfTheModelThrowsAnEmbedderExceptionWithoutTheText() {
    Embedder embedder = LangChain4jEmbedder.builder(failing(), "fake").dimension(2).build();

    assertThatExceptionOfType(EmbedderException.class)
        .isThrownBy(() -> embedder.embed(List.of(SECRET)))
        .withMessage("embedding 1 texts with model fake failed: java.lang.IllegalStateException")
        .withCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void invalidRequestRejectsTheText() {
    EmbeddingModel rejecting =
        new FakeEmbeddingModel(
            text -> {
              throw new InvalidRequestException("too many tokens in " + text);
            });
    Embedder embedder = LangChain4jEmbedder.builder(rejecting, "fake").dimension(2).build();

    assertThatExceptionOfType(EmbedderException.RejectedText.class)
        .isThrownBy(() -> embedder.embed(List.of(SECRET)))
        .withMessageNotContaining(SECRET)
        .withCauseInstanceOf(InvalidRequestException.class);
  }

  @Test
  void wrongNumberOfVectorsThrowsAnEmbedderException() {
    EmbeddingModel incomplete =
        new EmbeddingModel() {
          @Override
          public Response<List<dev.langchain4j.data.embedding.Embedding>> embedAll(
              List<TextSegment> segments) {
            return Response.from(
                List.of(dev.langchain4j.data.embedding.Embedding.from(new float[] {1, 2})));
          }
        };

    assertThatExceptionOfType(EmbedderException.class)
        .isThrownBy(() -> LangChain4jEmbedder.of(incomplete, "fake").embed(List.of("a", "b")))
        .withMessage("model fake returned 1 vectors for 2 texts");
  }

  @Test
  void invalidVectorThrowsAnEmbedderException() {
    assertThatFailureOf(new float[] {1})
        .hasMessage("model fake returned a vector of 1 components; expected 2");
    assertThatFailureOf(new float[] {1, Float.NaN}).hasMessageContaining("component 1 is NaN");
    assertThatFailureOf(new float[] {Float.POSITIVE_INFINITY, 1})
        .hasMessageContaining("is Infinity");
    assertThatFailureOf(new float[] {0, 0}).hasMessageContaining("must have a direction");
  }

  @ParameterizedTest
  @CsvSource({
    "BAAI/bge-small-en-v1.5, 0.07, 512",
    "e5-small-v2-q, 0.035, 512",
    "all-MiniLM-L6-v2, 0.15, 128",
    "bge-m3:latest, , 8192",
    "some-model, , 512"
  })
  void thresholdAndWindowAreKnownByTheNameOfTheModel(
      String name, @Nullable Double maxDistance, int maxTokens) {
    LangChain4jEmbedder embedder = LangChain4jEmbedder.builder(model, name).dimension(2).build();

    assertThat(embedder.maxDistance())
        .isEqualTo(maxDistance == null ? OptionalDouble.empty() : OptionalDouble.of(maxDistance));
    assertThat(embedder.coverage("a".repeat(2 * maxTokens))).isEqualTo(1);
    assertThat(embedder.coverage("a".repeat(2 * maxTokens + 1))).isZero();
    assertThat(embedder.coverage("ü".repeat(maxTokens + 1))).isZero();
  }

  @Test
  void thresholdAndWindowCanBeSet() {
    LangChain4jEmbedder embedder =
        LangChain4jEmbedder.builder(model, "bge-m3")
            .dimension(2)
            .maxDistance(0.07)
            .maxTokens(10)
            .build();

    assertThat(embedder.maxDistance()).hasValue(0.07);
    assertThat(embedder.coverage("a".repeat(20))).isEqualTo(1);
    assertThat(embedder.coverage("a".repeat(21))).isZero();
    assertThatThrownBy(() -> LangChain4jEmbedder.builder(model, "m").maxDistance(2.1))
        .hasMessage("maxDistance is 2.1; a cosine distance lies between 0 and 2");
    assertThatThrownBy(() -> LangChain4jEmbedder.builder(model, "m").maxTokens(0))
        .hasMessage("maxTokens is 0; it must be at least 1");
  }

  @Test
  void exceptionsNameOptionValueAndRule() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LangChain4jEmbedder.of(model, " "))
        .withMessageContaining("modelId is blank");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> embedder().maxBatch(0))
        .withMessage("maxBatch is 0; it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> embedder().dimension(-1))
        .withMessage("dimension is -1; it must be at least 1");
  }

  @Test
  @SuppressWarnings("NullAway") // callers without null checks
  void exceptionsNameTheNullArgument() {
    assertThatNullPointerException()
        .isThrownBy(() -> LangChain4jEmbedder.of(null, "fake"))
        .withMessage("model");
    assertThatNullPointerException()
        .isThrownBy(() -> LangChain4jEmbedder.of(model, null))
        .withMessage("modelId");
    assertThatNullPointerException()
        .isThrownBy(() -> LangChain4jEmbedder.toEmbeddingModel(null))
        .withMessage("embedder");
  }

  @Test
  void embedderIsConvertedToAModelOfLangChain4j() {
    EmbeddingModel converted = LangChain4jEmbedder.toEmbeddingModel(embedder().build());

    assertThat(converted.embed("bb").content().vector()).containsExactly(2, 1);
    assertThat(
            converted.embedAll(List.of(TextSegment.from("a"), TextSegment.from("ccc"))).content())
        .extracting(dev.langchain4j.data.embedding.Embedding::vector)
        .containsExactly(new float[] {1, 1}, new float[] {3, 1});
    assertThat(converted.embedAll(List.of()).content()).isEmpty();
    assertThat(converted.dimension()).isEqualTo(2);
    assertThat(converted.modelName()).isEqualTo("fake");
  }

  @Test
  void convertedModelThrowsTheExceptionOfTheEmbedder() {
    EmbeddingModel converted =
        LangChain4jEmbedder.toEmbeddingModel(
            LangChain4jEmbedder.builder(failing(), "fake").dimension(2).build());

    assertThatThrownBy(() -> converted.embed("a")).isInstanceOf(EmbedderException.class);
  }

  private LangChain4jEmbedder.Builder embedder() {
    return LangChain4jEmbedder.builder(model, "fake").dimension(2);
  }

  private static EmbeddingModel failing() {
    return new FakeEmbeddingModel(
        text -> {
          throw new IllegalStateException("no model for " + text);
        });
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertThatFailureOf(
      float[] vector) {
    Embedder embedder =
        LangChain4jEmbedder.builder(new FakeEmbeddingModel(text -> vector), "fake")
            .dimension(2)
            .build();
    return assertThatThrownBy(() -> embedder.embed(List.of(SECRET)))
        .isInstanceOf(EmbedderException.class);
  }
}
