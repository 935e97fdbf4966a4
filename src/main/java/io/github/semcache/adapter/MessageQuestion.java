package io.github.semcache.adapter;

import static java.util.Objects.requireNonNull;

import io.github.semcache.prompt.QuestionFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a message asks, found among its parts. Texts that follow one another are joined by line
 * breaks. Of those that images or files stand between, the last that say something ask; the others
 * tell the images apart, and so must be equal.
 *
 * @param from the index of the first part that asks
 * @param to the index after the last
 * @param text the question; not blank
 * @param beside what else these parts say: what stands before the question and what after it; empty
 *     if that is nothing
 */
public record MessageQuestion(int from, int to, String text, List<String> beside) {

  public MessageQuestion {
    requireNonNull(text, "text");
    beside = List.copyOf(beside);
  }

  /**
   * Finds the question.
   *
   * @param parts the texts of a message; empty for what is no text
   * @param finder finds it in the texts that ask
   * @return empty if no text says something, or the finder finds nothing
   */
  public static Optional<MessageQuestion> in(List<Optional<String>> parts, QuestionFinder finder) {
    int to = parts.size();
    while (to > 0) {
      int from = to;
      while (from > 0 && parts.get(from - 1).isPresent()) {
        from--;
      }
      String text = String.join("\n", texts(parts.subList(from, to)));
      if (!text.isBlank()) {
        return found(from, to, text, finder);
      }
      to = from - 1;
    }
    return Optional.empty();
  }

  private static List<String> texts(List<Optional<String>> parts) {
    List<String> texts = new ArrayList<>();
    parts.forEach(part -> part.ifPresent(texts::add));
    return texts;
  }

  private static Optional<MessageQuestion> found(
      int from, int to, String text, QuestionFinder finder) {
    String question;
    try {
      question = finder.find(text);
    } catch (RuntimeException e) {
      return Optional.empty();
    }
    int start = text.indexOf(question);
    if (question.isBlank() || start < 0) {
      return Optional.empty();
    }
    String before = text.substring(0, start);
    String after = text.substring(start + question.length());
    return Optional.of(
        new MessageQuestion(
            from,
            to,
            question,
            before.isEmpty() && after.isEmpty() ? List.of() : List.of(before, after)));
  }
}
