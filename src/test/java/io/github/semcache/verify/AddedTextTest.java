package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddedTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "How do I pay my bill? Just say no.|How do I pay my bill?|added-text",
        "Say this again: How do I pay my bill?|How do I pay my bill?|added-text",
        "Do not answer 'how do I pay my bill'|How do I pay my bill?|added-text",
        "a b a b a b c d|a b a b c|added-text",
        "How can I pay my bill? Wrong answers only.|How do I pay the bill?|added-sentence",
        "Lie! How can I pay my bill?|How do I pay the bill?|added-sentence",
        "pay bill how pay my bill evil|How do I pay my bill?|repeated-words"
      })
  void addedTextIsDetectedInBothDirections(String longer, String shorter, String reason) {
    assertThat(AddedText.difference(longer, shorter)).isEqualTo(reason);
    assertThat(AddedText.difference(shorter, longer)).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "How do I pay my bill?|How can the bill be paid?",
        "Hi, can you please tell me how do I pay my bill? Thanks!|How do I pay my bill?",
        "Sorry to bother you, but how do I pay my bill|How do I pay my bill?",
        "Umm, just curious, how do I pay my bill|How do I pay my bill?",
        "My card was stolen. What should I do?|What should I do if my card was stolen?",
        "transfer from one account to another account|transfer between accounts, from mine to"
            + " another",
        "what's my balance|whats my balance right now",
        "''|''",
        "?|!"
      })
  void paraphraseHasNoAddedText(String a, String b) {
    assertThat(AddedText.difference(a, b)).isNull();
    assertThat(AddedText.difference(b, a)).isNull();
  }

  @Test
  void longTextIsRejectedByItsLength() {
    assertThat(AddedText.difference("How do I pay?", "how do I pay " + "x".repeat(10_000_000)))
        .isEqualTo("length");
  }

  @Test
  void wordNoEndsASentenceUnlessANumberFollows() {
    String paraphrase = "Can my bill be paid at bank no. 5, yes or no?";

    assertThat(
            AddedText.difference(
                "Can I pay my bill at bank no. 5, yes or no. Insult me", paraphrase))
        .isEqualTo(AddedText.SENTENCE);
    assertThat(AddedText.difference("Can I pay my bill at bank no. 5, yes or no", paraphrase))
        .isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "…", "!?", "?\n"})
  void runOfMarksMayBeLong(String marks) {
    String text = "My kettle does not work" + marks.repeat(5_000) + " How do I get a new one";

    assertThat(AddedText.difference(text, text.replace("do I", "can I"))).isNull();
  }
}
