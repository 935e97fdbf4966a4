package io.github.semcache.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** How many wrong hits all guards together stop, and how many right ones. */
class LabeledPairsTest {

  private static List<GuardCase> stopped(List<GuardCase> pairs, Predicate<GuardCase> which) {
    return pairs.stream()
        .filter(which)
        .filter(pair -> pair.reject(Guards.english()).isPresent())
        .toList();
  }

  private static void assertRates(List<GuardCase> pairs, double wrong, double right) {
    long same = pairs.stream().filter(GuardCase::same).count();
    List<GuardCase> stoppedRight = stopped(pairs, GuardCase::same);
    List<GuardCase> stoppedWrong = stopped(pairs, pair -> !pair.same());
    String rates =
        String.format(
            Locale.ROOT,
            "of %d wrong hits %d stopped, of %d right ones %d: %s",
            pairs.size() - same,
            stoppedWrong.size(),
            same,
            stoppedRight.size(),
            stoppedRight);

    assertThat((double) stoppedWrong.size() / (pairs.size() - same))
        .as(rates)
        .isGreaterThanOrEqualTo(wrong);
    assertThat((double) stoppedRight.size() / same).as(rates).isLessThanOrEqualTo(right);
  }

  @Test
  void nearMissesAreStoppedAndParaphrasesAreNot() {
    assertThat(GuardCase.nearMisses()).hasSizeGreaterThan(300);
    assertRates(GuardCase.nearMisses(), 0.9, 0.05);
  }

  /**
   * The bounds are what was measured, not what is wished for. A third of the wrong hits that get
   * through are in other languages, of which guards know no words.
   */
  @Test
  void pairsOfOthersAreToldApartNearlyAsWell() {
    assertThat(GuardCase.unseen(1)).hasSizeGreaterThan(700);
    assertRates(GuardCase.unseen(1), 0.87, 0.05);
    assertThat(GuardCase.unseen(2)).hasSize(700);
    assertRates(GuardCase.unseen(2), 0.87, 0.04);
    assertThat(GuardCase.unseen(3)).hasSize(400);
    assertRates(GuardCase.unseen(3), 0.97, 0.03);
  }

  @Test
  void roadsToTheSameCapitalStillMeet() {
    assertThat(
            Guards.english()
                .rejections(
                    PromptPair.of(
                        "What is the capital of France?",
                        "Which city serves as France's capital?")))
        .isEmpty();
  }
}
