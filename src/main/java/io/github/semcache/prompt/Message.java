package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

/**
 * An earlier message of the conversation that a prompt continues.
 *
 * @param role who spoke, for example {@code user} or {@code assistant}
 * @param text what was said
 */
public record Message(String role, String text) {

  public Message {
    requireNonNull(role, "role");
    requireNonNull(text, "text");
  }

  /**
   * A message of the user.
   *
   * @param text what was said
   * @return the message
   */
  public static Message user(String text) {
    return new Message("user", text);
  }

  /**
   * A message of the model.
   *
   * @param text what was said
   * @return the message
   */
  public static Message assistant(String text) {
    return new Message("assistant", text);
  }

  /** Shows the role and how long the text is, but no text. */
  @Override
  public String toString() {
    return "Message[role=" + role + ", " + text.length() + " characters]";
  }
}
