package io.github.semcache.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingTest {

  @Test
  void cosineDistanceIsOneMinusTheCosine() {
    Embedding east = Embedding.of(3, 0);

    assertThat(east.cosineDistance(Embedding.of(7, 0))).isEqualTo(0, within(1e-9));
    assertThat(east.cosineDistance(Embedding.of(1, 1))).isEqualTo(1 - Math.sqrt(0.5), within(1e-7));
    assertThat(east.cosineDistance(Embedding.of(0, 2))).isEqualTo(1, within(1e-9));
    assertThat(east.cosineDistance(Embedding.of(-1, 0))).isEqualTo(2, within(1e-9));
  }

  private static float[] vector(Values values) {
    float[] vector = new float[13];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) values.doubleBetween(-10, 10);
    }
    return vector;
  }

  @Property
  void cosineDistanceEqualsTheDirectComputation(Values values) {
    float[] a = vector(values);
    float[] b = vector(values);
    double expected = directDistance(a, b);
    values.assume(norm(a) > 1e-3 && norm(b) > 1e-3);

    double distance = Embedding.of(a).cosineDistance(Embedding.of(b));

    assertThat(distance).isBetween(0.0, 2.0).isEqualTo(expected, within(1e-5));
    assertThat(Embedding.of(b).cosineDistance(Embedding.of(a))).isEqualTo(distance);
  }

  private static double directDistance(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return 1 - dot / (norm(a) * norm(b));
  }

  private static double norm(float[] vector) {
    double squares = 0;
    for (float component : vector) {
      squares += (double) component * component;
    }
    return Math.sqrt(squares);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void nonFiniteComponentIsRejected(float component) {
    assertThatThrownBy(() -> Embedding.of(1, component))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("embedding component 1 is " + component + "; it must be finite");
  }

  @Test
  void vectorWithoutDirectionIsRejected() {
    assertThatThrownBy(() -> Embedding.of(0, 0)).hasMessageContaining("must have a direction");
    assertThatThrownBy(() -> Embedding.of(1e-30f, 0)).hasMessageContaining("direction");
    assertThatThrownBy(() -> Embedding.of(3e38f, 3e38f)).hasMessageContaining("direction");
    assertThatThrownBy(Embedding::of).hasMessageContaining("at least one");
  }

  @Test
  void embeddingIsImmutable() {
    float[] components = {1, 2};
    Embedding embedding = Embedding.of(components);
    components[0] = 9;
    embedding.toArray()[0] = 9;

    assertThat(embedding.toArray()).containsExactly(1, 2);
    assertThat(embedding).isEqualTo(Embedding.of(1, 2)).hasSameHashCodeAs(Embedding.of(1, 2));
    assertThat(embedding).hasToString("Embedding[dimension=2]");
  }

  @Test
  void distanceBetweenDimensionsIsRejected() {
    assertThatThrownBy(() -> Embedding.of(1, 2).cosineDistance(Embedding.of(1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("embedding has dimension 3; it must have 2");
  }

  @Test
  void unitVectorHasTheSameDirectionAndNormOne() {
    Embedding unit = Embedding.of(3, 4).ofLengthOne();

    assertThat(unit.norm()).isEqualTo(1, within(1e-6));
    assertThat(unit.cosineDistance(Embedding.of(3, 4))).isEqualTo(0, within(1e-6));
  }

  @Test
  void spaceWithBlankModelOrWithoutDimensionIsRejected() {
    assertThatThrownBy(() -> new EmbeddingSpace(" ", 3)).hasMessageContaining("modelId");
    assertThatThrownBy(() -> new EmbeddingSpace("m", 0)).hasMessageContaining("dimension is 0");
  }

  @Test
  void embeddingOfAnotherDimensionIsNotInTheSpace() {
    EmbeddingSpace space = new EmbeddingSpace("m", 2);

    space.check(Embedding.of(1, 2));
    assertThatThrownBy(() -> space.check(Embedding.of(1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("embedding has dimension 3; it must have 2");
  }
}
