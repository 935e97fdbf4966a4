package io.github.semcache.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GuardPropertiesTest {
  private static final Guards GUARDS = Guards.english();

  private static final List<String> LABELED_PROMPTS =
      Stream.concat(GuardCase.nearMisses().stream(), GuardCase.allUnseen())
          .flatMap(pair -> Stream.of(pair.a(), pair.b()))
          .toList();

  /** Returns a prompt of the labeled pairs, or a random text. */
  private static String prompt(Values values) {
    return values.intBetween(1, 3) == 1 ? values.anyString(60) : values.oneOf(LABELED_PROMPTS);
  }

  @Property(tries = 500)
  void rejectionDoesNotDependOnTheOrderOfThePrompts(Values values) {
    String one = prompt(values);
    String other = prompt(values);

    assertThat(GUARDS.reject(PromptPair.of(one, other)))
        .isEqualTo(GUARDS.reject(PromptPair.of(other, one)));
  }

  /** Each text contains the initials of two words of the other one. */
  @Test
  void rejectionOfCrossedAcronymsDoesNotDependOnTheOrderOfThePrompts() {
    String one = "from now on, i want you to answer me using japanese";
    String other = "from onw no, i want you to answer me uing japanese";

    assertThat(GUARDS.rejections(PromptPair.of(one, other)))
        .isEqualTo(GUARDS.rejections(PromptPair.of(other, one)));
  }

  @Property(tries = 500)
  void rejectionOfAChangedPromptDoesNotDependOnTheOrderOfThePrompts(Values values) {
    String prompt = values.oneOf(LABELED_PROMPTS);
    String changed = prompt;
    for (int i = values.intBetween(1, 4); i > 0; i--) {
      changed = withChange(changed, values);
    }

    assertThat(GUARDS.rejections(PromptPair.of(prompt, changed)))
        .isEqualTo(GUARDS.rejections(PromptPair.of(changed, prompt)));
  }

  /** Removes, moves, replaces, or joins words, or exchanges two letters. */
  private static String withChange(String text, Values values) {
    List<String> words = new ArrayList<>(List.of(text.split(" ")));
    int index = values.intBetween(0, words.size() - 1);
    String word = words.remove(index);
    int place = values.intBetween(0, words.size());
    switch (values.intBetween(1, 5)) {
      case 1 -> {}
      case 2 -> words.add(place, word);
      case 3 -> words.add(index, values.oneOf(List.of(values.oneOf(LABELED_PROMPTS).split(" "))));
      case 4 -> words.add(index, word + (index < words.size() ? words.remove(index) : ""));
      default -> words.add(index, withExchangedLetters(word, values));
    }
    return String.join(" ", words);
  }

  private static String withExchangedLetters(String word, Values values) {
    if (word.length() < 2) {
      return word;
    }
    int i = values.intBetween(0, word.length() - 2);
    return word.substring(0, i) + word.charAt(i + 1) + word.charAt(i) + word.substring(i + 2);
  }

  @Test
  void rejectionsOfLabeledPairsDoNotDependOnTheOrderOfThePrompts() {
    for (GuardCase pair : GuardCase.allUnseen().toList()) {
      assertThat(GUARDS.rejections(PromptPair.of(pair.a(), pair.b())))
          .as(pair.toString())
          .isEqualTo(GUARDS.rejections(PromptPair.of(pair.b(), pair.a())));
    }
  }

  @Property(tries = 500)
  void equalPromptsAreNeverRejected(Values values) {
    String prompt = prompt(values);

    assertThat(GUARDS.rejections(PromptPair.of(prompt, prompt))).isEmpty();
  }

  @Test
  void caseWhiteSpaceAndFinalPunctuationAreIgnored() {
    for (GuardCase pair : GuardCase.nearMisses()) {
      String prompt = pair.a();
      for (String same :
          List.of(
              prompt.replace(" ", "  \n"),
              " " + prompt + "\t",
              prompt + "?",
              prompt + "!!",
              prompt + " .")) {
        assertThat(GUARDS.rejections(PromptPair.of(prompt, same))).as(same).isEmpty();
      }
    }
  }

  @Test
  void lowerCasePromptIsNotRejected() {
    for (GuardCase pair : GuardCase.nearMisses()) {
      String lower = pair.a().toLowerCase(Locale.ROOT);
      assertThat(GUARDS.rejections(PromptPair.of(pair.a(), lower))).as(lower).isEmpty();
    }
  }

  /** A text that is ten times as long takes about ten times as long, not a hundred times. */
  @Test
  void costIsLinearInTheLengthOfThePrompts() {
    String sentence = "Book 3 seats from Boston to Denver on Monday, not on Tuesday; cost: $45. ";
    String longer = sentence.repeat(1_000_000 / sentence.length());
    String shorter = sentence.repeat(100_000 / sentence.length());
    for (String suffix : List.of("", "((((", "a".repeat(999), "'\"".repeat(500))) {
      long small = nanos(shorter + suffix.repeat(25), shorter + suffix.repeat(25) + " end");
      long large = nanos(longer + suffix.repeat(250), longer + suffix.repeat(250) + " end");

      assertThat(large).isLessThan(40 * small + 20_000_000);
    }
  }

  private static long nanos(String one, String other) {
    long[] times = new long[5];
    for (int i = 0; i < times.length; i++) {
      long start = System.nanoTime();
      assertThat(GUARDS.reject(PromptPair.of(one, other))).isPresent();
      times[i] = System.nanoTime() - start;
    }
    return Arrays.stream(times).min().orElseThrow();
  }
}
