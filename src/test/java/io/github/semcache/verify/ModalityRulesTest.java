package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModalityRulesTest {
  private static boolean areDifferent(String first, String second) {
    return ModalityRules.areDifferent(new SurfaceTokens(first), new SurfaceTokens(second));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "can my sister ride in the front | does my sister have to ride in the front",
        "may a tenant repaint the hall | must a tenant repaint the hall",
        "could i pay the deposit in cash | do i need to pay the deposit in cash",
        "is it possible to register by post | is it mandatory to register by post",
        "are dogs allowed to wear a muzzle | are dogs required to wear a muzzle",
        "can i water the cactus in winter | should i water the cactus in winter",
        "do trainees work on sundays | do trainees have to work on sundays",
        "what can i bring to the exam | what must i bring to the exam",
        "when can i move in | when do i have to move in"
      })
  void otherModalitiesDiffer(String first, String second) {
    assertThat(areDifferent(first, second)).isTrue();
    assertThat(areDifferent(second, first)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "did the plumber come on monday | will the plumber come on monday",
        "does the ferry stop in oban | did the ferry stop in oban",
        "was lunch part of the tour | is lunch part of the tour",
        "when did the sale start | when will the sale start",
        "did it snow in oban | will it snow in oban",
        "which band did they hire | which band will they hire",
        "how much did the roof cost | how much will the roof cost"
      })
  void thePastDiffersFromTheFuture(String first, String second) {
    assertThat(areDifferent(first, second)).isTrue();
    assertThat(areDifferent(second, first)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "can i bring a tripod | am i allowed to bring a tripod",
        "do i have to book ahead | is it necessary to book ahead",
        "do i need a permit for a drone | is a permit required for a drone",
        "can you tell me whether i have to book ahead | do i have to book ahead",
        "do you know if i must book ahead | must i book ahead",
        "how can i book a tour | how do i book a tour",
        "what can i cook tonight | what should i cook tonight",
        "where can i find the form that i need | where do i find the form",
        "is it possible that the tour was cancelled | was the tour cancelled",
        "has the train left | did the train leave",
        "the train | a train"
      })
  void otherWordingsDoNotDiffer(String first, String second) {
    assertThat(areDifferent(first, second)).isFalse();
    assertThat(areDifferent(second, first)).isFalse();
  }
}
