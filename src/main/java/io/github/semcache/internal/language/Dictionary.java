package io.github.semcache.internal.language;

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
 */
public final class Dictionary {
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

  private Dictionary(Map<WordList, String> lists) {
    DictionaryBuilder builder = new DictionaryBuilder(lists);
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
   * @return the dictionary, the same instance for every call
   */
  public static Dictionary english() {
    return English.DICTIONARY;
  }

  /**
   * Returns a dictionary with one list replaced.
   *
   * @param list the list
   * @param text the lines of the list, in the format that {@link WordList} describes; may be empty
   * @return a dictionary with the new list and the other lists of this dictionary
   * @throws IllegalArgumentException if a line does not have that format
   */
  public Dictionary replacing(WordList list, String text) {
    Map<WordList, String> changed = new EnumMap<>(lists);
    changed.put(requireNonNull(list, "list"), requireNonNull(text, "text"));
    return new Dictionary(changed);
  }

  /**
   * Returns a dictionary with lines added to one list.
   *
   * @param list the list
   * @param text the lines to add, in the format that {@link WordList} describes
   * @return a dictionary with the extended list and the other lists of this dictionary
   * @throws IllegalArgumentException if a line does not have that format
   */
  public Dictionary adding(WordList list, String text) {
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
    static final Dictionary DICTIONARY = new Dictionary(read());

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
   * The word lists of a dictionary. {@code guard.Lexicon.WordList} describes their content and
   * their format.
   */
  public enum WordList {
    /** Ordinary words. */
    COMMON_WORDS("common-words"),
    /** Nouns without synonyms. */
    DISTINCT_NOUNS("distinct-nouns"),
    /** Words without content of their own. */
    FUNCTION_WORDS("function-words"),
    /** Irregular forms and variants. */
    WORD_FORMS("word-forms"),
    /** Words with opposite meanings. */
    OPPOSITES("opposites"),
    /** Words with the same meaning. */
    SYNONYMS("synonyms"),
    /** Days, months and holidays. */
    DATES("dates"),
    /** Members of categories. */
    NAMES("names"),
    /** Units and currencies. */
    UNITS("units"),
    /** Number words. */
    NUMBERS("numbers"),
    /** Question phrases. */
    QUESTIONS("questions"),
    /** Negations. */
    NEGATIONS("negations"),
    /** Words that relate parts of a sentence. */
    RELATIONS("relations"),
    /** Words of other languages. */
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
