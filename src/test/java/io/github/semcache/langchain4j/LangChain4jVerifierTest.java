package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import io.github.semcache.verify.PairVerifier.Pair;
import io.github.semcache.verify.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LangChain4jVerifierTest {
  private static final Pair PAIR = new Pair("the query", "the cached prompt", "the answer", 0.1);

  private final List<String> scored = new ArrayList<>();

  private ScoringModel model(double score) {
    return (segments, query) -> {
      segments.forEach(segment -> scored.add(segment.text() + " | " + query));
      return Response.from(segments.stream().map(segment -> score).toList());
    };
  }

  @ParameterizedTest
  @CsvSource({
    "0.9, ACCEPT, accepted, 0.9",
    "0.8999, UNSURE, low-score, 0.8999",
    "0.5, UNSURE, low-score, 0.5",
    "0.4999, REJECT, low-score, 0.4999",
    "-3.1, REJECT, low-score, ",
    "7.5, ACCEPT, accepted, "
  })
  void scoreIsComparedWithBothThresholds(
      double score, Verification.Outcome outcome, String reason, Double expected) {
    assertThat(LangChain4jVerifier.of(model(score), 0.9, 0.5).verify(PAIR))
        .isEqualTo(
            new Verification(
                outcome,
                reason,
                expected == null ? OptionalDouble.empty() : OptionalDouble.of(expected)));
    assertThat(scored).containsExactly("the cached prompt | the query");
  }

  @Test
  void verifierWithOneThresholdIsNeverUnsure() {
    assertThat(LangChain4jVerifier.of(model(-0.1), 0).verify(PAIR).outcome())
        .isEqualTo(Verification.Outcome.REJECT);
    assertThat(LangChain4jVerifier.of(model(0), 0).verify(PAIR).outcome())
        .isEqualTo(Verification.Outcome.ACCEPT);
  }

  @Test
  void longPairIsUnsureAndNotScored() {
    Pair longPair = new Pair("a".repeat(500), "b".repeat(501), "c", 0.1);

    assertThat(LangChain4jVerifier.of(model(1), 0.9).verify(longPair))
        .isEqualTo(Verification.unsure("score-too-long"));
    assertThat(scored).isEmpty();
  }

  @Test
  void scoreThatIsNotANumberIsAFailure() {
    assertThatThrownBy(() -> LangChain4jVerifier.of(model(Double.NaN), 0.9).verify(PAIR))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the scoring model returned NaN as the score");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 0.1})
  void thresholdsAreChecked(double acceptFrom) {
    assertThatThrownBy(() -> LangChain4jVerifier.of(model(1), acceptFrom, 0.2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("acceptFrom is " + acceptFrom);
  }
}
