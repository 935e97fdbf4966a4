package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalTextTest {

  @ParameterizedTest
  @ValueSource(
      ints = {
        0x00, 0x07, 0x08, 0x1B, 0x7F, 0x80, 0x90, 0x9B, 0x9D, 0xAD, 0x34F, 0x61C, 0x180E, 0x200B,
        0x200E, 0x200F, 0x202A, 0x202E, 0x2066, 0x2069, 0xD800, 0xE000, 0xFE00, 0xFEFF, 0xFFFE,
        0xE0041, 0xE0100, 0x10FFFF
      })
  void unsafeCharacterIsEscaped(int codePoint) {
    String line = TerminalText.line("a" + Character.toString(codePoint) + "b");

    assertThat(line).matches("a\\\\u(\\{[0-9a-f]+}|[0-9a-f]{4})b");
  }

  @Test
  void lineBreaksAndTabsBecomeASpace() {
    assertThat(TerminalText.line("a\r\n\tb\u2028c\u0085d")).isEqualTo("a b c d");
    assertThat(TerminalText.lines("a\tb\n\tc\u001b"))
        .isEqualTo("a b" + System.lineSeparator() + "\tc\\u001b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Où est ma carte ?",
        "कार्ड",
        "我的卡在哪里",
        "a ❤\uFE0F \uD83D\uDC4D\uD83C\uDFFD",
        "$1 \\ %s"
      })
  void visibleTextIsNotChanged(String text) {
    assertThat(TerminalText.line(text)).isEqualTo(text);
  }
}
