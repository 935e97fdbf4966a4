package io.github.semcache.guard;

import io.github.semcache.guard.Lexicon.Phrase;
import io.github.semcache.guard.Lexicon.QuestionKind;
import io.github.semcache.guard.Word.Side;
import io.github.semcache.guard.Word.Trait;
import io.github.semcache.guard.WordListReader.Entry;
import io.github.semcache.guard.WordListReader.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Puts together what the lists say of each word. */
final class LexiconBuilder {
  private static final Pattern GAPS = Pattern.compile("[\\s-]+");
  private static final int MOST_LANGUAGES = Long.SIZE;

  /** The kind of questions that may ask for anything. */
  private static final String ANY_QUESTION = "any";

  /** The lists whose sides hold several forms of one word. */
  private static final Set<WordList> FORMS_OF_ONE_WORD =
      EnumSet.of(WordList.UNITS, WordList.DATES, WordList.NAMES);

  private final Map<WordList, List<Line>> lines = new EnumMap<>(WordList.class);
  private final Map<String, Draft> drafts = new LinkedHashMap<>();
  private final Map<String, String> canonical = new HashMap<>();
  private final Map<String, String> capitals = new HashMap<>();
  private final List<String> languages = new ArrayList<>();
  private final Map<String, Word> all = new LinkedHashMap<>();

  LexiconBuilder(Map<WordList, String> lists) {
    lists.forEach((list, text) -> lines.put(list, new WordListReader(list).lines(text)));
    readPlain(WordList.FUNCTION_WORDS, Trait.FUNCTION);
    readSame();
    readPlain(WordList.COMMON_WORDS, Trait.COMMON);
    readPlain(WordList.THINGS, Trait.THING);
    for (WordList list :
        List.of(WordList.OPPOSITES, WordList.UNITS, WordList.DATES, WordList.NAMES)) {
      readSides(list, lines(list));
    }
    readNumbers();
    readNegations();
    readRelations();
    readSynonyms();
    readQuestions();
    readLanguages();
    finish();
  }

  private List<Line> lines(WordList list) {
    return lines.getOrDefault(list, List.of());
  }

  private void readPlain(WordList list, Trait trait) {
    for (Line line : lines(list)) {
      line.sides().forEach(side -> side.words().forEach(word -> draft(word).traits.add(trait)));
    }
  }

  private void readSame() {
    for (Line line : lines(WordList.SAME)) {
      String key = entryKey(line.label());
      draft(key);
      for (Entry side : line.sides()) {
        for (String form : side.words()) {
          if (form.length() > 1 && form.equals(form.toUpperCase(Locale.ROOT)) && isWord(form)) {
            capitals.putIfAbsent(entryKey(form), key);
          } else {
            addForm(form, key);
          }
        }
      }
    }
  }

  private static boolean isWord(String form) {
    return form.chars().allMatch(Character::isLetter);
  }

  /** Names a further form of a word, unless the form is a word of its own. */
  private void addForm(String form, String key) {
    String formKey = entryKey(form);
    if (!formKey.equals(key) && !drafts.containsKey(formKey)) {
      canonical.putIfAbsent(formKey, key);
    }
  }

  private void readSides(WordList list, List<Line> lines) {
    for (int number = 0; number < lines.size(); number++) {
      List<Entry> sides = lines.get(number).sides();
      for (int side = 0; side < sides.size(); side++) {
        readSide(list, new Side(list, number, side, sides.get(side).value()), sides.get(side));
      }
    }
  }

  private void readSide(WordList list, Side place, Entry entry) {
    boolean oneWord = FORMS_OF_ONE_WORD.contains(list);
    for (String word : entry.words()) {
      if (oneWord) {
        addForm(word, canonicalKey(entry.words().get(0)));
      }
      Draft draft = draft(word);
      draft.sides.add(place);
      if (list == WordList.NAMES) {
        boolean proper = Character.isUpperCase(word.codePointAt(0));
        draft.traits.add(proper ? Trait.PROPER : Trait.THING);
      }
    }
  }

  private void readNumbers() {
    for (Line line : lines(WordList.NUMBERS)) {
      Trait trait =
          switch (line.label()) {
            case "cardinal" -> Trait.CARDINAL;
            case "multiplier" -> Trait.MULTIPLIER;
            case "vague" -> Trait.VAGUE;
            case "ordinal" -> Trait.ORDINAL;
            case "clock" -> Trait.CLOCK;
            default -> throw unknownLabel(WordList.NUMBERS, line);
          };
      for (Entry side : line.sides()) {
        if (Double.isNaN(side.value())) {
          throw WordListReader.malformed(
              WordList.NUMBERS, line.number(), "a number word has no value after =");
        }
        for (String word : side.words()) {
          Draft draft = draft(word);
          draft.traits.add(trait);
          draft.value = side.value();
        }
      }
    }
  }

  private void readNegations() {
    for (Line line : lines(WordList.NEGATIONS)) {
      Trait trait =
          switch (line.label()) {
            case "negation" -> Trait.NEGATION;
            case "idiom" -> Trait.NEGATION_IDIOM;
            case "adverse" -> Trait.ADVERSE;
            default -> throw unknownLabel(WordList.NEGATIONS, line);
          };
      for (String word : words(line)) {
        draft(word).traits.add(trait);
        if (trait != Trait.ADVERSE) {
          draft(word).traits.add(Trait.FUNCTION);
        }
      }
    }
  }

  private void readRelations() {
    List<Line> roles = new ArrayList<>();
    for (Line line : lines(WordList.RELATIONS)) {
      switch (line.label()) {
        case "role" -> roles.add(line);
        case "symmetric" -> words(line).forEach(word -> draft(word).traits.add(Trait.SYMMETRIC));
        case "conjunction" ->
            words(line).forEach(word -> draft(word).traits.add(Trait.CONJUNCTION));
        case "infinitive" -> words(line).forEach(word -> draft(word).traits.add(Trait.INFINITIVE));
        default -> throw unknownLabel(WordList.RELATIONS, line);
      }
    }
    readSides(WordList.RELATIONS, roles);
  }

  private void readSynonyms() {
    List<Line> meanings = new ArrayList<>();
    for (Line line : lines(WordList.SYNONYMS)) {
      switch (line.label()) {
        case "" -> meanings.add(line);
        case "light" -> words(line).forEach(word -> draft(word).traits.add(Trait.LIGHT));
        default -> throw unknownLabel(WordList.SYNONYMS, line);
      }
    }
    readSides(WordList.SYNONYMS, meanings);
  }

  /** Marks the words with which questions begin. */
  private void readQuestions() {
    for (Line line : lines(WordList.QUESTIONS)) {
      for (String phrase : line.sides().get(0).words()) {
        draft(GAPS.split(entryKey(phrase), -1)[0]).traits.add(Trait.QUESTION);
      }
    }
  }

  private void readLanguages() {
    for (Line line : lines(WordList.LANGUAGES)) {
      int bit = languages.indexOf(line.label());
      if (bit < 0) {
        bit = languages.size();
        languages.add(line.label());
      }
      if (bit >= MOST_LANGUAGES) {
        throw new IllegalArgumentException(
            "word list LANGUAGES has more than " + MOST_LANGUAGES + " languages");
      }
      for (String word : words(line)) {
        Draft draft = drafts.computeIfAbsent(entryKey(word), Draft::new);
        draft.languages |= 1L << bit;
      }
    }
  }

  private static List<String> words(Line line) {
    return line.sides().stream().flatMap(side -> side.words().stream()).toList();
  }

  private static IllegalArgumentException unknownLabel(WordList list, Line line) {
    return WordListReader.malformed(
        list,
        line.number(),
        "the label \""
            + line.label()
            + "\" is unknown; WordList."
            + list
            + " tells which there are");
  }

  private void finish() {
    drafts.forEach((key, draft) -> all.put(key, draft.word()));
    canonical.forEach(
        (form, key) -> {
          Word word = all.get(key);
          Draft own = drafts.get(form);
          if (word != null) {
            all.put(form, own == null ? word : own.as(word));
          }
        });
  }

  /** Every single word by its form. */
  Map<String, Word> words() {
    Map<String, Word> single = new HashMap<>();
    all.forEach(
        (form, word) -> {
          if (form.indexOf(' ') < 0) {
            single.put(form, word);
          }
        });
    return single;
  }

  /** What forms in capitals mean. */
  Map<String, Word> capitals() {
    Map<String, Word> meanings = new HashMap<>();
    capitals.forEach((form, key) -> meanings.put(form, all.getOrDefault(key, Word.unknown(key))));
    return meanings;
  }

  List<String> languages() {
    return List.copyOf(languages);
  }

  /** Every phrase by the key of its first word. */
  Map<String, List<Phrase>> phrases(Function<String, Word> find) {
    Map<String, List<Phrase>> phrases = new HashMap<>();
    all.forEach(
        (form, word) -> {
          if (form.indexOf(' ') >= 0) {
            Phrase phrase = new Phrase(keys(form, find), word);
            phrases.computeIfAbsent(phrase.keys().get(0), key -> new ArrayList<>()).add(phrase);
          }
        });
    Comparator<Phrase> longestFirst = Comparator.comparing(phrase -> -phrase.keys().size());
    phrases.values().forEach(list -> list.sort(longestFirst));
    return phrases;
  }

  List<QuestionKind> questions(Function<String, Word> find) {
    List<QuestionKind> kinds = new ArrayList<>();
    for (Line line : lines(WordList.QUESTIONS)) {
      long bit = line.label().equals(ANY_QUESTION) ? 0 : 1L << kinds.size();
      kinds.add(question(line, bit, find));
    }
    return List.copyOf(kinds);
  }

  private static QuestionKind question(Line line, long bit, Function<String, Word> find) {
    List<List<String>> phrases =
        line.sides().get(0).words().stream().map(phrase -> keys(entryKey(phrase), find)).toList();
    Set<String> nouns =
        line.sides().stream()
            .skip(1)
            .flatMap(side -> side.words().stream())
            .map(noun -> find.apply(entryKey(noun)).key())
            .collect(Collectors.toUnmodifiableSet());
    return new QuestionKind(line.label(), bit, phrases, nouns);
  }

  private static List<String> keys(String phrase, Function<String, Word> find) {
    return GAPS.splitAsStream(phrase).map(find).map(Word::key).toList();
  }

  private Draft draft(String word) {
    String key = canonicalKey(word);
    Draft draft = drafts.computeIfAbsent(key, Draft::new);
    draft.traits.add(Trait.LISTED);
    return draft;
  }

  private String canonicalKey(String word) {
    String key = entryKey(word);
    return canonical.getOrDefault(key, key);
  }

  private static String entryKey(String entry) {
    String folded = Folding.fold(entry);
    String spaced = GAPS.matcher(folded).replaceAll(" ").strip();
    return spaced.isEmpty() ? folded : spaced;
  }

  /** A word while the lists are read. */
  private static final class Draft {
    private final String key;
    private final EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
    private final List<Side> sides = new ArrayList<>();
    private double value = Double.NaN;
    private long languages;

    Draft(String key) {
      this.key = key;
    }

    Word word() {
      if (traits.contains(Trait.LISTED) && !traits.contains(Trait.PROPER)) {
        traits.add(Trait.COMMON);
      }
      return new Word(key, traits, sides, value, languages);
    }

    /** A form of a word that other languages have too. */
    Word as(Word word) {
      return word.withLanguages(languages);
    }
  }
}
