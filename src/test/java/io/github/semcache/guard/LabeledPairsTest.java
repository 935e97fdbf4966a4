package io.github.semcache.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.guard.Guard.PromptPair;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Measures how many wrong and how many correct hits all guards together reject. */
class LabeledPairsTest {

  private static List<GuardCase> rejected(List<GuardCase> cases, Predicate<GuardCase> condition) {
    return cases.stream()
        .filter(condition)
        .filter(pair -> pair.reject(Guards.english()).isPresent())
        .toList();
  }

  private static void assertRates(List<GuardCase> cases, double minWrong, double maxCorrect) {
    long same = cases.stream().filter(GuardCase::same).count();
    long different = cases.size() - same;
    List<GuardCase> rejectedCorrect = rejected(cases, GuardCase::same);
    List<GuardCase> rejectedWrong = rejected(cases, pair -> !pair.same());
    String rates =
        String.format(
            Locale.ROOT,
            "rejected %d of %d wrong hits and %d of %d correct hits: %s",
            rejectedWrong.size(),
            different,
            rejectedCorrect.size(),
            same,
            rejectedCorrect);

    assertThat((double) rejectedWrong.size() / different)
        .as(rates)
        .isGreaterThanOrEqualTo(minWrong);
    assertThat((double) rejectedCorrect.size() / same).as(rates).isLessThanOrEqualTo(maxCorrect);
  }

  @Test
  void nearMissesAreRejectedAndParaphrasesAreNot() {
    assertThat(GuardCase.nearMisses()).hasSizeGreaterThan(300);
    assertRates(GuardCase.nearMisses(), 0.9, 0.05);
  }

  /**
   * The bounds are measured values, not goals. A third of the wrong hits that are not rejected are
   * in other languages, for which the guards have no word lists.
   */
  @Test
  void unseenPairsAreDistinguishedAtTheMeasuredRates() {
    assertThat(GuardCase.unseen(1)).hasSizeGreaterThan(700);
    assertRates(GuardCase.unseen(1), 0.87, 0.05);
    assertThat(GuardCase.unseen(2)).hasSize(700);
    assertRates(GuardCase.unseen(2), 0.87, 0.04);
    assertThat(GuardCase.unseen(3)).hasSize(400);
    assertRates(GuardCase.unseen(3), 0.97, 0.03);
  }

  @Test
  void differentWordingsOfAQuestionAreNotRejected() {
    assertThat(
            Guards.english()
                .rejections(
                    PromptPair.of(
                        "What is the capital of France?",
                        "Which city serves as France's capital?")))
        .isEmpty();
  }
}
