package io.github.semcache.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the selection of the question in a message. */
class MessageQuestionTest {
  private static final String RETRIEVED = "What is it?\n\nUse this:\nIt is a cat. What is it?";

  private final List<Throwable> failures = new ArrayList<>();

  /** Finds the question of a message. The part "image" is not a text. */
  private Optional<QuestionFinder.Question> in(QuestionFinder finder, String... parts) {
    return QuestionFinder.Question.in(
        Stream.of(parts)
            .map(part -> part.equals("image") ? Optional.<String>empty() : Optional.of(part))
            .toList(),
        finder,
        failures::add);
  }

  private Optional<QuestionFinder.Question> in(String... parts) {
    return in(QuestionFinder.whole(), parts);
  }

  @Test
  void questionIsTheLastGroupOfTextsThatIsNotBlank() {
    assertThat(in("one")).contains(new QuestionFinder.Question(0, 1, "one", List.of()));
    assertThat(in("one", "image", "two", "three"))
        .contains(new QuestionFinder.Question(2, 4, "two\nthree", List.of()));
    assertThat(in("one", "image", " ", "image"))
        .contains(new QuestionFinder.Question(0, 1, "one", List.of()));
    assertThat(in("image", " ")).isEmpty();
    assertThat(in()).isEmpty();
  }

  @Test
  void textAroundTheQuestionIsTheContext() {
    assertThat(in(QuestionFinder.before("\n\nUse this:"), RETRIEVED))
        .contains(
            new QuestionFinder.Question(
                0, 1, "What is it?", List.of("", "\n\nUse this:\nIt is a cat. What is it?")));
    assertThat(in(QuestionFinder.after("\nQuestion: "), "It is a cat.", "Question: And now?"))
        .contains(
            new QuestionFinder.Question(0, 2, "And now?", List.of("It is a cat.\nQuestion: ", "")));
  }

  @Test
  void messageWithoutTheMarkerIsTheQuestion() {
    assertThat(in(QuestionFinder.before("Use:"), "one").orElseThrow().text()).isEqualTo("one");
    assertThat(in(QuestionFinder.after("Use:"), "one").orElseThrow().text()).isEqualTo("one");
  }

  @Test
  void questionIsAbsentIfTheFinderReturnsBlankOrForeignText() {
    assertThat(in(text -> "elsewhere", "one")).isEmpty();
    assertThat(in(text -> " ", "one two")).isEmpty();
    assertThat(failures).isEmpty();
  }

  @Test
  void questionIsAbsentIfTheFinderThrowsAndTheExceptionIsReported() {
    assertThat(in(text -> text.substring(99), "one")).isEmpty();
    assertThat(failures).singleElement().isInstanceOf(StringIndexOutOfBoundsException.class);
  }

  @Test
  void emptyMarkerIsRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuestionFinder.before(""))
        .withMessageContaining("marker");
    assertThatIllegalArgumentException().isThrownBy(() -> QuestionFinder.after(""));
  }
}
