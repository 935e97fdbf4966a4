package io.github.semcache.chat;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.prompt.Prompt;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reply of a model. Immutable.
 *
 * @param text the text of the answer; may be empty
 * @param model the model that answered, if known
 * @param finishReason the reason why the model stopped
 * @param usage the number of tokens of the call, if known
 * @param payload the original response of the service, for adapters that return it
 */
public record ChatReply(
    String text,
    Optional<String> model,
    FinishReason finishReason,
    Optional<TokenUsage> usage,
    Optional<String> payload) {

  public ChatReply {
    requireNonNull(text, "text");
    requireNonNull(model, "model");
    requireNonNull(finishReason, "finishReason");
    requireNonNull(usage, "usage");
    requireNonNull(payload, "payload");
  }

  /**
   * Creates a complete reply that contains only a text.
   *
   * @param text the text of the answer
   * @return the reply
   */
  public static ChatReply of(String text) {
    return new ChatReply(
        text, Optional.empty(), FinishReason.STOP, Optional.empty(), Optional.empty());
  }

  /**
   * Sets the model.
   *
   * @param model the model that answered
   * @return a reply with the model
   */
  public ChatReply model(String model) {
    return new ChatReply(text, Optional.of(model), finishReason, usage, payload);
  }

  /**
   * Sets the reason why the model stopped.
   *
   * @param finishReason the reason
   * @return a reply with the reason
   */
  public ChatReply finishReason(FinishReason finishReason) {
    return new ChatReply(text, model, finishReason, usage, payload);
  }

  /**
   * Sets the token usage.
   *
   * @param usage the number of tokens of the call
   * @return a reply with the usage
   */
  public ChatReply usage(TokenUsage usage) {
    return new ChatReply(text, model, finishReason, Optional.of(usage), payload);
  }

  /**
   * Sets the payload.
   *
   * @param payload the original response of the service
   * @return a reply with the payload
   */
  public ChatReply payload(String payload) {
    return new ChatReply(text, model, finishReason, usage, Optional.of(payload));
  }

  /** Returns all components except the text and the payload. */
  @Override
  public String toString() {
    return "ChatReply[model=" + model + ", finishReason=" + finishReason + ", usage=" + usage + "]";
  }

  /**
   * The reason why a model stopped, or why its answer must not be reused although it is complete.
   */
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
    /**
     * The answer does not have the format that the request asks for, such as JSON with a schema.
     */
    MALFORMED,
    /** The service consulted live data for the answer, for example by a web search. */
    LIVE_DATA,
    /** Another reason, or an unknown one. */
    OTHER;

    /**
     * Returns the finish reason for the name that a service uses. Names are compared without regard
     * to case. Besides the names of OpenAI, those of Anthropic, Bedrock, Cohere, Gemini, and Text
     * Generation Inference are known, because compatible services pass them on.
     *
     * @param name the name, for example {@code stop}, {@code eos_token}, or {@code max_tokens};
     *     null or empty if the service reports none for a complete answer
     * @return the reason; {@link #STOP} if there is no name, {@link #OTHER} if the name is unknown
     */
    public static FinishReason parse(@Nullable String name) {
      return switch (name == null ? "" : name.toLowerCase(Locale.ROOT)) {
        case "",
            "stop",
            "eos",
            "eos_token",
            "end",
            "end_turn",
            "stop_sequence",
            "complete",
            "completed" ->
            STOP;
        case "length",
            "max_tokens",
            "max_output_tokens",
            "model_length",
            "model_context_window_exceeded" ->
            LENGTH;
        case "tool_calls", "function_call", "tool_use", "tool_call", "tool_execution" -> TOOL_CALLS;
        case "content_filter",
            "content_filtered",
            "guardrail_intervened",
            "safety",
            "recitation",
            "blocklist",
            "prohibited_content",
            "spii" ->
            CONTENT_FILTER;
        case "refusal" -> REFUSAL;
        default -> OTHER;
      };
    }
  }

  /**
   * The number of tokens of a model call. Immutable.
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

  /**
   * Decides whether a reply of the model may be stored. It is not asked about failed model calls,
   * which are never stored.
   *
   * <p>Implementations are thread-safe and do not block.
   */
  @FunctionalInterface
  public interface Admission {

    /**
     * Decides whether a reply may be stored.
     *
     * @param prompt the prompt
     * @param reply the reply of the model
     * @return true if the reply may be stored
     */
    boolean admits(Prompt prompt, ChatReply reply);

    /**
     * Returns the default admission. It admits replies that are complete ({@link
     * FinishReason#STOP}) and not blank. It rejects truncated answers, refusals, filtered answers,
     * tool calls, answers without the requested format, and answers from live data.
     *
     * @return the admission
     */
    static Admission completeAnswers() {
      return (Admission & NonBlocking)
          (prompt, reply) -> reply.finishReason() == FinishReason.STOP && !reply.text().isBlank();
    }

    /**
     * Returns an admission that admits every reply.
     *
     * @return the admission
     */
    static Admission everything() {
      return (Admission & NonBlocking) (prompt, reply) -> true;
    }
  }
}
