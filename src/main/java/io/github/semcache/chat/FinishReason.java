package io.github.semcache.chat;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The reason why a model stopped, or why its answer must not be reused although it is complete. */
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
  /** The answer does not have the format that the request asks for, such as JSON with a schema. */
  MALFORMED,
  /** The service consulted live data for the answer, for example by a web search. */
  LIVE_DATA,
  /** Another reason, or an unknown one. */
  OTHER;

  /**
   * Returns the finish reason for the name that a service uses. Names are compared without regard
   * to case. Besides the names of OpenAI, those of Anthropic, Cohere, Gemini, and Text Generation
   * Inference are known, because compatible services pass them on.
   *
   * @param name the name, for example {@code stop}, {@code eos_token}, or {@code max_tokens}; null
   *     or empty if the service reports none for a complete answer
   * @return the reason; {@link #STOP} if there is no name, {@link #OTHER} if the name is unknown
   */
  public static FinishReason parse(@Nullable String name) {
    return switch (name == null ? "" : name.toLowerCase(Locale.ROOT)) {
      case "", "stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete", "completed" ->
          STOP;
      case "length", "max_tokens", "max_output_tokens", "model_length" -> LENGTH;
      case "tool_calls", "function_call", "tool_use", "tool_call", "tool_execution" -> TOOL_CALLS;
      case "content_filter", "safety", "recitation", "blocklist", "prohibited_content", "spii" ->
          CONTENT_FILTER;
      case "refusal" -> REFUSAL;
      default -> OTHER;
    };
  }
}
