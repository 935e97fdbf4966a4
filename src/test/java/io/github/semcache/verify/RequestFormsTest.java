package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.verify.PairVerifier.Pair;
import io.github.semcache.verify.Verification.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** Pairs of prompts in languages other than English, decided in both directions. */
class RequestFormsTest {
  private static Outcome outcome(String query, String cached) {
    return PairVerifier.local().verify(new Pair(query, cached, "answer", 0.02)).outcome();
  }

  @ParameterizedTest
  @CsvFileSource(resources = "same-requests.csv", delimiter = '|', quoteCharacter = '\0')
  void otherFormsOfTheSameRequestAreAccepted(String first, String second) {
    assertThat(outcome(first, second)).isEqualTo(Outcome.ACCEPT);
    assertThat(outcome(second, first)).isEqualTo(Outcome.ACCEPT);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "different-requests.csv", delimiter = '|', quoteCharacter = '\0')
  void otherRequestsAreNotAccepted(String first, String second) {
    assertThat(outcome(first, second)).isNotEqualTo(Outcome.ACCEPT);
    assertThat(outcome(second, first)).isNotEqualTo(Outcome.ACCEPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "Wie kann ich?                         | Wie ich?",
        "Bitte                                 | Danke",
        "?                                     | ¿?",
        "请                                    | 请问",
        "Wie kann ich das Licht: einschalten?  | Wie schalte ich das Licht: ein?",
        "Quando?                               | Dove?"
      })
  void fragmentsAreNotAccepted(String first, String second) {
    assertThat(outcome(first, second)).isNotEqualTo(Outcome.ACCEPT);
  }

  @Test
  void englishTextWithAFirstWordOfAPhraseIsReadAsEnglish() {
    Pair pair = new Pair("was la rochelle big", "was la rochelle large", "answer", 0.02);

    assertThat(PairVerifier.local().verify(pair).reason()).isNotEqualTo("language");
  }

  @Test
  void longTextsAreOnlyAcceptedWithTheSameWords() {
    String end = " und das Licht im Flur".repeat(10) + " löschen?";

    assertThat(outcome("Wie kann ich mein Konto" + end, "Wie kann ich das Konto" + end))
        .isNotEqualTo(Outcome.ACCEPT);
    assertThat(outcome("Wie kann ich mein Konto" + end, "wie kann ich mein Konto" + end))
        .isEqualTo(Outcome.ACCEPT);
  }
}
