package io.github.semcache.guard;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Compares a new prompt with a cached one and rejects the pair if the cached answer would be wrong.
 * A guard never causes a hit; it can only prevent one.
 *
 * <pre>{@code
 * Guard sameTicket = prompts ->
 *     ticketIn(prompts.asked()).equals(ticketIn(prompts.cached()))
 *         ? Optional.empty()
 *         : Optional.of(new RejectionReason("other-ticket"));
 * }</pre>
 *
 * <p>Implementations must be pure functions. They must be thread-safe and must not block.
 */
@FunctionalInterface
public interface Guard {

  /**
   * Compares two prompts.
   *
   * @param prompts the two prompts
   * @return the reason of the rejection, or empty if the cached answer may be served
   */
  Optional<RejectionReason> reject(PromptPair prompts);

  /**
   * The reason why a guard rejects a pair of prompts. Custom guards may define their own reasons.
   *
   * @param code a short code in lower case with hyphens, for example {@code replaced-number}
   */
  record RejectionReason(String code) {
    /** A different number, date, time, version or amount, or a different unit or currency. */
    public static final RejectionReason REPLACED_NUMBER = new RejectionReason("replaced-number");

    /** A number that only one of the prompts has. */
    public static final RejectionReason ADDED_NUMBER = new RejectionReason("added-number");

    /** A different name, identifier, address, quotation or piece of code. */
    public static final RejectionReason REPLACED_NAME = new RejectionReason("replaced-name");

    /** An opposite or mutually exclusive word: "on" and "off", "before" and "after". */
    public static final RejectionReason OPPOSITE = new RejectionReason("opposite");

    /** A single word with a different meaning, and no other difference: "causes" and "symptoms". */
    public static final RejectionReason REPLACED_WORD = new RejectionReason("replaced-word");

    /** A different question word: "when" and "where". */
    public static final RejectionReason QUESTION_WORD = new RejectionReason("question-word");

    /** The same words in another order: "from A to B" and "from B to A". */
    public static final RejectionReason SWAPPED_ORDER = new RejectionReason("swapped-order");

    /** A negation that only one of the prompts has. */
    public static final RejectionReason NEGATION = new RejectionReason("negation");

    /** A different operator, emoji or other symbol. */
    public static final RejectionReason SYMBOL = new RejectionReason("symbol");

    /** Prompts in different languages or scripts. */
    public static final RejectionReason LANGUAGE = new RejectionReason("language");

    /** A difference after the part of the prompts that guards read. */
    public static final RejectionReason UNREAD_REST = new RejectionReason("unread-rest");

    /** Different content words, for guards that require the same ones. */
    public static final RejectionReason OTHER_WORDS = new RejectionReason("other-words");

    /**
     * Creates a reason.
     *
     * @throws IllegalArgumentException if the code is blank
     */
    public RejectionReason {
      requireNonNull(code, "code");
      if (code.isBlank()) {
        throw new IllegalArgumentException("code is blank; it must name the reason");
      }
    }

    @Override
    public String toString() {
      return code;
    }
  }
}
