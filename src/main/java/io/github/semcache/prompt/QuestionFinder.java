package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

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
}
