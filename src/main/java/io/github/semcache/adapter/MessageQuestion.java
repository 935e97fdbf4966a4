package io.github.semcache.adapter;

import static java.util.Objects.requireNonNull;

import io.github.semcache.prompt.QuestionFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The question in a user message that consists of several parts. Adjacent text parts are joined
 * with line breaks. If other parts, such as images or files, separate the texts, the question is in
 * the last group of adjacent texts that is not blank. All other texts must be equal for a hit,
 * because they distinguish the images.
 *
 * @param from the index of the first part of the group with the question, inclusive
 * @param to the index of the last part of that group, exclusive
 * @param text the question; not blank
 * @param context the text of the group before and after the question, in this order; empty if the
 *     question is the whole text of the group
 */
public record MessageQuestion(int from, int to, String text, List<String> context) {

  public MessageQuestion {
    requireNonNull(text, "text");
    context = List.copyOf(context);
  }

  /**
   * Finds the question of a message.
   *
   * @param parts the texts of the parts of a message; empty for parts that are not text
   * @param finder finds the question in the text of the group
   * @param onFailure notified of an exception of the finder
   * @return the question; empty if all texts are blank, or if the finder throws or returns a blank
   *     text or one that is not part of the message
   */
  public static Optional<MessageQuestion> in(
      List<Optional<String>> parts,
      QuestionFinder finder,
      Consumer<? super RuntimeException> onFailure) {
    int to = parts.size();
    while (to > 0) {
      int from = to;
      while (from > 0 && parts.get(from - 1).isPresent()) {
        from--;
      }
      String text = String.join("\n", texts(parts.subList(from, to)));
      if (!text.isBlank()) {
        int first = from;
        int last = to;
        return find(text, finder, onFailure).flatMap(found -> split(first, last, text, found));
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

  /** A question and the index of its first character in the text of the group. */
  private record Located(String question, int start) {}

  private static Optional<Located> find(
      String text, QuestionFinder finder, Consumer<? super RuntimeException> onFailure) {
    try {
      String question = finder.find(text);
      return Optional.of(new Located(question, finder.position(text, question)));
    } catch (RuntimeException e) {
      onFailure.accept(e);
      return Optional.empty();
    }
  }

  private static Optional<MessageQuestion> split(int from, int to, String text, Located located) {
    String question = located.question();
    int start = located.start();
    if (question.isBlank() || start < 0 || !text.startsWith(question, start)) {
      return Optional.empty();
    }
    String before = text.substring(0, start);
    String after = text.substring(start + question.length());
    List<String> context = before.isEmpty() && after.isEmpty() ? List.of() : List.of(before, after);
    return Optional.of(new MessageQuestion(from, to, question, context));
  }
}
