package io.github.semcache.internal.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.internal.language.Dictionary.WordList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DictionaryTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          UNITS     ; mile = 5\\nfoot = long ; line 2: the value after = must be a number
          NUMBERS   ; cardinal: umpteen     ; line 1: a number word has no value after =
          NEGATIONS ; # fine\\nnope: not     ; line 2: the label "nope" is unknown
          OPPOSITES ; hot |                 ; line 1: a group has no words
          """)
  void malformedListFailsWithFileAndLine(WordList list, String text, String problem) {
    String lines = text.replace("\\n", "\n");

    assertThatThrownBy(() -> Dictionary.english().replacing(list, lines))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("word list " + list + " (" + list.fileName() + "), ")
        .hasMessageContaining(problem);
  }

  @Test
  void moreThan64LanguagesFail() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 65; i++) {
      lines.append("l").append(i).append(": word\n");
    }

    assertThatThrownBy(() -> Dictionary.english().replacing(WordList.LANGUAGES, lines.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("word list LANGUAGES has 65 languages; at most 64 are supported");
  }

  @Test
  void changedListDoesNotAffectTheOriginal() {
    Dictionary changed = Dictionary.english().adding(WordList.OPPOSITES, "sandbox | live");

    assertThat(conflicts(changed)).isTrue();
    assertThat(conflicts(Dictionary.english())).isFalse();
    assertThat(conflicts(changed.replacing(WordList.OPPOSITES, ""))).isFalse();
  }

  private static boolean conflicts(Dictionary dictionary) {
    return TextDiff.of(
            TextAnalysis.of(dictionary, "deploy to the sandbox"),
            TextAnalysis.of(dictionary, "deploy to the live system"))
        .hasConflict(WordList.OPPOSITES);
  }
}
