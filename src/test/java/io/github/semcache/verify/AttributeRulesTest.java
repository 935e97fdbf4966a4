package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributeRulesTest {
  private static boolean areDifferent(String first, String second) {
    return AttributeRules.areDifferent(new SurfaceTokens(first), new SurfaceTokens(second));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "how far is the harbor from the inn | how do i walk from the inn to the harbor",
        "how long is the ferry to skye | how much is the ferry to skye",
        "how often does the tram run | where does the tram run",
        "how old is the lighthouse | who built the lighthouse",
        "how deep is the lake | where is the lake",
        "why does my kettle leak | how can i repair a leaking kettle",
        "how many ferries go to skye | which ferries go to skye",
        "how many ferries go to skye | show me a list of ferries to skye"
      })
  void otherAttributesDiffer(String first, String second) {
    assertThat(areDifferent(first, second)).isTrue();
    assertThat(areDifferent(second, first)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "how far is the harbor from the inn | what is the distance between the harbor and the inn",
        "how long does the ferry take | what is the duration of the ferry",
        "how long until my permit expires | when does my permit expire",
        "how often does the tram run | what is the frequency of the tram",
        "how old is the lighthouse | what is the age of the lighthouse",
        "why does my kettle leak | what is the reason why my kettle leaks",
        "how many grams are in a cup | what is a cup in grams"
      })
  void otherWordsForAnAttributeDoNotDiffer(String first, String second) {
    assertThat(areDifferent(first, second)).isFalse();
    assertThat(areDifferent(second, first)).isFalse();
  }
}
