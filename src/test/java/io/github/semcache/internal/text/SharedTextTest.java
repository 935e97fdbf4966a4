package io.github.semcache.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import org.junit.jupiter.api.Test;

class SharedTextTest {
  @Test
  void partsAreSentencesOrWords() {
    String common = "one two three four five six seven eight nine ten eleven twelve thirteen";

    assertThat(SharedText.of(common + ". Is it red?", common + ". Is it blue?"))
        .contains(new SharedText("Is it red?", "Is it blue?"));
    assertThat(SharedText.of(common + " red", common + " blue"))
        .contains(new SharedText("red", "blue"));
    assertThat(SharedText.of("red " + common, "blue " + common))
        .contains(new SharedText("red", "blue"));
    assertThat(SharedText.of("What is red?\n" + common, "What is blue?\n" + common))
        .contains(new SharedText("What is red?", "What is blue?"));
    assertThat(SharedText.of(common + ".", common + ". And more.")).isEmpty();
    assertThat(SharedText.of("one two red", "one two blue")).isEmpty();
    assertThat(SharedText.of("", "a")).isEmpty();
    assertThat(SharedText.of(common + ", 😀a", common + ", 😁a"))
        .contains(new SharedText("😀a", "😁a"));
    assertThat(SharedText.of(common + " a1", common + " a2")).contains(new SharedText("a1", "a2"));
  }

  @Property
  @SuppressWarnings("ArgumentSelectionDefectChecker") // exchanged on purpose
  void partsBelongToTheTexts(Values values) {
    String common = "a b c d e f g h i j k l m ";
    String first = common + values.wellFormedString() + common;
    String second = common + values.wellFormedString() + common;

    SharedText.of(first, second)
        .ifPresent(
            parts -> {
              assertThat(first).contains(parts.first());
              assertThat(second).contains(parts.second());
              assertThat(io.github.semcache.prompt.Normalizer.wellFormed().normalize(parts.first()))
                  .isEqualTo(parts.first());
            });
    assertThat(SharedText.of(second, first))
        .isEqualTo(
            SharedText.of(first, second)
                .map(parts -> new SharedText(parts.second(), parts.first())));
  }
}
