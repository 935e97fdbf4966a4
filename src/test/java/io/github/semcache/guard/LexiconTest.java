package io.github.semcache.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.guard.Guards.Lexicon;
import io.github.semcache.guard.Guards.Lexicon.WordList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LexiconTest {
  private static final Lexicon ENGLISH = Lexicon.english();

  @Test
  void everyListOfTheDictionaryCanBeChanged() {
    assertThat(Stream.of(WordList.values()).map(Enum::name))
        .containsExactlyElementsOf(
            Stream.of(io.github.semcache.internal.language.Dictionary.WordList.values())
                .map(Enum::name)
                .toList());
  }

  @ParameterizedTest
  @EnumSource
  void everyListCanBeEmpty(WordList list) {
    assertThat(ENGLISH.replacing(list, "")).isNotSameAs(ENGLISH);
  }

  @ParameterizedTest
  @EnumSource
  void malformedLineFailsWithTheNameOfTheList(WordList list) {
    assertThatThrownBy(() -> ENGLISH.adding(list, "hot |"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("word list " + list + " (")
        .hasMessageEndingWith(": a group has no words");
  }

  @Test
  @SuppressWarnings("NullAway")
  void nullsAreRejected() {
    assertThatNullPointerException().isThrownBy(() -> ENGLISH.adding(null, "")).withMessage("list");
    assertThatNullPointerException()
        .isThrownBy(() -> ENGLISH.replacing(WordList.DATES, null))
        .withMessage("text");
  }
}
