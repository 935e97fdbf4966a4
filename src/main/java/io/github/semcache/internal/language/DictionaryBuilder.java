package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.Token.Trait;
import io.github.semcache.internal.language.WordListParser.Group;
import io.github.semcache.internal.language.WordListParser.Line;
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

/** Merges the word lists into one entry for each word. */
final class DictionaryBuilder {
  private static final Pattern GAPS = Pattern.compile("[\\s-]+");
  private static final int MAX_LANGUAGES = Long.SIZE;

  /** The type of questions that may ask for anything. */
  private static final String ANY_QUESTION = "any";

  /** The lists whose groups contain different forms of one word. */
  private static final Set<WordList> FORMS_OF_ONE_WORD =
      EnumSet.of(WordList.UNITS, WordList.DATES, WordList.NAMES);

  private final Map<WordList, List<Line>> lines = new EnumMap<>(WordList.class);
  private final Map<String, WordBuilder> builders = new LinkedHashMap<>();
  private final Map<String, String> baseForms = new HashMap<>();
  private final Map<String, String> capitals = new HashMap<>();
  private final List<String> languages = new ArrayList<>();
  private final Map<String, Word> entries = new LinkedHashMap<>();

  DictionaryBuilder(Map<WordList, String> lists) {
    lists.forEach((list, text) -> lines.put(list, new WordListParser(list).parse(text)));
    addTrait(WordList.FUNCTION_WORDS, Trait.FUNCTION);
    addWordForms();
    addTrait(WordList.COMMON_WORDS, Trait.COMMON);
    addTrait(WordList.DISTINCT_NOUNS, Trait.DISTINCT_NOUN);
    for (WordList list :
        List.of(WordList.OPPOSITES, WordList.UNITS, WordList.DATES, WordList.NAMES)) {
      addGroups(list, lines(list));
    }
    addNumbers();
    addNegations();
    addRelations();
    addSynonyms();
    addQuestions();
    addLanguages();
    buildEntries();
  }

  private List<Line> lines(WordList list) {
    return lines.getOrDefault(list, List.of());
  }

  private void addTrait(WordList list, Trait trait) {
    lines(list).forEach(line -> addTrait(line, trait));
  }

  private void addTrait(Line line, Trait trait) {
    line.words().forEach(word -> builder(word).add(trait));
  }

  private void addWordForms() {
    for (Line line : lines(WordList.WORD_FORMS)) {
      String key = entryKey(line.label());
      builder(key);
      for (String form : line.words()) {
        if (isCapitals(form)) {
          capitals.putIfAbsent(entryKey(form), key);
        } else {
          addForm(form, key);
        }
      }
    }
  }

  private static boolean isCapitals(String form) {
    return form.length() > 1
        && form.equals(form.toUpperCase(Locale.ROOT))
        && form.chars().allMatch(Character::isLetter);
  }

  /** Adds a form of a word, unless the form is itself a word. */
  private void addForm(String form, String key) {
    String formKey = entryKey(form);
    if (!formKey.equals(key) && !builders.containsKey(formKey)) {
      baseForms.putIfAbsent(formKey, key);
    }
  }

  private void addGroups(WordList list, List<Line> lines) {
    for (int line = 0; line < lines.size(); line++) {
      List<Group> groups = lines.get(line).groups();
      for (int index = 0; index < groups.size(); index++) {
        Group group = groups.get(index);
        addGroup(new WordGroup(list, line, index, group.value()), group.words());
      }
    }
  }

  private void addGroup(WordGroup group, List<String> words) {
    boolean oneWord = FORMS_OF_ONE_WORD.contains(group.list());
    for (String word : words) {
      if (oneWord) {
        addForm(word, baseKey(words.get(0)));
      }
      WordBuilder builder = builder(word);
      builder.add(group);
      if (group.list() == WordList.NAMES) {
        boolean proper = Character.isUpperCase(word.codePointAt(0));
        builder.add(proper ? Trait.PROPER_NOUN : Trait.DISTINCT_NOUN);
      }
    }
  }

  private void addNumbers() {
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
      for (Group group : line.groups()) {
        if (Double.isNaN(group.value())) {
          throw WordListParser.malformed(
              WordList.NUMBERS, line.number(), "a number word has no value after =");
        }
        for (String word : group.words()) {
          WordBuilder builder = builder(word);
          builder.add(trait);
          builder.setValue(group.value());
        }
      }
    }
  }

  private void addNegations() {
    for (Line line : lines(WordList.NEGATIONS)) {
      Trait trait =
          switch (line.label()) {
            case "negation" -> Trait.NEGATION;
            case "idiom" -> Trait.NEGATION_IDIOM;
            case "adverse" -> Trait.ADVERSE;
            default -> throw unknownLabel(WordList.NEGATIONS, line);
          };
      addTrait(line, trait);
      if (trait != Trait.ADVERSE) {
        addTrait(line, Trait.FUNCTION);
      }
    }
  }

  private void addRelations() {
    List<Line> directions = new ArrayList<>();
    for (Line line : lines(WordList.RELATIONS)) {
      switch (line.label()) {
        case "role" -> directions.add(line);
        case "symmetric" -> addTrait(line, Trait.SYMMETRIC);
        case "conjunction" -> addTrait(line, Trait.CONJUNCTION);
        case "infinitive" -> addTrait(line, Trait.INFINITIVE);
        default -> throw unknownLabel(WordList.RELATIONS, line);
      }
    }
    addGroups(WordList.RELATIONS, directions);
  }

  private void addSynonyms() {
    List<Line> meanings = new ArrayList<>();
    for (Line line : lines(WordList.SYNONYMS)) {
      switch (line.label()) {
        case "" -> meanings.add(line);
        case "light" -> addTrait(line, Trait.LIGHT);
        default -> throw unknownLabel(WordList.SYNONYMS, line);
      }
    }
    addGroups(WordList.SYNONYMS, meanings);
  }

  /** Marks the first words of question phrases. */
  private void addQuestions() {
    for (Line line : lines(WordList.QUESTIONS)) {
      for (String phrase : line.groups().get(0).words()) {
        builder(GAPS.split(entryKey(phrase), -1)[0]).add(Trait.QUESTION);
      }
    }
  }

  private void addLanguages() {
    for (Line line : lines(WordList.LANGUAGES)) {
      int bit = languages.indexOf(line.label());
      if (bit < 0) {
        bit = languages.size();
        languages.add(line.label());
      }
      if (bit >= MAX_LANGUAGES) {
        throw new IllegalArgumentException(
            "word list LANGUAGES has "
                + (bit + 1)
                + " languages; at most "
                + MAX_LANGUAGES
                + " are supported");
      }
      for (String word : line.words()) {
        builders.computeIfAbsent(entryKey(word), WordBuilder::new).addLanguage(bit);
      }
    }
  }

  private static IllegalArgumentException unknownLabel(WordList list, Line line) {
    return WordListParser.malformed(
        list,
        line.number(),
        "the label \"" + line.label() + "\" is unknown; see WordList." + list + " for the labels");
  }

  private void buildEntries() {
    builders.forEach((key, builder) -> entries.put(key, builder.build()));
    baseForms.forEach(
        (form, key) -> {
          Word word = entries.get(key);
          WordBuilder own = builders.get(form);
          if (word != null) {
            entries.put(form, own == null ? word : word.withLanguages(own.languages()));
          }
        });
  }

  /** Returns the entries of single words by form. */
  Map<String, Word> words() {
    Map<String, Word> single = new HashMap<>();
    entries.forEach(
        (form, word) -> {
          if (form.indexOf(' ') < 0) {
            single.put(form, word);
          }
        });
    return single;
  }

  /** Returns the entries of forms that are written in capitals. */
  Map<String, Word> capitals() {
    Map<String, Word> meanings = new HashMap<>();
    capitals.forEach(
        (form, key) -> meanings.put(form, entries.getOrDefault(key, Word.unknown(key))));
    return meanings;
  }

  List<String> languages() {
    return List.copyOf(languages);
  }

  /** Returns the phrases by the key of their first word, longest first. */
  Map<String, List<Phrase>> phrases(Function<String, Word> find) {
    Map<String, List<Phrase>> phrases = new HashMap<>();
    entries.forEach(
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

  List<QuestionType> questionTypes(Function<String, Word> find) {
    List<QuestionType> types = new ArrayList<>();
    for (Line line : lines(WordList.QUESTIONS)) {
      long bit = line.label().equals(ANY_QUESTION) ? 0 : 1L << types.size();
      types.add(questionType(line, bit, find));
    }
    return List.copyOf(types);
  }

  private static QuestionType questionType(Line line, long bit, Function<String, Word> find) {
    List<List<String>> phrases =
        line.groups().get(0).words().stream().map(phrase -> keys(entryKey(phrase), find)).toList();
    Set<String> nouns =
        line.groups().stream()
            .skip(1)
            .flatMap(group -> group.words().stream())
            .map(noun -> find.apply(entryKey(noun)).key())
            .collect(Collectors.toUnmodifiableSet());
    return new QuestionType(line.label(), bit, phrases, nouns);
  }

  private static List<String> keys(String phrase, Function<String, Word> find) {
    return GAPS.splitAsStream(phrase).map(find).map(Word::key).toList();
  }

  private WordBuilder builder(String word) {
    WordBuilder builder = builders.computeIfAbsent(baseKey(word), WordBuilder::new);
    builder.add(Trait.LISTED);
    return builder;
  }

  private String baseKey(String word) {
    String key = entryKey(word);
    return baseForms.getOrDefault(key, key);
  }

  private static String entryKey(String entry) {
    String folded = Folding.fold(entry);
    String spaced = GAPS.matcher(folded).replaceAll(" ").strip();
    return spaced.isEmpty() ? folded : spaced;
  }
}
