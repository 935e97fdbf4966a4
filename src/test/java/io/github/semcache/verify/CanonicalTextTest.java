package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Good evening, where is the pool? | where is the pool?",
        "good morning show me the lakes | show me the lakes",
        "hey siri dim the hall | dim the hall",
        "OK Google, news about bees | news about bees",
        "Alexa, jazz radio please | jazz radio please",
        "alexa play jazz | play jazz",
        "alright turn the fan on | turn on the fan",
        "yes hello i need a towel | i need a towel",
        "umm, what is a fjord | what is a fjord",
        "uh can you dim the hall | can you dim the hall",
        "hello, is the pool open | is the pool open",
        "hi my towel is missing | my towel is missing",
        "alexa is it windy | is it windy",
        "hey google does the pool open today | does the pool open today"
      })
  void greetingsAreRemoved(String text, String expected) {
    assertThat(CanonicalText.of(text)).isEqualToIgnoringCase(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "good morning",
        "good evening in Welsh",
        "good morning texts for a friend",
        "siri app does not open",
        "alexa or google",
        "google play does not open",
        "hey google play does not open",
        "hello world in rust",
        "yes",
        "well",
        "hey jude lyrics",
        "alexa is not working",
        "how do I type ² on a keyboard",
        "what does 5² mean in python",
        "the unicode code of ≤",
        "alexa, google home or siri",
        "alexa, maria and john are siblings",
        "alexa is the best assistant",
        "siri does not respond",
        "alexa can not hear me",
        "alexa search history",
        "siri text messages are late",
        "alexa how to reset",
        "siri how does it work",
        "hey siri who created you",
        "hey google maps is slow",
        "hey google drive is full",
        "good morning how are you in french",
        "good morning my love in spanish",
        "good morning text for a friend",
        "good morning show on channel five",
        "good morning call at the hotel",
        "hello i love you lyrics",
        "hello is a song by whom",
        "good day can be used when",
        "well is dry what now",
        "yes we can who said that",
        "hello, how do you say thanks",
        "ER wait times near me",
        "er diagram for a library",
        "UM basketball schedule",
        "hm store near me"
      })
  void otherTextsThatBeginLikeAGreetingAreNotChanged(String text) {
    assertThat(CanonicalText.of(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "turn the barn lights off | turn off the barn lights",
        "Switch my fan on, please | Switch on my fan, please",
        "turn the heating down at 9 pm | turn down the heating at 9 pm",
        "turn my report in tomorrow | turn in my report tomorrow"
      })
  void particlesFollowTheirVerbs(String text, String expected) {
    assertThat(CanonicalText.of(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "turn off the barn lights",
        "turn the tv on channel five",
        "turn the page and go on",
        "switch between on and off",
        "which way do I turn",
        "turn it up now",
        "is it right to say switch on them"
      })
  void otherVerbsAreNotChanged(String text) {
    assertThat(CanonicalText.of(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "salads with no egg | salads without egg",
        "solve x² ≥ 3 × y | solve x^2 >= 3 * y",
        "f: A → B | f: A -> B",
        "5 − 3 | 5 - 3"
      })
  void otherSpellingsAreUnified(String text, String expected) {
    assertThat(CanonicalText.of(text)).isEqualTo(expected);
  }

  @Test
  void longTextIsNotChanged() {
    String text = "Good morning, what is " + "very ".repeat(500) + "long";

    assertThat(CanonicalText.of(text)).isEqualTo(text);
  }
}
