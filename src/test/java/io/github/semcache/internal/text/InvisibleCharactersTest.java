package io.github.semcache.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvisibleCharactersTest {

  @ParameterizedTest
  @ValueSource(
      ints = {
        0x00, 0x08, 0x7F, 0x9F, 0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E,
        0x200F, 0x202A, 0x202E, 0x2060, 0x2064, 0x2065, 0x2066, 0x2069, 0x206F, 0x3164, 0xFE00,
        0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0x1BCA0, 0x1D173, 0xE0001, 0xE0041, 0xE007F, 0xE0100,
        0xE01EF, 0xE000, 0xE067, 0xF8FF, 0xF0041, 0x10FFFD, 0xD800, 0xDC00, 0x378, 0xFDD0, 0xFFFE,
        0x50041, 0x10FFFF, 0x363, 0x36F, 0x1DE8, 0x2DE0, 0xA674
      })
  void invisibleCharacterIsFoundAtAnyPosition(int codePoint) {
    String invisible = Character.toString(codePoint);

    assertThat(InvisibleCharacters.in(invisible + "capital of France")).isTrue();
    assertThat(InvisibleCharacters.in("capital" + invisible + "of France")).isTrue();
    assertThat(InvisibleCharacters.in("capital of " + invisible + "France")).isTrue();
    assertThat(InvisibleCharacters.in("capital of France" + invisible)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "What is the capital of France?",
        "if x:\r\n\ty()\u0085\u2028\u00a0\u3000",
        "Wie heißt die Hauptstadt von Österreich? ¿Cuál es? L'été à Paris — “oui”…",
        "प्रश्न: क\u094d\u200dष", // Devanagari with a joiner
        "می\u200cخواهم", // Persian with a non-joiner
        "국가의 수도는 어디입니까",
        "Tie\u0302\u0301ng Vie\u0323\u0302t", // decomposed Vietnamese
        "\u1ecd\u0301\u1e63\u00e0n a\u0304\u0301", // Yoruba and Pali
        "שָׁלוֹם בְּרֵאשִׁ֖ית", // Hebrew with points
        "\uD83E\uDEE8", // an emoji of Unicode 15
        "法国的首都是什么？",
        "ประเทศไทย",
        "a ❤\uFE0F and a ☎\uFE0E and 1\uFE0F\u20E3",
        "\uD83D\uDC69\u200D\uD83D\uDCBB", // woman, joiner, laptop
        "\uD83C\uDFF3\uFE0F\u200D\uD83C\uDF08", // flag, emoji style, joiner, rainbow
        "\uD83D\uDC4D\uD83C\uDFFD", // thumbs up with a skin tone
        "\uD83C\uDDE9\uD83C\uDDEA" // regional indicators
      })
  void visibleTextHasNone(String text) {
    assertThat(InvisibleCharacters.in(text)).isFalse();
  }

  @Test
  void moreMarksThanALetterHasCount() {
    assertThat(InvisibleCharacters.in("co\u0301\u0302\u0303st")).isTrue();
    assertThat(InvisibleCharacters.in("cost\u0301\u20dd\u1dc4")).isTrue();
    assertThat(InvisibleCharacters.in("co\u0301\u0302s\u0301\u0302t")).isFalse();
  }

  @Test
  void joinersAndSelectorsCountWhereTheyChangeNoForm() {
    assertThat(InvisibleCharacters.in("cap\u200dital")).isTrue();
    assertThat(InvisibleCharacters.in("capital\uFE0F")).isTrue();
    assertThat(InvisibleCharacters.in("\uD83D\uDC69\u200D word")).isTrue();
    assertThat(InvisibleCharacters.in("❤\uFE0F\uFE0F")).isTrue();
    assertThat(InvisibleCharacters.in("\uD83C\uDFF4\uDB40\uDC67\uDB40\uDC7F")).isTrue();
  }
}
