package io.github.semcache.guard;

import static java.util.Objects.requireNonNull;

/**
 * Why a guard objects. Guards of your own may have reasons of their own.
 *
 * @param code a short code in lower case with hyphens, for example {@code replaced-number}
 */
public record RejectionReason(String code) {
  /** Another number, date, time, version or amount, or another unit or currency. */
  public static final RejectionReason REPLACED_NUMBER = new RejectionReason("replaced-number");

  /** A number that only one of the two prompts has. */
  public static final RejectionReason ADDED_NUMBER = new RejectionReason("added-number");

  /** Another name, identifier, address, quotation or piece of code. */
  public static final RejectionReason REPLACED_NAME = new RejectionReason("replaced-name");

  /** On in place of off, before in place of after, red in place of blue. */
  public static final RejectionReason OPPOSITE = new RejectionReason("opposite");

  /** Causes in place of symptoms: one word in place of another, and nothing else has changed. */
  public static final RejectionReason REPLACED_WORD = new RejectionReason("replaced-word");

  /** When in place of where. */
  public static final RejectionReason QUESTION_WORD = new RejectionReason("question-word");

  /** From B to A in place of from A to B. */
  public static final RejectionReason SWAPPED_ORDER = new RejectionReason("swapped-order");

  /** A negation that only one of the two prompts has. */
  public static final RejectionReason NEGATION = new RejectionReason("negation");

  /** Another operator, emoji or other symbol. */
  public static final RejectionReason SYMBOL = new RejectionReason("symbol");

  /** The prompts are in different languages or scripts. */
  public static final RejectionReason LANGUAGE = new RejectionReason("language");

  /** The prompts differ past the part that guards read. */
  public static final RejectionReason UNREAD_REST = new RejectionReason("unread-rest");

  /** The prompts do not have the same content words. */
  public static final RejectionReason OTHER_WORDS = new RejectionReason("other-words");

  /**
   * Checks the code.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public RejectionReason {
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
