package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.verify.Verification.Outcome;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairVerifierTest {
  private static final PairVerifier.Pair PAIR =
      new PairVerifier.Pair("Which city is it?", "What city is it?", "Paris", 0.05);

  @Test
  void noneAcceptsEveryPair() {
    assertThat(PairVerifier.none().verify(PAIR).outcome()).isEqualTo(Outcome.ACCEPT);
  }

  @Test
  void theNextVerifierDecidesOnlyIfTheFirstIsUnsure() {
    PairVerifier rejects = pair -> Verification.reject("rejected");
    PairVerifier unsure = pair -> Verification.unsure("unsure");
    PairVerifier fails =
        pair -> {
          throw new AssertionError("not consulted");
        };

    assertThat(unsure.orElse(rejects).verify(PAIR).reason()).isEqualTo("rejected");
    assertThat(rejects.orElse(fails).verify(PAIR).reason()).isEqualTo("rejected");
    assertThat(PairVerifier.none().orElse(fails).verify(PAIR).reason()).isEqualTo("accepted");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
  void scoresOutsideTheUnitIntervalAreRejected(double score) {
    assertThatThrownBy(() -> Verification.accept().withScore(score))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("score is " + score);
  }

  @Test
  void scoreIsAdded() {
    assertThat(Verification.unsure("unsure").withScore(0.5).score())
        .isEqualTo(OptionalDouble.of(0.5));
  }

  @Test
  void blankReasonsAreRejected() {
    assertThatThrownBy(() -> Verification.reject(" ")).hasMessageContaining("reason is blank");
  }
}
