package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds the question in a user message that contains more than the question, for example retrieved
 * passages. The question is compared by meaning; the rest of the message must be equal.
 *
 * <p>Implementations are thread-safe. If a finder throws, or returns a text that is blank or not
 * part of the message, the call bypasses the cache.
 */
@FunctionalInterface
public interface QuestionFinder {

  /**
   * Finds the question.
   *
   * @param text the text of the message
   * @return a substring of the text
   */
  String find(String text);

  /**
   * Returns where the question begins, which matters if its text occurs more than once.
   *
   * @param text the text of the message
   * @param question the result of {@link #find}
   * @return the index of the first character; by default, of the first occurrence of the question.
   *     A negative number if the question is not part of the text
   */
  default int position(String text, String question) {
    return text.indexOf(question);
  }

  /**
   * Returns the default finder of wrapped clients. It finds the question in the messages that the
   * default templates of LangChain4j and Spring AI produce: those for retrieved passages, for the
   * transformation of queries, and for the output format. In all other messages the whole text is
   * the question.
   *
   * @return the finder
   */
  static QuestionFinder templates() {
    return KnownTemplates.INSTANCE;
  }

  /**
   * Returns a finder for messages that consist of only the question.
   *
   * @return a finder that returns the whole message
   */
  static QuestionFinder whole() {
    return text -> text;
  }

  /**
   * Returns a finder for templates that put the question before the passages.
   *
   * @param marker the text between the question and the passages; not empty
   * @return a finder that returns the text before the first occurrence of the marker, or the whole
   *     message if the marker does not occur
   * @throws IllegalArgumentException if the marker is empty
   */
  static QuestionFinder before(String marker) {
    checkMarker(marker);
    return text -> text.contains(marker) ? text.substring(0, text.indexOf(marker)) : text;
  }

  /**
   * Returns a finder for templates that put the question after the passages.
   *
   * @param marker the text between the passages and the question; not empty
   * @return a finder that returns the text after the last occurrence of the marker, or the whole
   *     message if the marker does not occur
   * @throws IllegalArgumentException if the marker is empty
   */
  static QuestionFinder after(String marker) {
    checkMarker(marker);
    return new QuestionFinder() {
      @Override
      public String find(String text) {
        return text.substring(position(text, ""));
      }

      @Override
      public int position(String text, String question) {
        int index = text.lastIndexOf(marker);
        return index < 0 ? 0 : index + marker.length();
      }
    };
  }

  private static void checkMarker(String marker) {
    if (requireNonNull(marker, "marker").isEmpty()) {
      throw new IllegalArgumentException("marker is empty; it must have at least one character");
    }
  }

  /**
   * The question in a user message that consists of several parts. Adjacent text parts are joined
   * with line breaks. If other parts, such as images or files, separate the texts, the question is
   * in the last group of adjacent texts that is not blank. All other texts must be equal for a hit,
   * because they distinguish the images.
   *
   * @param from the index of the first part of the group with the question, inclusive
   * @param to the index of the last part of that group, exclusive
   * @param text the question; not blank
   * @param context the text of the group before and after the question, in this order; empty if the
   *     question is the whole text of the group
   */
  record Question(int from, int to, String text, List<String> context) {

    public Question {
      requireNonNull(text, "text");
      context = List.copyOf(context);
    }

    /**
     * Finds the question of a message.
     *
     * @param parts the texts of the parts of a message; empty for parts that are not text
     * @param finder finds the question in the text of the group
     * @param onFailure notified of an exception or an {@link Error} of the finder; it may throw an
     *     error that must not be contained
     * @return the question; empty if all texts are blank, or if the finder throws or returns a
     *     blank text or one that is not part of the message
     */
    public static Optional<Question> in(
        List<Optional<String>> parts,
        QuestionFinder finder,
        Consumer<? super Throwable> onFailure) {
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
        String text, QuestionFinder finder, Consumer<? super Throwable> onFailure) {
      try {
        String question = finder.find(text);
        return Optional.of(new Located(question, finder.position(text, question)));
      } catch (RuntimeException | Error e) {
        onFailure.accept(e);
        return Optional.empty();
      }
    }

    private static Optional<Question> split(int from, int to, String text, Located located) {
      String question = located.question();
      int start = located.start();
      if (question.isBlank() || start < 0 || !text.startsWith(question, start)) {
        return Optional.empty();
      }
      String before = text.substring(0, start);
      String after = text.substring(start + question.length());
      List<String> context =
          before.isEmpty() && after.isEmpty() ? List.of() : List.of(before, after);
      return Optional.of(new Question(from, to, question, context));
    }
  }
}
