package io.github.semcache.verify;

import static java.util.Comparator.comparingInt;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes requests in one language that differ only in forms that do not change the answer:
 * "Wie kündige ich mein Abo?" and "Wie kann ich mein Abo kündigen?". Immutable and thread-safe.
 *
 * <p>Each text has a set of readings, which are lists of words in a common form. Two texts are the
 * same request if they have a reading in common. All words that no line of the resource mentions
 * must be the same, in the same order.
 */
final class RequestForms {
  private static final String RESOURCE = "request-forms.txt";

  /** The maximum number of words of a text. Longer texts are rarely plain requests. */
  private static final int MAX_WORDS = 40;

  /** The maximum number of words of a sentence in which a time has the same meaning everywhere. */
  private static final int MAX_SENTENCE = 12;

  private static final Pattern QUOTING = Pattern.compile("[:：;；《》「」『』\\n]");
  private static final int MIN_STEM = 3;
  private static final String VERB = "*";
  private static final String NONE = "-";

  /** A phrase and the words that stand for it. */
  private record Rewriting(List<String> phrase, List<String> replacement) {}

  /** The start of a text, with the place of its verb, the kind of request, and the endings. */
  private record Form(List<String> start, String kind, String endings) {

    /** Returns the endings of the infinitives of this kind of request. */
    String infinitive() {
      return kind.endsWith("-self") ? "self" : "inf";
    }

    boolean isInfinitive() {
      return endings.equals(infinitive());
    }
  }

  private final List<List<String>> courtesies = new ArrayList<>();
  private final Map<String, List<Rewriting>> rewritings = new HashMap<>();
  private final Map<String, Set<String>> words = new HashMap<>();
  private final Map<String, List<String>> endings = new HashMap<>();
  
  /** Letters of stems and what replaces them. */
  private final List<String[]> stems = new ArrayList<>();

  private final List<Form> forms = new ArrayList<>();

  /** The first words of forms and of groups of phrases. */
  private final Set<String> starts = new HashSet<>();

  private RequestForms() {}

  /** Returns the forms of a language, or null if there are none. */
  static @Nullable RequestForms of(String language) {
    return BuiltIn.LANGUAGES.get(language);
  }

  /** Returns the languages in which both texts start with a phrase of a form or of a group. */
  static List<RequestForms> startedBy(SurfaceTokens first, SurfaceTokens second) {
    if (first.words.isEmpty() || second.words.isEmpty()) {
      return List.of();
    }
    String a = first.lowerCaseWords().get(0);
    String b = second.lowerCaseWords().get(0);
    return BuiltIn.LANGUAGES.values().stream()
        .filter(forms -> forms.starts.contains(a) && forms.starts.contains(b))
        .toList();
  }

  /** Returns whether two texts in this language are the same request. */
  boolean areSame(SurfaceTokens first, SurfaceTokens second) {
    List<String> a = new ArrayList<>(split(first.lowerCaseWords()));
    List<String> b = new ArrayList<>(split(second.lowerCaseWords()));
    if (areWordsSubject(first, a) || areWordsSubject(second, b)) {
      return false;
    }
    List<String> courtesyOfFirst = removeCourtesy(a);
    List<String> courtesyOfSecond = removeCourtesy(b);
    boolean courtesy =
        courtesyOfFirst.isEmpty()
            || courtesyOfSecond.isEmpty()
            || courtesyOfFirst.equals(courtesyOfSecond);
    return courtesy
        && !Collections.disjoint(readings(a, isQuestion(first)), readings(b, isQuestion(second)));
  }

  /** Returns whether a text is long, quotes something, or is about words. */
  private boolean areWordsSubject(SurfaceTokens text, List<String> tokens) {
    return tokens.size() > MAX_WORDS
        || text.isCode
        || !text.quotes.isEmpty()
        || QUOTING.matcher(text.text).find()
        || rewrite(tokens, "anywhere", false).stream().anyMatch(words("wording")::contains);
  }

  private static boolean isQuestion(SurfaceTokens text) {
    return text.text.indexOf('?') >= 0 || text.text.indexOf('？') >= 0;
  }

  /** Splits words in Chinese characters, between which there is no space. */
  private static List<String> split(List<String> words) {
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

  /**
   * Removes phrases without meaning and returns them. In Chinese, where they are also parts of
   * words, it removes them only from the start, and returns none.
   */
  private List<String> removeCourtesy(List<String> tokens) {
    List<String> removed = new ArrayList<>();
    for (List<String> courtesy : courtesies) {
      boolean chinese = UnicodeScript.of(courtesy.get(0).codePointAt(0)) == UnicodeScript.HAN;
      int at = chinese ? 0 : Math.max(0, Collections.indexOfSubList(tokens, courtesy));
      if (startsWith(tokens, courtesy, at) && tokens.size() > courtesy.size()) {
        tokens.subList(at, at + courtesy.size()).clear();
        removed.addAll(chinese ? List.of() : courtesy);
      }
    }
    return removed;
  }

  private Set<List<String>> readings(List<String> text, boolean question) {
    List<String> tokens = rewrite(text, "anywhere", false);
    tokens = rewrite(tokens, "start", true);
    if (tokens.stream().anyMatch(words("tomorrow")::contains)) {
      tokens = rewrite(tokens, "future", true);
    }
    Set<List<String>> readings = new HashSet<>();
    readings.add(inOrder("", "", tokens));
    for (Form form : forms) {
      boolean command = form.start.equals(List.of(VERB)) || form.endings.equals("polite");
      if (startsWith(tokens, form.start, 0) && !(command && question)) {
        addVerb(form, tokens, readings);
      }
    }
    addQuestions(tokens, readings);
    return readings;
  }

  /** Adds the readings of a text with a verb in a form: the kind, the stem, and the other words. */
  private void addVerb(Form form, List<String> tokens, Set<List<String>> readings) {
    List<String> rest = new ArrayList<>(tokens.subList(form.start.size(), tokens.size()));
    if (form.endings.equals(NONE)) {
      readings.add(inOrder(form.kind, "", rest));
      return;
    }
    int place = form.start.indexOf(VERB);
    boolean last = place < 0 && words("infinitive").contains("last");
    if (place < 0 && rest.isEmpty()) {
      return;
    }
    String verb = place >= 0 ? tokens.get(place) : rest.remove(last ? rest.size() - 1 : 0);
    if (rest.isEmpty()) {
      return;
    }
    List<String> infinitives = infinitives(verb, form);
    infinitives.forEach(infinitive -> readings.add(inOrder(form.kind, infinitive, rest)));
    if (place >= 0 && rest.size() > 1) {
      List<String> others = rest.subList(0, rest.size() - 1);
      String particle = rest.get(rest.size() - 1);
      infinitives.forEach(
          infinitive -> readings.add(inOrder(form.kind, particle + infinitive, others)));
    }
  }

  /** Returns the infinitives that a verb may have in a form, with changed stems. */
  private List<String> infinitives(String verb, Form form) {
    for (String ending : endings.getOrDefault(form.endings, List.of())) {
      if (verb.endsWith(ending) && verb.length() - ending.length() >= MIN_STEM) {
        String stem = verb.substring(0, verb.length() - ending.length());
        for (String[] change : stems) {
          stem = stem.replace(change[0], change[1]);
        }
        return form.isInfinitive() ? List.of(stem + ending) : join(stem, form.infinitive());
      }
    }
    return List.of();
  }

  private List<String> join(String stem, String infinitive) {
    return endings.getOrDefault(infinitive, List.of()).stream().map(stem::concat).toList();
  }

  /** Adds the readings of a question whose question phrase or whose verb may stand last. */
  private void addQuestions(List<String> tokens, Set<List<String>> readings) {
    for (Rewriting adverb : rewritings.getOrDefault("adverb", List.of())) {
      int at = Collections.indexOfSubList(tokens, adverb.phrase);
      int end = at + adverb.phrase.size();
      boolean outer = at == 0 || end == tokens.size() || end == tokens.size() - 1;
      if (at < 0 || !outer || (at > 0 && !words("determiner").contains(tokens.get(0)))) {
        continue;
      }
      List<String> rest = new ArrayList<>(tokens.subList(0, at));
      rest.addAll(tokens.subList(end, tokens.size()));
      String kind = String.join(" ", adverb.replacement);
      readings.add(inOrder(kind, "", rest));
      if (!rest.isEmpty() && words("determiner").contains(rest.get(0))) {
        Collections.rotate(rest, 1);
        readings.add(inOrder(kind, "", rest));
      }
    }
  }

  /** Returns a reading in which a time such as "today" is the last word. */
  private List<String> inOrder(String kind, String verb, List<String> tokens) {
    List<String> reading = rewrite(tokens, "class " + kind, false);
    int time = placeOfTime(reading);
    if (time >= 0) {
      reading.add(reading.remove(time));
    }
    reading.add(0, kind);
    reading.add(1, verb);
    return reading;
  }

  /** Returns the place of the only time of a sentence if it may stand elsewhere, or -1. */
  private int placeOfTime(List<String> tokens) {
    int place = -1;
    for (int i = 0; i < tokens.size(); i++) {
      if (words("moving").contains(tokens.get(i))) {
        if (place >= 0) {
          return -1;
        }
        place = i;
      }
    }
    boolean attribute = place > 0 && words("determiner").contains(tokens.get(place - 1));
    boolean clauses = tokens.stream().anyMatch(words("clause")::contains);
    return attribute || clauses || tokens.size() > MAX_SENTENCE ? -1 : place;
  }

  /** Replaces phrases of a list, at the start or at every place. */
  private List<String> rewrite(List<String> tokens, String list, boolean atStart) {
    List<Rewriting> candidates = rewritings.getOrDefault(list, List.of());
    List<String> result = new ArrayList<>(tokens.size());
    int i = 0;
    while (i < tokens.size()) {
      Rewriting found = i > 0 && atStart ? null : find(candidates, tokens, i);
      if (found == null) {
        result.add(tokens.get(i++));
      } else {
        result.addAll(found.replacement);
        i += found.phrase.size();
      }
    }
    return result;
  }

  private static @Nullable Rewriting find(List<Rewriting> list, List<String> tokens, int at) {
    for (Rewriting one : list) {
      if (startsWith(tokens, one.phrase, at)) {
        return one;
      }
    }
    return null;
  }

  private static boolean startsWith(List<String> tokens, List<String> phrase, int at) {
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

  private Set<String> words(String list) {
    return words.getOrDefault(list, Set.of());
  }

  private void read(String label, List<String> values) {
    List<List<String>> phrases =
        values.stream().map(value -> split(List.of(value.split(" ")))).toList();
    String[] parts = label.split(" ");
    if (label.startsWith("form") || label.equals("start")) {
      phrases.forEach(phrase -> starts.add(phrase.get(0)));
    }
    switch (parts[0]) {
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

  /** Sorts by length, because the longest phrase counts. */
  private void sort() {
    rewritings.values().forEach(list -> list.sort(comparingInt(one -> -one.phrase.size())));
    courtesies.sort(comparingInt(phrase -> -phrase.size()));
  }

  private static final class BuiltIn {
    static final Map<String, RequestForms> LANGUAGES = read();

    private static Map<String, RequestForms> read() {
      Map<String, RequestForms> languages = new LinkedHashMap<>();
      try (InputStream in = RequestForms.class.getResourceAsStream(RESOURCE)) {
        if (in == null) {
          throw new IllegalStateException(RESOURCE + " is not on the class path");
        }
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        text.lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .forEach(line -> read(line, languages));
      } catch (IOException e) {
        throw new UncheckedIOException(RESOURCE + " cannot be read", e);
      }
      languages.values().forEach(RequestForms::sort);
      return languages;
    }

    private static void read(String line, Map<String, RequestForms> languages) {
      int space = line.indexOf(' ');
      int colon = line.indexOf(": ");
      languages
          .computeIfAbsent(line.substring(0, space), key -> new RequestForms())
          .read(
              line.substring(space + 1, colon), List.of(line.substring(colon + 2).split(", ")));
    }
  }
}
