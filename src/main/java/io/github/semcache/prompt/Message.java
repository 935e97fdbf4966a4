package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

/**
 * An earlier message of the conversation that a prompt continues. Unpaired surrogates in its
 * components are {@linkplain Normalizer#wellFormed replaced}.
 *
 * @param role the role of the author, for example {@code user} or {@code assistant}
 * @param text the text of the message
 */
public record Message(String role, String text) {

  public Message {
    role = WellFormed.replaceUnpairedSurrogates(requireNonNull(role, "role"));
    text = WellFormed.replaceUnpairedSurrogates(requireNonNull(text, "text"));
  }

  /**
   * Creates a message of the user.
   *
   * @param text the text of the message
   * @return a message with the role {@code user}
   */
  public static Message user(String text) {
    return new Message("user", text);
  }

  /**
   * Creates a message of the model.
   *
   * @param text the text of the message
   * @return a message with the role {@code assistant}
   */
  public static Message assistant(String text) {
    return new Message("assistant", text);
  }

  /** Returns the role and the length of the text, but no text. */
  @Override
  public String toString() {
    return "Message[role=" + role + ", " + text.length() + " characters]";
  }
}
