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

class NormalizerTest {
  private final Normalizer whitespace = Normalizer.whitespace();

  @Test
  void whitespaceReplacesEachRunOfWhiteSpaceWithOneSpace() {
    assertThat(whitespace.normalize("\u00a0 a \t\r\n\u2003b\u3000 ")).isEqualTo("a b");
  }

  @Test
  void whitespaceComposesLetters() {
    assertThat(whitespace.normalize("e\u0301")).isEqualTo("\u00e9");
  }

  @Test
  void whitespacePreservesCaseAndPunctuation() {
    assertThat(whitespace.normalize("US, us?")).isEqualTo("US, us?");
  }

  @Property
  void whitespaceIsIdempotent(Values values) {
    String once = whitespace.normalize(values.anyString());

    assertThat(whitespace.normalize(once)).isEqualTo(once);
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
