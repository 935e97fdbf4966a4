package io.github.semcache.verify;

import static java.util.Comparator.comparingInt;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The forms of requests in one language other than English. The comments of the resource describe
 * its lists. Immutable and thread-safe after reading.
 */
final class LanguageForms {
  private static final String RESOURCE = "request-forms.txt";

  /** The word of a phrase that any word can replace: the verb. */
  static final String VERB = "*";

  private static final String NONE = "-";
  private static final int MIN_STEM = 3;

  /** A phrase and the words that stand for it. */
  record Rewriting(List<String> phrase, List<String> replacement) {}

  /** The start of a text, with the place of its verb, the kind of request, and the endings. */
  record Form(List<String> start, String kind, String endings) {

    /** Returns the endings of the infinitives of this kind of request. */
    String infinitive() {
      return kind.endsWith("-self") ? "self" : "inf";
    }

    boolean hasVerb() {
      return !endings.equals(NONE);
    }

    /** Returns whether a text of this form is a command unless it ends with a question mark. */
    boolean isCommand() {
      return endings.equals("imperative") || endings.equals("polite");
    }
  }

  private final List<List<String>> greetings = new ArrayList<>();
  private final List<List<String>> courtesies = new ArrayList<>();
  private final Map<String, List<Rewriting>> rewritings = new HashMap<>();
  private final Map<String, Set<String>> words = new HashMap<>();
  private final Map<String, List<String>> endings = new HashMap<>();
  private final List<Form> forms = new ArrayList<>();

  /** Letters of stems and what replaces them. */
  private final List<String[]> stems = new ArrayList<>();

  /** The first words of forms and of phrases at the start. */
  private final Set<String> starts = new HashSet<>();

  private LanguageForms() {}

  /** Returns the forms of a language, or null if there are none. */
  static @Nullable LanguageForms of(String language) {
    return BuiltIn.LANGUAGES.get(language);
  }

  static Collection<LanguageForms> all() {
    return BuiltIn.LANGUAGES.values();
  }

  /** Returns whether a form or a phrase of this language starts with the first word of a text. */
  boolean mayStart(SurfaceTokens text) {
    return !text.words.isEmpty() && starts.contains(text.lowerCaseWords().get(0));
  }

  /** Returns whether a text starts with a form or a phrase of several words. */
  boolean isStartOf(SurfaceTokens text) {
    List<String> tokens = text.lowerCaseWords();
    return forms.stream().anyMatch(form -> form.start.size() > 1 && isAt(tokens, form.start, 0))
        || rewritings("start").stream()
            .anyMatch(one -> one.phrase.size() > 1 && isAt(tokens, one.phrase, 0));
  }

  /** Returns phrases without meaning at the start of a text, longest first. */
  List<List<String>> greetings() {
    return greetings;
  }

  /** Returns phrases without meaning, longest first. */
  List<List<String>> courtesies() {
    return courtesies;
  }

  List<Form> forms() {
    return forms;
  }

  /** Returns the phrases of a list, longest first, and what replaces them. */
  List<Rewriting> rewritings(String list) {
    return rewritings.getOrDefault(list, List.of());
  }

  /** Returns whether a text has a word of a list. */
  boolean hasWord(List<String> tokens, String list) {
    return tokens.stream().anyMatch(token -> isWord(token, list));
  }

  boolean isWord(String word, String list) {
    return words.getOrDefault(list, Set.of()).contains(word);
  }

  boolean isInfinitiveLast() {
    return isWord("last", "infinitive");
  }

  /** Replaces phrases of a list at every place. */
  List<String> rewrite(List<String> tokens, String list) {
    List<String> result = new ArrayList<>(tokens.size());
    for (int i = 0; i < tokens.size(); ) {
      Rewriting found = find(rewritings(list), tokens, i);
      if (found == null) {
        result.add(tokens.get(i++));
      } else {
        result.addAll(found.replacement);
        i += found.phrase.size();
      }
    }
    return result;
  }

  /** Replaces the phrase of a list with which a text starts. */
  List<String> rewriteStart(List<String> tokens, String list) {
    Rewriting found = find(rewritings(list), tokens, 0);
    if (found == null) {
      return tokens;
    }
    List<String> result = new ArrayList<>(found.replacement);
    result.addAll(tokens.subList(found.phrase.size(), tokens.size()));
    return result;
  }

  private static @Nullable Rewriting find(List<Rewriting> list, List<String> tokens, int at) {
    for (Rewriting one : list) {
      if (isAt(tokens, one.phrase, at)) {
        return one;
      }
    }
    return null;
  }

  static boolean isAt(List<String> tokens, List<String> phrase, int at) {
    if (at + phrase.size() > tokens.size()) {
      return false;
    }
    for (int i = 0; i < phrase.size(); i++) {
      if (!phrase.get(i).equals(VERB) && !phrase.get(i).equals(tokens.get(at + i))) {
        return false;
      }
    }
    return true;
  }

  /** Returns the infinitives that a verb may have in a form, with changed stems. */
  List<String> infinitives(String verb, Form form) {
    for (String ending : endings.getOrDefault(form.endings, List.of())) {
      if (verb.endsWith(ending) && verb.length() - ending.length() >= MIN_STEM) {
        String stem = verb.substring(0, verb.length() - ending.length());
        for (String[] change : stems) {
          stem = stem.replace(change[0], change[1]);
        }
        List<String> infinitives =
            form.endings.equals(form.infinitive())
                ? List.of(ending)
                : endings.getOrDefault(form.infinitive(), List.of());
        return infinitives.stream().map(stem::concat).toList();
      }
    }
    return List.of();
  }

  /** Splits words in Chinese characters, between which there is no space. */
  static List<String> split(List<String> words) {
    List<String> tokens = new ArrayList<>();
    for (String word : words) {
      if (UnicodeScript.of(word.codePointAt(0)) == UnicodeScript.HAN) {
        word.codePoints().mapToObj(Character::toString).forEach(tokens::add);
      } else {
        tokens.add(word);
      }
    }
    return tokens;
  }

  private void read(String label, List<String> values) {
    List<List<String>> phrases =
        values.stream().map(value -> split(List.of(value.split(" ", -1)))).toList();
    String[] parts = label.split(" ", -1);
    if (parts[0].equals("form") || parts[0].equals("start")) {
      phrases.forEach(phrase -> starts.add(phrase.get(0)));
    }
    switch (parts[0]) {
      case "greeting" -> greetings.addAll(phrases);
      case "courtesy" -> courtesies.addAll(phrases);
      case "start", "anywhere", "future", "adverb", "class" ->
          phrases.forEach(phrase -> add(label, new Rewriting(phrase, phrases.get(0))));
      case "form" -> phrases.forEach(phrase -> forms.add(new Form(phrase, parts[1], parts[2])));
      case "ending" ->
          endings.put(parts[1], values.stream().map(value -> value.replace(NONE, "")).toList());
      case "stem" -> values.forEach(value -> stems.add(value.split("=")));
      case "tomorrow", "moving", "clause", "wording", "determiner", "infinitive" ->
          phrases.forEach(phrase -> addWord(label, phrase));
      default -> throw new IllegalStateException(RESOURCE + " has an unknown list: " + label);
    }
  }

  /** Adds a word. If it consists of several tokens, they become one. */
  private void addWord(String list, List<String> tokens) {
    String word = String.join("", tokens);
    words.computeIfAbsent(list, key -> new HashSet<>()).add(word);
    if (tokens.size() > 1) {
      add("anywhere", new Rewriting(tokens, List.of(word)));
    }
  }

  private void add(String list, Rewriting rewriting) {
    rewritings.computeIfAbsent(list, key -> new ArrayList<>()).add(rewriting);
  }

  private void sort() {
    rewritings.values().forEach(list -> list.sort(comparingInt(one -> -one.phrase.size())));
    greetings.sort(comparingInt(phrase -> -phrase.size()));
    courtesies.sort(comparingInt(phrase -> -phrase.size()));
  }

  private static final class BuiltIn {
    static final Map<String, LanguageForms> LANGUAGES = read();

    private static Map<String, LanguageForms> read() {
      Map<String, LanguageForms> languages = new LinkedHashMap<>();
      try (InputStream in = LanguageForms.class.getResourceAsStream(RESOURCE)) {
        if (in == null) {
          throw new IllegalStateException(RESOURCE + " is not on the class path");
        }
        new String(in.readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .forEach(line -> read(line, languages));
      } catch (IOException e) {
        throw new UncheckedIOException(RESOURCE + " cannot be read", e);
      }
      languages.values().forEach(LanguageForms::sort);
      return languages;
    }

    private static void read(String line, Map<String, LanguageForms> languages) {
      int space = line.indexOf(' ');
      int colon = line.indexOf(": ");
      List<String> values = List.of(line.substring(colon + 2).split(", "));
      languages
          .computeIfAbsent(line.substring(0, space), key -> new LanguageForms())
          .read(line.substring(space + 1, colon), values);
    }
  }
}
