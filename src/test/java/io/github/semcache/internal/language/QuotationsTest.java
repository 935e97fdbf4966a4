package io.github.semcache.internal.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuotationsTest {

  @Test
  void quotationReachesFromItsOpeningToItsClosingMark() {
    Quotations quotations = new Quotations("say 'good night' now");
    quotations.open(4, false);

    assertThat(quotations.contains(5)).isTrue();
    assertThat(quotations.contains(14)).isTrue();
    assertThat(quotations.contains(15)).isFalse();
  }

  @Test
  void textThatIsQuotedAsAWholeHasNoQuotation() {
    Quotations whole = new Quotations("\"good night\" .");
    whole.open(0, true);
    Quotations part = new Quotations("\"good night\" now");
    part.open(0, true);

    assertThat(whole.contains(1)).isFalse();
    assertThat(part.contains(1)).isTrue();
  }

  @Test
  void apostropheInsideAWordClosesNoQuotation() {
    Quotations quotations = new Quotations("'it isn't late' now");
    quotations.open(0, false);

    assertThat(quotations.contains(13)).isTrue();
  }

  /** Doubling the text must double the number of characters read, not quadruple it. */
  @Test
  void costIsLinearInTheNumberOfQuotationMarks() {
    for (String marks : List.of("'\"", "\"", "' ", "«»", "'                 ")) {
      long shorter = charactersRead(marks.repeat(2_000));
      long longer = charactersRead(marks.repeat(4_000));

      assertThat((double) longer / shorter).as(marks).isLessThan(2.1);
    }
  }

  private static long charactersRead(String text) {
    CountedText counted = new CountedText(text);
    Quotations quotations = new Quotations(counted);
    for (int i = 0; i < text.length(); i++) {
      if (CharacterClasses.isPunctuation(text.charAt(i))) {
        quotations.open(i, true);
      }
    }
    return counted.reads;
  }

  /** Counts the characters that are read. */
  private static final class CountedText implements CharSequence {
    private final String text;
    private long reads;

    CountedText(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      reads++;
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
