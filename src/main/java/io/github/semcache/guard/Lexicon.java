package io.github.semcache.guard;

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
 * The words that guards know: which are ordinary, which are opposites, numbers, units, names and so
 * on. Immutable and safe for use by many threads.
 *
 * <p>A guard stays silent about words that it does not know, and about texts in other languages. To
 * adapt the lists, replace one by your own or add to it:
 *
 * <pre>{@code
 * Lexicon words = Lexicon.english().adding(WordList.OPPOSITES, "sandbox | production");
 * Guards guards = Guards.of(words);
 * }</pre>
 */
public final class Lexicon {
  private static final int LONGEST_DERIVED = 24;

  /** A power of two. */
  private static final int CACHED_WORDS = 2_048;

  private final Map<WordList, String> lists;
  private final Map<String, Word> words;
  private final Map<String, Word> capitals;
  private final Map<String, List<Phrase>> phrases;
  private final List<QuestionKind> questions;
  private final Map<String, Long> questionsByNoun;
  private final List<String> languages;

  /** Words that are in no list, by their hashes: to take one apart costs a hundred look-ups. */
  private final AtomicReferenceArray<@Nullable Word> unlisted =
      new AtomicReferenceArray<>(CACHED_WORDS);

  /**
   * A phrase of several words that means one thing.
   *
   * @param keys the keys of its words
   * @param word what it means
   */
  record Phrase(List<String> keys, Word word) {}

  /**
   * One thing that a question can ask for.
   *
   * @param name what is asked for
   * @param bit its own bit; 0 for questions that may ask for anything
   * @param phrases how it is asked, as the keys of the words
   * @param nouns what may follow "what" to ask for the same
   */
  record QuestionKind(String name, long bit, List<List<String>> phrases, Set<String> nouns) {

    /** How many tokens the longest phrase has that stands at a place; 0 if none does. */
    int longestMatch(List<Token> tokens, int start) {
      int longest = 0;
      for (List<String> phrase : phrases) {
        if (phrase.size() > longest && stands(phrase, tokens, start)) {
          longest = phrase.size();
        }
      }
      return longest;
    }

    private static boolean stands(List<String> phrase, List<Token> tokens, int start) {
      if (start + phrase.size() > tokens.size()) {
        return false;
      }
      for (int i = 0; i < phrase.size(); i++) {
        if (!tokens.get(start + i).key().equals(phrase.get(i))) {
          return false;
        }
      }
      return true;
    }
  }

  private Lexicon(Map<WordList, String> lists) {
    LexiconBuilder builder = new LexiconBuilder(lists);
    this.lists = lists;
    this.words = builder.words();
    this.capitals = builder.capitals();
    this.languages = builder.languages();
    this.phrases = builder.phrases(this::find);
    this.questions = builder.questions(this::find);
    this.questionsByNoun = new HashMap<>();
    questions.forEach(
        kind ->
            kind.nouns().forEach(noun -> questionsByNoun.merge(noun, kind.bit(), (a, b) -> a | b)));
  }

  /**
   * The lists that come with the library: English words, and the frequent words of other languages
   * by which these are told apart.
   *
   * @return the lexicon; the same one at each call
   */
  public static Lexicon english() {
    return English.LEXICON;
  }

  /**
   * Replaces a list.
   *
   * @param list which list
   * @param text its lines, in the form that {@link WordList} describes; may be empty
   * @return a lexicon with that list and the others of this one
   * @throws IllegalArgumentException if a line is not of that form
   */
  public Lexicon replacing(WordList list, String text) {
    Map<WordList, String> changed = new EnumMap<>(lists);
    changed.put(requireNonNull(list, "list"), requireNonNull(text, "text"));
    return new Lexicon(changed);
  }

  /**
   * Adds to a list.
   *
   * @param list which list
   * @param text the lines to add, in the form that {@link WordList} describes
   * @return a lexicon with the longer list and the others of this one
   * @throws IllegalArgumentException if a line is not of that form
   */
  public Lexicon adding(WordList list, String text) {
    return replacing(list, lists.get(list) + "\n" + requireNonNull(text, "text"));
  }

  /**
   * Looks up a word.
   *
   * @param form the folded word
   * @return what is known of it, never null
   */
  Word find(String form) {
    Word word = listedOrInflected(form);
    if (word != null) {
      return word;
    }
    int slot = form.hashCode() & (unlisted.length() - 1);
    Word before = unlisted.get(slot);
    if (before != null && before.key().equals(form)) {
      return before;
    }
    Word found =
        form.length() <= LONGEST_DERIVED && Inflections.isDerived(form, this::isOrdinary)
            ? Word.derived(form)
            : Word.unknown(form);
    if (form.length() <= LONGEST_DERIVED) {
      unlisted.set(slot, found);
    }
    return found;
  }

  /** Looks up a word that is written in capitals; null if it has no meaning of its own as such. */
  @Nullable Word findCapitals(String form) {
    return capitals.get(form);
  }

  /** The word that is listed in this form, or null. */
  @Nullable Word listed(String form) {
    return words.get(form);
  }

  /** The word or the base form that is listed, or null. */
  @Nullable Word listedOrInflected(String form) {
    Word word = words.get(form);
    return word != null ? word : Inflections.base(form, words::get);
  }

  private boolean isOrdinary(String form) {
    Word word = listedOrInflected(form);
    return word != null && word.is(Word.Trait.COMMON);
  }

  /** The phrases that begin with a word, the longest first. */
  List<Phrase> phrasesFrom(String key) {
    List<Phrase> found = phrases.get(key);
    return found != null ? found : List.of();
  }

  List<QuestionKind> questions() {
    return questions;
  }

  /** The bits of the kinds of questions that a noun after "what" asks. */
  long questionsOf(String noun) {
    return questionsByNoun.getOrDefault(noun, 0L);
  }

  /** The name of the language that a bit of {@link Word#languages} stands for. */
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
}
