package io.github.semcache.chat;

/**
 * The tokens that a model call took.
 *
 * @param inputTokens tokens of the prompt, at least 0
 * @param outputTokens tokens of the answer, at least 0
 */
public record TokenUsage(long inputTokens, long outputTokens) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public TokenUsage {
    if (inputTokens < 0 || outputTokens < 0) {
      throw new IllegalArgumentException(
          "token usage is " + inputTokens + " and " + outputTokens + "; it must not be negative");
    }
  }

  /**
   * Input and output together.
   *
   * @return the sum
   */
  public long totalTokens() {
    return inputTokens + outputTokens;
  }
}
