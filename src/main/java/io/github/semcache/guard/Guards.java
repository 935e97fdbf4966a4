package io.github.semcache.guard;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.DifferenceRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A sequence of guards, applied in order until one rejects the pair. Immutable and thread-safe.
 *
 * <pre>{@code
 * Guards.english()                                    // all built-in guards
 * Guards.english().without(RejectionReason.NEGATION)  // all but one
 * Guards.english().and(sameTicket)                    // all and a custom guard
 * }</pre>
 *
 * <p>The built-in guards, in order, each with a pair that it rejects:
 *
 * <table>
 * <caption>Built-in guards</caption>
 * <tr><th>Reason</th><th>Example</th></tr>
 * <tr><td>{@link RejectionReason#SYMBOL}</td>
 *     <td>"what does a == b do", "what does a != b do"</td></tr>
 * <tr><td>{@link RejectionReason#LANGUAGE}</td>
 *     <td>"how do I reset my password", "如何重置密码"</td></tr>
 * <tr><td>{@link RejectionReason#REPLACED_NUMBER}</td>
 *     <td>"a table for 4 tonight", "a table for six tonight"</td></tr>
 * <tr><td>{@link RejectionReason#REPLACED_NAME}</td>
 *     <td>"where is order A-10432", "where is order A-10433"</td></tr>
 * <tr><td>{@link RejectionReason#OPPOSITE}</td>
 *     <td>"turn on the lights", "turn off the lights"</td></tr>
 * <tr><td>{@link RejectionReason#SWAPPED_ORDER}</td>
 *     <td>"flights from Boston to Denver", "flights from Denver to Boston"</td></tr>
 * <tr><td>{@link RejectionReason#QUESTION_WORD}</td>
 *     <td>"when was Einstein born", "where was Einstein born"</td></tr>
 * <tr><td>{@link RejectionReason#NEGATION}</td>
 *     <td>"recipes with nuts", "recipes with no nuts"</td></tr>
 * <tr><td>{@link RejectionReason#REPLACED_WORD}</td>
 *     <td>"name the symptoms of measles", "name the stages of measles"</td></tr>
 * <tr><td>{@link RejectionReason#ADDED_NUMBER}</td>
 *     <td>"best phones", "best phones under 300 dollars"</td></tr>
 * <tr><td>{@link RejectionReason#UNREAD_REST}</td>
 *     <td>two texts that differ only after the first 1,024 words</td></tr>
 * </table>
 *
 * <p>The built-in guards have these properties:
 *
 * <ul>
 *   <li>They are thread-safe and do not block.
 *   <li>They are symmetric: exchanging the two prompts does not change the result. Exceptions are
 *       possible, but rare, if a word of one prompt has several counterparts in the other prompt.
 *   <li>They never reject two prompts that differ only in case, white space or final punctuation,
 *       except in the case of command-line options such as {@code -r}.
 *   <li>Their cost is linear in the length of the prompts. They read at most 1,024 words or 16,384
 *       characters of a prompt, and compare the text after this limit as a whole.
 * </ul>
 */
public final class Guards implements Guard, NonBlocking {
  private static final Guards NONE = new Guards(List.of());

  private final List<Member> members;

  /**
   * A guard with its reason.
   *
   * @param reason the reason of a built-in guard; empty for a custom guard
   * @param guard the guard
   */
  private record Member(Optional<RejectionReason> reason, Guard guard) {
    boolean hasReasonIn(Set<RejectionReason> reasons) {
      return reason.isPresent() && reasons.contains(reason.get());
    }
  }

  private Guards(List<Member> members) {
    this.members = members;
  }

  /**
   * Returns an empty sequence of guards, which rejects nothing.
   *
   * @return no guards
   */
  public static Guards none() {
    return NONE;
  }

  /**
   * Returns all built-in guards with the English word lists. They compare numbers, identifiers,
   * addresses, code, symbols and the languages of the prompts in every language. Guards that need
   * word lists do not reject texts in other languages.
   *
   * @return the guards, the same instance for every call
   */
  public static Guards english() {
    return English.GUARDS;
  }

  /**
   * Returns all built-in guards with other word lists.
   *
   * @param words the word lists
   * @return the guards
   */
  public static Guards of(Lexicon words) {
    Dictionary dictionary = requireNonNull(words, "words").dictionary();
    return new Guards(
        Stream.of(DifferenceRule.values())
            .map(rule -> new BuiltInGuard(dictionary, rule))
            .map(guard -> new Member(Optional.of(guard.reason()), guard))
            .toList());
  }

  /**
   * Returns a guard that rejects two prompts unless they have the same numbers and the same content
   * words, in any order, inflection and spelling. It accepts prompts that differ in word order and
   * in words such as "the" and "please". {@link #english()} does not include it.
   *
   * @return the guard
   */
  public static Guard sameWords() {
    return sameWords(Lexicon.english());
  }

  /**
   * Returns the guard of {@link #sameWords()} with other word lists.
   *
   * @param words the word lists
   * @return the guard
   */
  public static Guard sameWords(Lexicon words) {
    Dictionary dictionary = requireNonNull(words, "words").dictionary();
    return (Guard & NonBlocking)
        prompts ->
            prompts.diff(dictionary).hasSameContent()
                ? Optional.empty()
                : Optional.of(RejectionReason.OTHER_WORDS);
  }

  /**
   * Returns these guards without some of the built-in ones.
   *
   * @param reasons the reasons of the guards to remove
   * @return the remaining guards
   */
  public Guards without(RejectionReason... reasons) {
    Set<RejectionReason> removed = Set.of(reasons);
    return filter(member -> !member.hasReasonIn(removed));
  }

  /**
   * Returns some of the built-in guards, and all custom guards.
   *
   * @param reasons the reasons of the built-in guards to retain
   * @return the remaining guards, and the guards that were added by {@link #and(Guard)}
   */
  public Guards only(RejectionReason... reasons) {
    Set<RejectionReason> retained = Set.of(reasons);
    return filter(member -> member.reason().isEmpty() || member.hasReasonIn(retained));
  }

  /**
   * Returns these guards followed by another guard.
   *
   * @param guard the guard, which is applied last
   * @return these guards and the new one
   */
  public Guards and(Guard guard) {
    List<Member> extended = new ArrayList<>(members);
    extended.add(new Member(Optional.empty(), requireNonNull(guard, "guard")));
    return new Guards(List.copyOf(extended));
  }

  private Guards filter(Predicate<Member> condition) {
    return new Guards(members.stream().filter(condition).toList());
  }

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    for (Member member : members) {
      Optional<RejectionReason> rejection = member.guard().reject(prompts);
      if (rejection.isPresent()) {
        return rejection;
      }
    }
    return Optional.empty();
  }

  /**
   * Applies all guards. {@link #reject} stops at the first rejection.
   *
   * @param prompts the two prompts
   * @return the reasons of all guards that reject the pair, in the order of the guards
   */
  public List<RejectionReason> rejections(PromptPair prompts) {
    return members.stream()
        .map(member -> member.guard().reject(prompts))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Returns whether all custom guards do not block. The other guards never do. */
  @Override
  public boolean isNonBlocking() {
    return members.stream()
        .allMatch(member -> member.reason().isPresent() || NonBlocking.test(member.guard()));
  }

  /** Returns the codes of the reasons of these guards. A custom guard is shown as "custom". */
  @Override
  public String toString() {
    return "Guards"
        + members.stream()
            .map(member -> member.reason().map(RejectionReason::code).orElse("custom"))
            .toList();
  }

  private static final class English {
    static final Guards GUARDS = of(Lexicon.english());
  }

  /**
   * The words that the {@link Guards} recognize: common words, opposites, numbers, units, names and
   * so on. Immutable and thread-safe.
   *
   * <p>To adapt the English lists, replace a list or add lines to it:
   *
   * <pre>{@code
   * Lexicon words = Lexicon.english().adding(WordList.OPPOSITES, "sandbox | production");
   * Guards guards = Guards.of(words);
   * }</pre>
   */
  public static final class Lexicon {
    private static final Lexicon ENGLISH = new Lexicon(Dictionary.english());

    private final Dictionary dictionary;

    private Lexicon(Dictionary dictionary) {
      this.dictionary = dictionary;
    }

    /**
     * Returns the built-in lists: English words, and frequent words of other languages, which are
     * used to detect those languages.
     *
     * @return the lexicon, the same instance for every call
     */
    public static Lexicon english() {
      return ENGLISH;
    }

    /**
     * Returns a lexicon with one list replaced.
     *
     * @param list the list
     * @param text the lines of the list, in the format that {@link WordList} describes; may be
     *     empty
     * @return a lexicon with the new list and the other lists of this lexicon
     * @throws IllegalArgumentException if a line does not have that format
     */
    public Lexicon replacing(WordList list, String text) {
      return new Lexicon(
          dictionary.replacing(
              requireNonNull(list, "list").internal, requireNonNull(text, "text")));
    }

    /**
     * Returns a lexicon with lines added to one list.
     *
     * @param list the list
     * @param text the lines to add, in the format that {@link WordList} describes
     * @return a lexicon with the extended list and the other lists of this lexicon
     * @throws IllegalArgumentException if a line does not have that format
     */
    public Lexicon adding(WordList list, String text) {
      return new Lexicon(
          dictionary.adding(requireNonNull(list, "list").internal, requireNonNull(text, "text")));
    }

    Dictionary dictionary() {
      return dictionary;
    }

    /**
     * The word lists of a {@link Lexicon}. The text of a list consists of lines:
     *
     * <pre>{@code
     * # a comment
     * label: word, another word, a phrase of words | word = 5
     * }</pre>
     *
     * <p>Groups are separated by {@code |}, and the words of a group by commas. Words of one group
     * are equivalent. Words in different groups of one line <em>conflict</em>: a text with one of
     * them asks for something else than a text with the other. Only some lists use the label and
     * the value after {@code =}. Case is ignored unless the documentation of a constant specifies
     * otherwise.
     */
    public enum WordList {
      /** Ordinary words in their base form. A word that is in no list counts as a name. */
      COMMON_WORDS(Dictionary.WordList.COMMON_WORDS),

      /** Nouns that have no synonym: replacing one by another asks for something else. */
      DISTINCT_NOUNS(Dictionary.WordList.DISTINCT_NOUNS),

      /** Words without content of their own, such as articles, pronouns and politeness formulas. */
      FUNCTION_WORDS(Dictionary.WordList.FUNCTION_WORDS),

      /**
       * Irregular forms, spelling variants and abbreviations of a word: {@code buy: bought}. A form
       * in capitals, such as {@code US}, matches only text in capitals.
       */
      WORD_FORMS(Dictionary.WordList.WORD_FORMS),

      /** Words with opposite or mutually exclusive meanings, one group for each meaning. */
      OPPOSITES(Dictionary.WordList.OPPOSITES),

      /**
       * Words that can replace one another without changing the question, one line for each
       * meaning. Under the label {@code light}: words that any other word can replace.
       */
      SYNONYMS(Dictionary.WordList.SYNONYMS),

      /** Days, months and holidays, one group for each. */
      DATES(Dictionary.WordList.DATES),

      /**
       * Members of a category, such as cities, one line for each category and one group for each
       * member. Proper nouns start with a capital.
       */
      NAMES(Dictionary.WordList.NAMES),

      /**
       * Units and currencies, one line for each quantity that they measure and one group for each
       * unit. The value is the size of the unit relative to the other units of its line.
       */
      UNITS(Dictionary.WordList.UNITS),

      /**
       * Number words with their values. The labels are {@code cardinal}, {@code multiplier}, {@code
       * vague} and {@code ordinal} (compared only with another number), and {@code clock} (minutes
       * after midnight).
       */
      NUMBERS(Dictionary.WordList.NUMBERS),

      /**
       * Question phrases. The label is what they ask for. The first group contains the phrases, the
       * second group nouns that ask for the same after "what".
       */
      QUESTIONS(Dictionary.WordList.QUESTIONS),

      /**
       * Negations, under the labels {@code negation}, {@code idiom} (a phrase with a negation that
       * negates nothing) and {@code adverse} (a word that implies a negation, such as "fail").
       */
      NEGATIONS(Dictionary.WordList.NEGATIONS),

      /**
       * Words that relate parts of a sentence. The labels are {@code role} (words of direction, one
       * group for each direction), {@code infinitive} (words after which "to" starts an
       * infinitive), {@code symmetric} (words that make the order of the parts irrelevant) and
       * {@code conjunction} (words that join parts in any order).
       */
      RELATIONS(Dictionary.WordList.RELATIONS),

      /** Frequent words of other languages. The label is the code of the language. */
      LANGUAGES(Dictionary.WordList.LANGUAGES);

      private final Dictionary.WordList internal;

      WordList(Dictionary.WordList internal) {
        this.internal = internal;
      }
    }
  }
}
