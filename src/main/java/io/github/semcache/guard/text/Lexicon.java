package io.github.semcache.guard.text;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The words that the text analysis recognizes: common words, opposites, numbers, units, names and
 * so on. Immutable and thread-safe.
 *
 * <p>To adapt the English lists, replace a list or add lines to it:
 *
 * <pre>{@code
 * Lexicon words = Lexicon.english().adding(WordList.OPPOSITES, "sandbox | production");
 * Guards guards = Guards.of(words);
 * }</pre>
 */
public final class Lexicon {
  private static final int MAX_DERIVED_LENGTH = 24;

  /** A power of two. */
  private static final int UNLISTED_CACHE_SIZE = 2_048;

  /** The types of questions that are often asked with another question word. */
  private static final Set<String> OPEN_ENDED_TYPES = Set.of("what", "how", "why");

  private final Map<WordList, String> lists;
  private final Map<String, Word> words;
  private final Map<String, Word> capitals;
  private final Map<String, List<Phrase>> phrases;
  private final List<QuestionType> questionTypes;
  private final Map<String, Long> questionTypesByNoun = new HashMap<>();
  private final long openEndedTypes;
  private final List<String> languages;

  /**
   * A cache of words that are in no list, indexed by hash code. Without it, every such word takes
   * about a hundred lookups.
   */
  private final AtomicReferenceArray<@Nullable Word> unlisted =
      new AtomicReferenceArray<>(UNLISTED_CACHE_SIZE);

  private Lexicon(Map<WordList, String> lists) {
    LexiconBuilder builder = new LexiconBuilder(lists);
    this.lists = lists;
    this.words = builder.words();
    this.capitals = builder.capitals();
    this.languages = builder.languages();
    this.phrases = builder.phrases(this::find);
    this.questionTypes = builder.questionTypes(this::find);
    long openEnded = 0;
    for (QuestionType type : questionTypes) {
      type.nouns().forEach(noun -> questionTypesByNoun.merge(noun, type.bit(), (a, b) -> a | b));
      openEnded |= OPEN_ENDED_TYPES.contains(type.name()) ? type.bit() : 0;
    }
    this.openEndedTypes = openEnded;
  }

  /**
   * Returns the built-in lists: English words, and frequent words of other languages, which are
   * used to detect those languages.
   *
   * @return the lexicon, the same instance for every call
   */
  public static Lexicon english() {
    return English.LEXICON;
  }

  /**
   * Returns a lexicon with one list replaced.
   *
   * @param list the list
   * @param text the lines of the list, in the format that {@link WordList} describes; may be empty
   * @return a lexicon with the new list and the other lists of this lexicon
   * @throws IllegalArgumentException if a line does not have that format
   */
  public Lexicon replacing(WordList list, String text) {
    Map<WordList, String> changed = new EnumMap<>(lists);
    changed.put(requireNonNull(list, "list"), requireNonNull(text, "text"));
    return new Lexicon(changed);
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
    return replacing(list, lists.get(list) + "\n" + requireNonNull(text, "text"));
  }

  /** Returns the entry of a folded word, listed or not. */
  Word find(String form) {
    Word word = listedOrInflected(form);
    if (word != null) {
      return word;
    }
    int slot = form.hashCode() & (unlisted.length() - 1);
    Word cached = unlisted.get(slot);
    if (cached != null && cached.key().equals(form)) {
      return cached;
    }
    Word found =
        form.length() <= MAX_DERIVED_LENGTH && Inflections.isDerived(form, this::isCommon)
            ? Word.derived(form)
            : Word.unknown(form);
    if (form.length() <= MAX_DERIVED_LENGTH) {
      unlisted.set(slot, found);
    }
    return found;
  }

  /** Returns the entry of a folded word that was written in capitals, or null if it has none. */
  @Nullable Word findCapitals(String form) {
    return capitals.get(form);
  }

  /** Returns the entry that is listed in this form, or null. */
  @Nullable Word listed(String form) {
    return words.get(form);
  }

  /** Returns the entry of this form or of its base form, or null if neither is listed. */
  @Nullable Word listedOrInflected(String form) {
    Word word = words.get(form);
    return word != null ? word : Inflections.base(form, words::get);
  }

  private boolean isCommon(String form) {
    Word word = listedOrInflected(form);
    return word != null && word.is(Token.Trait.COMMON);
  }

  /** Returns the phrases that start with a word, longest first. */
  List<Phrase> phrasesStartingWith(String key) {
    List<Phrase> found = phrases.get(key);
    return found != null ? found : List.of();
  }

  List<QuestionType> questionTypes() {
    return questionTypes;
  }

  /** Returns the bits of the question types that a noun after "what" asks for. */
  long questionTypesOfNoun(String noun) {
    return questionTypesByNoun.getOrDefault(noun, 0L);
  }

  /** Returns whether all question types with these bits are "what", "how" or "why". */
  boolean areOpenEnded(long types) {
    return (types & ~openEndedTypes) == 0;
  }

  /** Returns the code of the language with a bit of {@link Word#languages}. */
  String language(int bit) {
    return languages.get(bit);
  }

  private static final class English {
    static final Lexicon LEXICON = new Lexicon(read());

    private static Map<WordList, String> read() {
      Map<WordList, String> lists = new EnumMap<>(WordList.class);
      for (WordList list : WordList.values()) {
        lists.put(list, read(list));
      }
      return lists;
    }

    private static String read(WordList list) {
      try (InputStream in = WordList.class.getResourceAsStream(list.fileName())) {
        if (in == null) {
          throw new IllegalStateException(
              "word list " + list.fileName() + " is not on the class path");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException("word list " + list.fileName() + " cannot be read", e);
      }
    }
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
   * them asks for something else than a text with the other. Only some lists use the label and the
   * value after {@code =}. Case is ignored unless the documentation of a constant specifies
   * otherwise.
   */
  public enum WordList {
    /** Ordinary words in their base form. A word that is in no list counts as a name. */
    COMMON_WORDS("common-words"),

    /** Nouns that have no synonym: replacing one by another asks for something else. */
    DISTINCT_NOUNS("distinct-nouns"),

    /** Words without content of their own, such as articles, pronouns and politeness formulas. */
    FUNCTION_WORDS("function-words"),

    /**
     * Irregular forms, spelling variants and abbreviations of a word: {@code buy: bought}. A form
     * in capitals, such as {@code US}, matches only text in capitals.
     */
    WORD_FORMS("word-forms"),

    /** Words with opposite or mutually exclusive meanings, one group for each meaning. */
    OPPOSITES("opposites"),

    /**
     * Words that can replace one another without changing the question, one line for each meaning.
     * Under the label {@code light}: words that any other word can replace.
     */
    SYNONYMS("synonyms"),

    /** Days, months and holidays, one group for each. */
    DATES("dates"),

    /**
     * Members of a category, such as cities, one line for each category and one group for each
     * member. Proper nouns start with a capital.
     */
    NAMES("names"),

    /**
     * Units and currencies, one line for each quantity that they measure and one group for each
     * unit. The value is the size of the unit relative to the other units of its line.
     */
    UNITS("units"),

    /**
     * Number words with their values. The labels are {@code cardinal}, {@code multiplier}, {@code
     * vague} and {@code ordinal} (compared only with another number), and {@code clock} (minutes
     * after midnight).
     */
    NUMBERS("numbers"),

    /**
     * Question phrases. The label is what they ask for. The first group contains the phrases, the
     * second group nouns that ask for the same after "what".
     */
    QUESTIONS("questions"),

    /**
     * Negations, under the labels {@code negation}, {@code idiom} (a phrase with a negation that
     * negates nothing) and {@code adverse} (a word that implies a negation, such as "fail").
     */
    NEGATIONS("negations"),

    /**
     * Words that relate parts of a sentence. The labels are {@code role} (words of direction, one
     * group for each direction), {@code infinitive} (words after which "to" starts an infinitive),
     * {@code symmetric} (words that make the order of the parts irrelevant) and {@code conjunction}
     * (words that join parts in any order).
     */
    RELATIONS("relations"),

    /** Frequent words of other languages. The label is the code of the language. */
    LANGUAGES("languages");

    private final String fileName;

    WordList(String name) {
      this.fileName = name + ".txt";
    }

    /** Returns the name of the resource with the English list, relative to this class. */
    String fileName() {
      return fileName;
    }
  }
}
