package io.github.semcache.chat;

/**
 * The number of tokens of a model call.
 *
 * @param inputTokens the number of tokens of the prompt, at least 0
 * @param outputTokens the number of tokens of the answer, at least 0
 */
public record TokenUsage(long inputTokens, long outputTokens) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if one of them is negative
   */
  public TokenUsage {
    if (inputTokens < 0 || outputTokens < 0) {
      throw new IllegalArgumentException(
          "token usage is "
              + inputTokens
              + " input and "
              + outputTokens
              + " output tokens; both must be at least 0");
    }
  }

  /**
   * Returns the total number of tokens.
   *
   * @return the sum of input and output tokens
   */
  public long totalTokens() {
    return inputTokens + outputTokens;
  }
}
