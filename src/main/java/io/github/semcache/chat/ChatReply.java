package io.github.semcache.chat;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What a model replied.
 *
 * @param text the text of the answer; may be empty
 * @param model the model that answered, where it is known
 * @param finishReason why the model stopped
 * @param usage the tokens that the call took, where they are known
 * @param payload the reply as the service gave it, for adapters that give it back whole
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
   * A complete answer of which nothing but the text is known.
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
   * @return a reply with it
   */
  public ChatReply model(String model) {
    return new ChatReply(text, Optional.of(model), finishReason, usage, payload);
  }

  /**
   * Sets why the model stopped.
   *
   * @param finishReason the reason
   * @return a reply with it
   */
  public ChatReply finishReason(FinishReason finishReason) {
    return new ChatReply(text, model, finishReason, usage, payload);
  }

  /**
   * Sets the token usage.
   *
   * @param usage the tokens that the call took
   * @return a reply with it
   */
  public ChatReply usage(TokenUsage usage) {
    return new ChatReply(text, model, finishReason, Optional.of(usage), payload);
  }

  /**
   * Sets the payload.
   *
   * @param payload the reply as the service gave it
   * @return a reply with it
   */
  public ChatReply payload(String payload) {
    return new ChatReply(text, model, finishReason, usage, Optional.of(payload));
  }

  /** Shows everything but the text and the payload. */
  @Override
  public String toString() {
    return "ChatReply[model=" + model + ", finishReason=" + finishReason + ", usage=" + usage + "]";
  }
}
