package io.github.semcache.spring;

import io.github.semcache.prompt.QuestionFinder;

/**
 * Finds the question in the user messages that the retrieval advisors of Spring AI create with
 * their default templates. Any other message is the question as a whole.
 */
enum RetrievalTemplates implements QuestionFinder {
  INSTANCE;

  /** Follows the question in the template of {@code QuestionAnswerAdvisor}. */
  private static final String AFTER_QUESTION =
      "\n\nContext information is below, surrounded by ---------------------\n";

  /** Starts the template of {@code ContextualQueryAugmenter}. */
  private static final String START = "Context information is below.\n\n---------------------\n";

  private static final String BEFORE_QUERY = "\n\nQuery: ";
  private static final String AFTER_QUERY = "\n\nAnswer:";

  @Override
  public String find(String text) {
    int end = text.indexOf(AFTER_QUESTION);
    if (end > 0) {
      return text.substring(0, end);
    }
    int query = text.lastIndexOf(BEFORE_QUERY);
    int answer = text.lastIndexOf(AFTER_QUERY);
    return text.startsWith(START) && 0 < query && query < answer
        ? text.substring(query + BEFORE_QUERY.length(), answer)
        : text;
  }
}
