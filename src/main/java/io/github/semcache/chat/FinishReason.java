package io.github.semcache.chat;

/** The reason why a model stopped. */
public enum FinishReason {
  /** The answer is complete. */
  STOP,
  /** The answer was truncated at the token limit. */
  LENGTH,
  /** The model requested tool calls. */
  TOOL_CALLS,
  /** A content filter withheld text. */
  CONTENT_FILTER,
  /** The model refused to answer. */
  REFUSAL,
  /** Another reason, or an unknown one. */
  OTHER
}
