package io.github.semcache.prompt;

import static io.github.semcache.testing.Nulls.absent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTest {
  private final Prompt prompt = Prompt.of("text");

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t"})
  void blankTextIsRejected(String blank) {
    assertThatThrownBy(() -> Prompt.of(blank))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("text is blank; a prompt must ask something");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 2.01, Double.NaN, Double.POSITIVE_INFINITY})
  void maxDistanceOutsideZeroToTwoIsRejected(double distance) {
    assertThatThrownBy(() -> prompt.maxDistance(distance))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxDistance is " + distance + "; a cosine distance lies between 0 and 2");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void nonPositiveDurationIsRejected(long millis) {
    Duration duration = Duration.ofMillis(millis);

    assertThatThrownBy(() -> prompt.maxAge(duration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxAge is " + duration + "; it must be positive");
    assertThatThrownBy(() -> prompt.maxWait(duration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxWait is " + duration + "; it must be positive");
    assertThatThrownBy(() -> prompt.timeToLive(duration)).hasMessageContaining("timeToLive is");
  }

  @Test
  void timeToLiveOutOfRangeIsRejected() {
    assertThatThrownBy(() -> prompt.timeToLive(Duration.ofNanos(999_999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("timeToLive is PT0.000999999S; it must be between 1 ms and 36525 days");
    assertThatThrownBy(() -> prompt.timeToLive(Duration.ofDays(36_526)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(prompt.timeToLive(Duration.ofMillis(1)).timeToLive()).contains(Duration.ofMillis(1));
    assertThat(prompt.timeToLive(Duration.ofDays(36_525)).timeToLive()).isPresent();
  }

  @Test
  void unpairedSurrogatesOfTheTextAreReplaced() {
    assertThat(Prompt.of("a\ud83d").text()).isEqualTo("a\ufffd");
    assertThat(Prompt.of("a\ud83d")).isEqualTo(Prompt.of("a\ud83c"));
    assertThat(Prompt.of("a\ud83d\ude00").text()).isEqualTo("a\ud83d\ude00");
  }

  @Test
  void optionsDoNotChangeEachOther() {
    Prompt full =
        prompt
            .tag("tenant", "acme")
            .system("system")
            .history(List.of(Prompt.Message.user("a")))
            .after(Prompt.Message.assistant("b"))
            .maxAge(Duration.ofHours(1))
            .maxDistance(0.2)
            .timeToLive(Duration.ofHours(2))
            .maxWait(Duration.ofSeconds(3))
            .refresh();

    assertThat(full.text()).isEqualTo("text");
    assertThat(full.tags()).containsExactly(Map.entry("tenant", "acme"));
    assertThat(full.system()).contains("system");
    assertThat(full.history())
        .containsExactly(Prompt.Message.user("a"), Prompt.Message.assistant("b"));
    assertThat(full.maxAge()).contains(Duration.ofHours(1));
    assertThat(full.maxDistance()).hasValue(0.2);
    assertThat(full.timeToLive()).contains(Duration.ofHours(2));
    assertThat(full.maxWait()).contains(Duration.ofSeconds(3));
    assertThat(full.mode()).isEqualTo(Prompt.Mode.REFRESH);
    assertThat(full.bypass().mode()).isEqualTo(Prompt.Mode.BYPASS);
    assertThat(prompt.scope()).isEqualTo(Scope.none());
    assertThat(prompt.mode()).isEqualTo(Prompt.Mode.USE);
  }

  @Test
  void toStringContainsNoText() {
    assertThat(Prompt.of("secret words").system("secret").tag("user", "secret").toString())
        .doesNotContain("secret");
    assertThat(Scope.of("user", "secret").toString()).doesNotContain("secret");
  }

  @Test
  void nullIsRejectedWithTheNameOfTheParameter() {
    assertThatThrownBy(() -> Prompt.of(absent())).hasMessage("text");
    assertThatThrownBy(() -> prompt.tag("name", absent())).hasMessage("value");
    assertThatThrownBy(() -> prompt.system(absent())).hasMessage("system");
    assertThatThrownBy(() -> prompt.scope(absent())).hasMessage("scope");
    assertThatThrownBy(() -> prompt.mode(absent())).hasMessage("mode");
    assertThatThrownBy(() -> prompt.maxAge(absent())).hasMessage("maxAge");
    assertThatThrownBy(() -> prompt.maxWait(absent())).hasMessage("maxWait");
    assertThatThrownBy(() -> prompt.timeToLive(absent())).hasMessage("timeToLive");
  }

  @Test
  void toStringOfAMessageContainsNoText() {
    assertThat(Prompt.Message.user("a secret")).hasToString("Message[role=user, 8 characters]");
  }

  @Test
  void promptsAreEqualIfTheirComponentsAreEqual() {
    Prompt prompt = Prompt.of("what?").tag("tenant", "acme").maxDistance(0.1);

    assertThat(prompt)
        .isEqualTo(Prompt.of("what?").maxDistance(0.1).tag("tenant", "acme"))
        .hasSameHashCodeAs(Prompt.of("what?").maxDistance(0.1).tag("tenant", "acme"))
        .isNotEqualTo(prompt.refresh())
        .isNotEqualTo(prompt.maxDistance(0.2))
        .isNotEqualTo(prompt.tag("tenant", "other"))
        .isNotEqualTo(prompt.maxAge(Duration.ofHours(1)))
        .isNotEqualTo(Prompt.of("who?").tag("tenant", "acme").maxDistance(0.1));
  }
}
