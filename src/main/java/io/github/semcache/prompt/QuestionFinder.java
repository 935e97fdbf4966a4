package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

/**
 * Finds the question in a message that says more than that, such as passages that were retrieved
 * for it. The question is compared by meaning; the rest of the message must be equal.
 *
 * <p>Called from many threads at once. A message passes the cache by if what is found does not
 * stand in it or is blank, or if the finder throws.
 */
@FunctionalInterface
public interface QuestionFinder {

  /**
   * Finds the question.
   *
   * @param text the text of a message
   * @return a part of it, character for character; where it stands first counts
   */
  String find(String text);

  /**
   * Takes the whole message for the question.
   *
   * @return a finder
   */
  static QuestionFinder whole() {
    return text -> text;
  }

  /**
   * Takes what stands before a marker for the question, for templates that put the passages after
   * it; the whole message if the marker is not there.
   *
   * @param marker a text that the template puts between question and passages; not empty
   * @return a finder
   * @throws IllegalArgumentException if the marker is empty
   */
  static QuestionFinder before(String marker) {
    checkMarker(marker);
    return text -> text.contains(marker) ? text.substring(0, text.indexOf(marker)) : text;
  }

  /**
   * Takes what stands after the last of a marker for the question, for templates that put the
   * passages before it; the whole message if the marker is not there.
   *
   * @param marker a text that the template puts between passages and question; not empty
   * @return a finder
   * @throws IllegalArgumentException if the marker is empty
   */
  static QuestionFinder after(String marker) {
    checkMarker(marker);
    return text ->
        text.contains(marker) ? text.substring(text.lastIndexOf(marker) + marker.length()) : text;
  }

  private static void checkMarker(String marker) {
    if (requireNonNull(marker, "marker").isEmpty()) {
      throw new IllegalArgumentException("marker is empty; it must not be");
    }
  }
}
