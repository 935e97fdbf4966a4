package io.github.semcache.chat;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

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
}
