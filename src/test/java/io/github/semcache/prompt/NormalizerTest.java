package io.github.semcache.prompt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormalizerTest {
  private final Normalizer nfc = Normalizer.nfc();
  private final Normalizer collapsing = Normalizer.collapseWhitespace();

  @Test
  void nfcRemovesWhiteSpaceAtBothEnds() {
    assertThat(nfc.normalize("\u00a0 a \t b\u3000\u0085 \n")).isEqualTo("a \t b");
    assertThat(nfc.normalize("\n\n a\n b \n")).isEqualTo(" a\n b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "if x:\n  y()\nz()",
        "if x:\n  y()\n  z()",
        "if x:\n\ty()\n\tz()",
        "  a: 1\n  b: 2",
        "  a: 1\nb: 2",
        "a: 1\nb: 2",
        "a: 1\n  b: 2",
        "a\tb",
        "a b",
        "a  b"
      })
  void nfcPreservesWhiteSpaceWithinTheText(String text) {
    assertThat(nfc.normalize(text + "\n")).isEqualTo(text);
  }

  @Test
  void nfcComposesLetters() {
    assertThat(nfc.normalize("e\u0301")).isEqualTo("\u00e9");
  }

  @Test
  void nfcPreservesCaseAndPunctuation() {
    assertThat(nfc.normalize("US, us?")).isEqualTo("US, us?");
  }

  @Property
  void nfcIsIdempotent(Values values) {
    String once = nfc.normalize(values.anyString());

    assertThat(nfc.normalize(once)).isEqualTo(once);
  }

  @Test
  void collapseWhitespaceReplacesEachRunOfWhiteSpaceWithOneSpace() {
    assertThat(collapsing.normalize("\u00a0 a \t\r\n\u2003b\u3000 ")).isEqualTo("a b");
  }

  @Test
  void collapseWhitespaceComposesLetters() {
    assertThat(collapsing.normalize("e\u0301")).isEqualTo("\u00e9");
  }

  @Property
  void collapseWhitespaceIsIdempotent(Values values) {
    String once = collapsing.normalize(values.anyString());

    assertThat(collapsing.normalize(once)).isEqualTo(once);
  }

  @ParameterizedTest
  @CsvSource({
    "'\ud83d', '\ufffd'",
    "'a\ud83d', 'a\ufffd'",
    "'\ude00\ud83d', '\ufffd\ufffd'",
    "'\ud83d\ud83d\ude00', '\ufffd\ud83d\ude00'",
    "'\ud83d\ude00\ude00', '\ud83d\ude00\ufffd'"
  })
  void wellFormedReplacesUnpairedSurrogates(String text, String expected) {
    assertThat(Normalizer.wellFormed().normalize(text)).isEqualTo(expected);
  }

  @Property
  void wellFormedReturnsTheSameTextIfUtf8CanRepresentIt(Values values) {
    String text = values.anyString();
    String wellFormed = Normalizer.wellFormed().normalize(text);

    assertThat(new String(wellFormed.getBytes(UTF_8), UTF_8)).isEqualTo(wellFormed);
    assertThat(wellFormed.equals(text)).isEqualTo(UTF_8.newEncoder().canEncode(text));
  }

  @Test
  void noneDoesNotChangeTheText() {
    assertThat(Normalizer.none().normalize(" e\u0301 ")).isEqualTo(" e\u0301 ");
  }

  @Test
  void normalizerWithBlankResultIsRejectedWithoutTheText() {
    assertThatThrownBy(() -> Query.of(Prompt.of("secret"), text -> " ", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("normalizer")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }
}
