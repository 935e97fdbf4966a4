package io.github.semcache.prompt;

import java.util.List;

/**
 * Finds the question in messages that the default prompt templates of LangChain4j and Spring AI
 * produce. The constant texts of the templates are the markers. Thread-safe.
 *
 * <p>Sources: LangChain4j 1.20 ({@code DefaultContentInjector}, {@code
 * CompressingQueryTransformer}, {@code ExpandingQueryTransformer}, {@code
 * LanguageModelQueryRouter}, {@code AiServices}); Spring AI 2.0 ({@code QuestionAnswerAdvisor},
 * {@code ContextualQueryAugmenter}, {@code CompressionQueryTransformer}, {@code
 * RewriteQueryTransformer}, {@code TranslationQueryTransformer}, {@code MultiQueryExpander}, {@code
 * BeanOutputConverter}).
 */
final class KnownTemplates implements QuestionFinder {
  static final KnownTemplates INSTANCE = new KnownTemplates();

  /** The beginnings of instructions on the output format, which follow the rest of the message. */
  private static final List<String> FORMATS =
      List.of(
          "\nYou must answer strictly in the following JSON format: ",
          "\nYou must answer strictly in the following format: ",
          "\nYou must answer strictly with one of these enums:",
          "\nYou must answer strictly with zero or more of these enums on a separate line:",
          "\nYour response should be in JSON format.\n",
          "\nRespond with only a list of comma-separated values, without any leading or");

  /** The texts between a question at the beginning of a message and the passages after it. */
  private static final List<String> AFTER_QUESTION =
      List.of(
          "\n\nAnswer using the following information:\n",
          "\n\nContext information is below, surrounded by ---------------------\n\n");

  /** Templates in which the question follows other text. */
  private static final List<Frame> FRAMES =
      List.of(
          new Frame("Context information is below.\n\n", "\n\nQuery: ", "\n\nAnswer:"),
          new Frame(
              "Given the following conversation history and a follow-up query, your task is to",
              "\n\nFollow-up query:\n",
              "\n\nStandalone query:"),
          new Frame(
              "Given a user query, rewrite it to provide better results when querying",
              "\n\nOriginal query:\n",
              "\n\nRewritten query:"),
          new Frame(
              "Given a user query, translate it to",
              "\n\nOriginal query: ",
              "\n\nTranslated query:"),
          new Frame(
              "You are an expert at information retrieval and search optimization.\n",
              "\n\nOriginal query: ",
              "\n\nQuery variants:"),
          new Frame(
              "Read and understand the conversation between the User and the AI. Then, analyze the",
              "\n\nUser query: ",
              """


              It is very important that you provide only reformulated query and nothing else! \
              Do not prepend a query with anything!\
              """),
          new Frame("Generate ", "\nUser query: ", ""),
          new Frame(
              "Based on the user query, determine the most suitable data source(s)",
              "\nUser query: ",
              ""));

  /**
   * A template in which the question follows other text.
   *
   * @param prefix the beginning of the message
   * @param marker the text before the question
   * @param suffix the text after the question, at the end of the message; line breaks may follow
   */
  private record Frame(String prefix, String marker, String suffix) {

    /** Returns the range of the question; the whole range if the text has another form. */
    Range find(String text, Range range) {
      int end = range.end();
      while (end > 0 && text.charAt(end - 1) == '\n') {
        end--;
      }
      int questionEnd = end - suffix.length();
      int start = text.lastIndexOf(marker, questionEnd - marker.length());
      boolean matches =
          questionEnd > 0
              && start >= prefix.length()
              && text.startsWith(prefix)
              && text.startsWith(suffix, questionEnd);
      return matches ? new Range(start + marker.length(), questionEnd) : range;
    }
  }

  /** A range of characters, from inclusive, to exclusive. */
  private record Range(int start, int end) {}

  private KnownTemplates() {}

  @Override
  public String find(String text) {
    Range range = rangeIn(text);
    return text.substring(range.start(), range.end());
  }

  @Override
  public int position(String text, String question) {
    return rangeIn(text).start();
  }

  /** Removes the format first, then looks for a frame, whose passages may contain any marker. */
  private static Range rangeIn(String text) {
    Range message = new Range(0, endBeforeFormat(text));
    for (Frame frame : FRAMES) {
      Range question = frame.find(text, message);
      if (!question.equals(message)) {
        return question;
      }
    }
    int end = message.end();
    for (String marker : AFTER_QUESTION) {
      int index = text.indexOf(marker);
      end = index >= 0 ? Math.min(end, index) : end;
    }
    return new Range(0, end);
  }

  private static int endBeforeFormat(String text) {
    int end = -1;
    for (String marker : FORMATS) {
      end = Math.max(end, text.lastIndexOf(marker));
    }
    return end < 0 ? text.length() : end;
  }
}
