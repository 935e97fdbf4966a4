package io.github.semcache.guard;

import static java.util.Objects.requireNonNull;

import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /**
   * A new prompt and a cached one, for comparison by {@linkplain Guard guards}. The pair stores the
   * analysis of the texts, so that the guards analyze them only once. Not thread-safe.
   */
  final class PromptPair {
    private final Side asked;
    private final Side cached;
    private @Nullable TextDiff diff;
    private @Nullable Dictionary dictionary;

    private PromptPair(Side asked, Side cached) {
      this.asked = asked;
      this.cached = cached;
    }

    /**
     * Creates a pair.
     *
     * @param asked the text of the new prompt
     * @param cached the text of the cached prompt, whose answer may be served
     * @return the pair
     */
    public static PromptPair of(String asked, String cached) {
      return new PromptPair(
          new Side(requireNonNull(asked, "asked")), new Side(requireNonNull(cached, "cached")));
    }

    /**
     * Returns a pair of the same new prompt and another cached prompt. The analysis of the new
     * prompt is reused. Because of that, one thread at a time may use the two pairs.
     *
     * @param otherCached the text of the other cached prompt
     * @return the new pair
     */
    public PromptPair withCached(String otherCached) {
      return new PromptPair(asked, new Side(requireNonNull(otherCached, "otherCached")));
    }

    /**
     * Returns the new prompt.
     *
     * @return the text of the prompt
     */
    public String asked() {
      return asked.text;
    }

    /**
     * Returns the cached prompt.
     *
     * @return the text of the prompt whose answer may be served
     */
    public String cached() {
      return cached.text;
    }

    /**
     * Returns the words, numbers, names, and symbols that only the new prompt has. The cached
     * prompt has none of them in an equivalent form either, such as another inflection, spelling,
     * or unit. Compares with the English word lists, up to the first 1,024 words or 16,384
     * characters of a prompt.
     *
     * @return the texts in lower case, in their order in the prompt; of a number in words, the
     *     first word
     */
    public List<String> onlyInAsked() {
      return diff(Dictionary.english()).textsOnlyInFirst();
    }

    /**
     * Returns what only the cached prompt has; see {@link #onlyInAsked}.
     *
     * @return the texts in lower case, in their order in the prompt
     */
    public List<String> onlyInCached() {
      return diff(Dictionary.english()).textsOnlyInSecond();
    }

    /**
     * Returns the difference between the new prompt (first) and the cached prompt (second); the
     * same instance for repeated calls with the same word lists.
     */
    TextDiff diff(Dictionary words) {
      TextDiff known = diff;
      if (known == null || dictionary != words) {
        known = TextDiff.of(asked.analysis(words), cached.analysis(words));
        diff = known;
        dictionary = words;
      }
      return known;
    }

    /** Returns the lengths of the texts, but no text. */
    @Override
    public String toString() {
      return "PromptPair[" + asked.text.length() + " and " + cached.text.length() + " characters]";
    }

    /** One of the prompts. */
    private static final class Side {
      private final String text;
      private @Nullable TextAnalysis analysis;
      private @Nullable Dictionary dictionary;

      Side(String text) {
        this.text = text;
      }

      TextAnalysis analysis(Dictionary words) {
        TextAnalysis known = analysis;
        if (known == null || dictionary != words) {
          known = TextAnalysis.of(words, text);
          analysis = known;
          dictionary = words;
        }
        return known;
      }
    }
  }
}
