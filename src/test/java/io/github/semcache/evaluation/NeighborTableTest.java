package io.github.semcache.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.policy.HitPolicy;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class NeighborTableTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final FakeEmbedder embedder = new FakeEmbedder();

  /** Returns more prompts than the table has neighbors per prompt, some twice, in two scopes. */
  private List<LabeledPrompt> manyPrompts() {
    Random random = new Random(1);
    List<Double> angles = new ArrayList<>();
    List<LabeledPrompt> prompts = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      double degrees = i % 7 == 6 ? angles.get(i - 5) : 350 * random.nextDouble();
      angles.add(degrees);
      String text = "prompt at " + degrees;
      embedder.place(text, degrees);
      LabeledPrompt prompt =
          LabeledPrompt.of(text, "label " + (int) (degrees / 15)).timestamp(NOON.plusSeconds(i));
      prompts.add(i % 5 == 0 ? prompt.scope("other") : prompt);
    }
    return prompts;
  }

  @ParameterizedTest
  @CsvSource({"0.00001, 36000", "0.0005, 36000", "0.01, 36000", "0.0005, 300", "0.2, 60"})
  void replayWithTheTableEqualsReplayWithTheStore(double threshold, int ttlSeconds) {
    List<LabeledPrompt> prompts = manyPrompts();
    NeighborTable table = NeighborTable.of(embedder, prompts, done -> {});

    ReplayResult expected = replay(threshold, ttlSeconds).build().run(prompts);
    ReplayResult actual = replay(threshold, ttlSeconds).neighbors(table).build().run(prompts);

    List<ReplayedPrompt> different =
        actual.prompts().stream()
            .filter(replayed -> !expected.prompts().contains(replayed))
            .toList();
    assertThat(different).isEmpty();
    assertThat(actual.total()).isEqualTo(expected.total());
    assertThat(actual.total().hits()).isPositive();
  }

  private Replay.Builder replay(double threshold, int ttlSeconds) {
    return Replay.builder(embedder)
        .hitPolicy(HitPolicy.maxDistance(threshold).unguarded())
        .timeToLive(Duration.ofSeconds(ttlSeconds));
  }

  @Test
  void promptMissingFromTheTableIsRejected() {
    NeighborTable table =
        NeighborTable.of(embedder, List.of(LabeledPrompt.of("a", "b")), done -> {});

    assertThatThrownBy(
            () ->
                Replay.builder(embedder)
                    .neighbors(table)
                    .build()
                    .run(List.of(LabeledPrompt.of("c", "d"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("embedding is not in the neighbor table");
  }

  @Test
  void progressEndsAtTheNumberOfDistinctPrompts() {
    List<Integer> counts = new ArrayList<>();
    NeighborTable.of(
        embedder,
        List.of(LabeledPrompt.of("a", "x"), LabeledPrompt.of("b", "x"), LabeledPrompt.of("a", "y")),
        counts::add);

    assertThat(counts).containsExactly(1, 2);
  }
}
