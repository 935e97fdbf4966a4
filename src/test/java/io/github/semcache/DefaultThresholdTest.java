package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Tests of the threshold of a cache without a threshold of its own. */
class DefaultThresholdTest extends CacheFixture {
  private static final String NEAR = "near";

  /** A model with the vectors of the fake embedder. */
  private record Model(String modelId, FakeEmbedder vectors, OptionalDouble maxDistance)
      implements Embedder {
    @Override
    public List<Embedding> embed(List<String> texts) {
      return vectors.embed(texts);
    }

    @Override
    public int dimension() {
      return FakeEmbedder.DIMENSION;
    }
  }

  private boolean isHit(SemanticCacheBuilder builder, double distance) {
    embedder.place(NEAR, Math.toDegrees(Math.acos(1 - distance)));
    try (SemanticCache cache = builder.noGuards().build()) {
      cache.put(Prompt.of(PARIS), "Paris");
      return cache.lookup(Prompt.of(NEAR)).isPresent();
    }
  }

  private SemanticCacheBuilder with(String modelId, OptionalDouble maxDistance) {
    return builder().embedder(new Model(modelId, embedder, maxDistance));
  }

  @Test
  void thresholdOfTheEmbedderApplies() {
    assertThat(isHit(with("declared", OptionalDouble.of(0.3)), 0.299)).isTrue();
    assertThat(isHit(with("declared", OptionalDouble.of(0.3)), 0.301)).isFalse();
    assertThat(isHit(with("declared", OptionalDouble.of(0.05)), 0.049)).isTrue();
    assertThat(isHit(with("declared", OptionalDouble.of(0.05)), 0.051)).isFalse();
  }

  @Test
  void thresholdOfTheBuilderOverridesTheEmbedder() {
    assertThat(isHit(with("declared", OptionalDouble.of(0.05)).maxDistance(0.2), 0.19)).isTrue();
    assertThat(isHit(with("e5-small", OptionalDouble.of(0.3)).relativeDistance(0.2), 0.045))
        .isTrue();
    assertThat(isHit(with("e5-small", OptionalDouble.of(0.3)).relativeDistance(0.2), 0.047))
        .isFalse();
  }

  @Test
  void thresholdIsRelativeToTheScaleOfAModelWithoutAThreshold() {
    // 0.12 * (1 - 0.772) = 0.0274
    assertThat(isHit(with("e5-small", OptionalDouble.empty()), 0.027)).isTrue();
    assertThat(isHit(with("e5-small", OptionalDouble.empty()), 0.028)).isFalse();
    // The random vectors of unrelated texts are about orthogonal.
    assertThat(isHit(with("unknown", OptionalDouble.empty()), 0.1)).isTrue();
    assertThat(isHit(with("unknown", OptionalDouble.empty()), 0.14)).isFalse();
  }

  @Test
  void modelThatCannotBeMeasuredMisses() {
    Embedder constant = Embedder.of("constant", 2, text -> new float[] {1, 0});
    try (SemanticCache cache = builder().embedder(constant).noGuards().build()) {
      cache.ask(PARIS);

      assertThat(cache.ask(PYTHON).missReason()).contains(MissReason.UNKNOWN_SCALE);
      assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
    }
  }
}
