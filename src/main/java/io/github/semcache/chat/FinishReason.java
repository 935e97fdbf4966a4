package io.github.semcache.chat;

/** Why a model stopped. */
public enum FinishReason {
  /** The answer is complete. */
  STOP,
  /** The answer was cut off at the token limit. */
  LENGTH,
  /** The model wants tools to be called. */
  TOOL_CALLS,
  /** A filter withheld content. */
  CONTENT_FILTER,
  /** The model refused to answer. */
  REFUSAL,
  /** A reason that is none of the above, or none given. */
  OTHER
}
