package io.github.semcache.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.testkit.FakeEmbedder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingSpaceScaleTest {

  @Test
  void relativeDistanceIsAFractionOfTheDistanceOfUnrelatedPrompts() {
    EmbeddingSpace.Scale scale = new EmbeddingSpace.Scale(0.6);

    assertThat(scale.relativeDistance(0.4)).isEqualTo(1, within(1e-12));
    assertThat(scale.relativeDistance(0.04)).isEqualTo(0.1, within(1e-12));
    assertThat(scale.cosineDistance(0.1)).isEqualTo(0.04, within(1e-12));
    assertThat(scale.cosineDistance(scale.relativeDistance(0.123))).isEqualTo(0.123, within(1e-12));
    assertThat(new EmbeddingSpace.Scale(-1).cosineDistance(1)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1.01, 1, 2, Double.NaN})
  void meanOutOfRangeIsRejected(double mean) {
    assertThatThrownBy(() -> new EmbeddingSpace.Scale(mean))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("meanCosine is " + mean + "; it must be at least -1 and below 1");
  }

  @Test
  void scaleOfAnUnknownModelIsMeasuredInOneCall() {
    FakeEmbedder embedder = new FakeEmbedder();

    EmbeddingSpace.Scale scale = EmbeddingSpace.Scale.of(embedder);

    assertThat(embedder.embedded()).hasSize(64).doesNotHaveDuplicates();
    assertThat(scale.meanCosine()).isEqualTo(0, within(0.05));
  }

  @Test
  void measuredMeanCoversAllPairs() {
    double cosine = 1 / Math.sqrt(2);
    Embedder halfAndHalf =
        Embedder.of(
            "model", 2, text -> text.length() % 2 == 0 ? new float[] {1, 0} : new float[] {1, 1});

    EmbeddingSpace.Scale scale = EmbeddingSpace.Scale.measure(halfAndHalf);

    assertThat(scale.meanCosine()).isBetween(cosine, 1.0);
  }

  @Test
  void modelThatReturnsTheSameEmbeddingForAllTextsIsRejected() {
    Embedder constant = Embedder.of("constant", 2, text -> new float[] {1, 0});

    assertThatThrownBy(() -> EmbeddingSpace.Scale.measure(constant))
        .isInstanceOf(EmbedderException.class)
        .hasMessage("model constant returns the same embedding for unrelated texts");
  }

  @Test
  void knownScaleOfTheLocalModelEqualsItsMeasurement() {
    MiniLmEmbedder embedder = MiniLmEmbedder.create();

    double measured = EmbeddingSpace.Scale.measure(embedder).meanCosine();

    assertThat(EmbeddingSpace.Scale.known(embedder.modelId()).orElseThrow().meanCosine())
        .isEqualTo(measured, within(0.005));
  }

  @Test
  void unmeasuredModelIsNotKnown() {
    assertThat(EmbeddingSpace.Scale.known("fake-embedder")).isEmpty();
  }
}
