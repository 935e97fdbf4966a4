package io.github.semcache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

  @Property
  void decodedStringEqualsEncodedString(Values values) {
    String text = values.anyString();

    assertThat(Utf8.decode(Utf8.encode(text))).isEqualTo(text);
  }

  @Property
  void wellFormedTextIsEncodedAsStandardUtf8(Values values) {
    String wellFormed = values.wellFormedString();

    assertThat(Utf8.encode(wellFormed)).isEqualTo(wellFormed.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\uD800",
        "\uDC00",
        "\uDC00\uD800",
        "a\uD83Db",
        "\uFFFD\uD83D",
        "\uD83D\uD83D\uDE00",
        "\0\uDFFF"
      })
  void unpairedSurrogateIsPreserved(String text) {
    assertThat(Utf8.decode(Utf8.encode(text))).isEqualTo(text);
  }
}
