package io.github.semcache.policy.guard;

import static java.util.Objects.requireNonNull;

/**
 * Why a guard objects. Guards of your own may have reasons of their own.
 *
 * @param code a short code in lower case with hyphens, for example {@code replaced-number}
 */
public record GuardReason(String code) {
  /** Another number, date, time, version or amount, or another unit or currency. */
  public static final GuardReason REPLACED_NUMBER = new GuardReason("replaced-number");

  /** A number that only one of the two prompts has. */
  public static final GuardReason ADDED_NUMBER = new GuardReason("added-number");

  /** Another name, identifier, address, quotation or piece of code. */
  public static final GuardReason REPLACED_NAME = new GuardReason("replaced-name");

  /** On in place of off, before in place of after, red in place of blue. */
  public static final GuardReason OPPOSITE = new GuardReason("opposite");

  /** Causes in place of symptoms: one word in place of another, and nothing else has changed. */
  public static final GuardReason REPLACED_WORD = new GuardReason("replaced-word");

  /** When in place of where. */
  public static final GuardReason QUESTION_WORD = new GuardReason("question-word");

  /** From B to A in place of from A to B. */
  public static final GuardReason SWAPPED_ORDER = new GuardReason("swapped-order");

  /** A negation that only one of the two prompts has. */
  public static final GuardReason NEGATION = new GuardReason("negation");

  /** Another operator, emoji or other symbol. */
  public static final GuardReason SYMBOL = new GuardReason("symbol");

  /** The prompts are in different languages or scripts. */
  public static final GuardReason LANGUAGE = new GuardReason("language");

  /** The prompts differ past the part that guards read. */
  public static final GuardReason UNREAD_REST = new GuardReason("unread-rest");

  /** The prompts do not have the same content words. */
  public static final GuardReason OTHER_WORDS = new GuardReason("other-words");

  /**
   * Checks the code.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public GuardReason {
    requireNonNull(code, "code");
    if (code.isBlank()) {
      throw new IllegalArgumentException("code is blank; it must say why");
    }
  }

  @Override
  public String toString() {
    return code;
  }
}
