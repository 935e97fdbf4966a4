package io.github.semcache.verify;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Kind;
import io.github.semcache.internal.language.Token.Trait;
import io.github.semcache.internal.verify.PairFeatures;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Differences between two texts that no other feature can outweigh. */
final class PairRules {
  /** Words whose addition never changes a prompt, however short it is. */
  private static final Set<String> FILLERS =
      Set.of(
          "a",
          "an",
          "the",
          "please",
          "pls",
          "plz",
          "kindly",
          "hi",
          "hello",
          "hey",
          "thanks",
          "thank you",
          "thx",
          "um",
          "uh",
          "well",
          "oh",
          "so",
          "and",
          "is");

  private static final Pattern ORDINAL = Pattern.compile("\\d+(st|nd|rd|th)");

  /** The number of shared words at both ends from which a text counts as a template. */
  private static final int MIN_SHARED = 15;

  private static final int MAX_ORDERED = 256;

  private PairRules() {}

  static @Nullable String difference(
      SurfaceTokens asked, SurfaceTokens cached, PairFeatures features) {
    TextDiff diff = features.diff();
    List<Token> first = diff.first().tokens();
    List<Token> second = diff.second().tokens();
    if (first.isEmpty() || second.isEmpty()) {
      return "symbol";
    }
    if (features.isWithoutContent() && !words(first).equals(words(second))) {
      return "short-turn";
    }
    if (hasAddedOrdinal(first, second) || hasAddedOrdinal(second, first)) {
      return "number";
    }
    String replacement = features.replacement();
    if (replacement != null) {
      return replacement;
    }
    String command = CommandRules.difference(asked, cached);
    if (command != null) {
      return command;
    }
    if (ReplacedName.isIn(diff)) {
      return "name";
    }
    String role = RoleRules.difference(first, second);
    if (role != null) {
      return role;
    }
    String function = functionDifference(diff, first, second, features);
    if (function != null) {
      return function;
    }
    if (features.hasUnmatchedContent() || diff.isNumberAdded() || diff.isNumberReplaced()) {
      int shared = sharedEnds(first, second);
      if (shared >= MIN_SHARED && shared * 2 >= Math.max(first.size(), second.size())) {
        return "template";
      }
      if (isPayloadChanged(asked.text, cached.text)) {
        return "template";
      }
    }
    return null;
  }

  /**
   * Returns whether a text has an ordinal number that the other text lacks: "the third chapter".
   * The word "first" also occurs where there is no second one: "who first climbed".
   */
  private static boolean hasAddedOrdinal(List<Token> tokens, List<Token> others) {
    return tokens.stream()
        .filter(token -> token.isNumber() && isOrdinal(token))
        .anyMatch(token -> others.stream().noneMatch(other -> other.key().equals(token.key())));
  }

  private static boolean isOrdinal(Token token) {
    return (token.is(Trait.ORDINAL) || ORDINAL.matcher(token.form()).matches())
        && !token.form().equals("first");
  }

  /** Words of which each excludes the others of its group. */
  private static final List<Set<String>> EXCLUSIVE =
      List.of(
          Set.of("once", "twice", "thrice"),
          Set.of("single", "double", "triple"),
          Set.of("full", "half", "quarter", "third"),
          Set.of("and", "or", "nor"),
          Set.of("all", "some", "none", "no"),
          Set.of("first", "last", "next", "previous", "second"),
          Set.of("he", "she", "they"),
          Set.of("before", "after", "during"),
          Set.of("if", "unless"),
          Set.of("one", "all", "both"),
          Set.of("maybe", "certainly", "never", "always"),
          Set.of("except", "including"),
          Set.of("only", "all"),
          Set.of("yes", "no", "ok", "okay", "cancel"));

  private static final Set<String> DEMONSTRATIVES = Set.of("this", "that", "these", "those");

  private static final Set<String> POLAR =
      Set.of(
          "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "has", "have");

  private static final Set<String> ARTICLES = Set.of("a", "an", "the");

  private static final Set<String> SUBJECT_QUESTIONS = Set.of("who", "what", "which");

  private static final Set<String> LISTS = Set.of("list", "playlist");

  /** Words between "list" and its name: "the list of books", "a list for shopping". */
  private static final Set<String> NAMING = Set.of("of", "for", "called", "named");

  /** Words before "list" that are not its name. */
  private static final Set<String> UNNAMED =
      Set.of(
          "a", "an", "the", "my", "our", "your", "this", "that", "i", "me", "please", "to", "you",
          "can", "and", "new");

  private static final Set<String> SUBJECTS = Set.of("i", "we");
  private static final Set<String> OBJECTS = Set.of("me", "us");

  /** Words that are ignored when the order of the other words is compared. */
  private static final Set<String> AUXILIARIES =
      Set.of("a", "an", "the", "do", "does", "did", "is", "are", "was", "were", "be");

  private static final Set<String> JOINING =
      Set.of("and", "or", "&", "vs", "versus", "with", "between", ",");

  private static @Nullable String functionDifference(
      TextDiff diff, List<Token> first, List<Token> second, PairFeatures features) {
    Set<String> a = forms(first);
    Set<String> b = forms(second);
    for (Set<String> group : EXCLUSIVE) {
      if (onlyIn(group, a, b) && onlyIn(group, b, a)) {
        return "exclusive-word";
      }
    }
    if (!features.hasUnmatchedContent()
        && (isSubjectExchanged(first, second) || areCountsExchanged(first, second))) {
      return "order";
    }
    if (isOtherDemonstrative(first, second)
        || isOtherCondition(first, second)
        || isOtherCondition(second, first)
        || isOtherQuantifier(first, second, a, b)
        || isOtherQuantifier(first, second, b, a)) {
      return "exclusive-word";
    }
    if (isOtherList(first, second)) {
      return "name";
    }
    if (isOtherTense(first, second) || isOtherTense(second, first)) {
      return "tense";
    }
    if (differOnlyByLetter(first, second)) {
      return "name";
    }
    if (addsAlternative(first, diff.onlyInFirst(), diff.onlyInSecond())
        || addsAlternative(second, diff.onlyInSecond(), diff.onlyInFirst())) {
      return "unmatched-word";
    }
    return isTransposed(ordered(first), ordered(second)) ? "order" : null;
  }

  /**
   * Returns whether the same word follows "this" in one text and "that" in the other, or the texts
   * differ in nothing else.
   */
  private static boolean isOtherDemonstrative(List<Token> first, List<Token> second) {
    boolean same = first.size() == second.size();
    Map<String, String> byWord = new HashMap<>();
    for (int i = 0; i < first.size(); i++) {
      same = same && isSameOrDemonstrative(first.get(i), second.get(i));
      if (DEMONSTRATIVES.contains(first.get(i).form())) {
        byWord.put(keyAt(first, i + 1), first.get(i).form());
      }
    }
    if (same) {
      return !demonstratives(first).equals(demonstratives(second));
    }
    for (int i = 0; i + 1 < second.size(); i++) {
      String form = second.get(i).form();
      if (DEMONSTRATIVES.contains(form) && second.get(i + 1).isContent()) {
        String other = byWord.getOrDefault(keyAt(second, i + 1), form);
        if (!other.equals(form)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns whether one question asks about all, and the other about any. */
  private static boolean isOtherQuantifier(
      List<Token> first, List<Token> second, Set<String> all, Set<String> any) {
    return all.contains("all")
        && !all.contains("any")
        && any.contains("any")
        && !any.contains("all")
        && POLAR.contains(first.get(0).form())
        && POLAR.contains(second.get(0).form());
  }

  /** Returns whether "who does it" becomes "who did it". */
  private static boolean isOtherTense(List<Token> present, List<Token> past) {
    return present.size() > 1
        && past.size() > 1
        && SUBJECT_QUESTIONS.contains(present.get(0).form())
        && present.get(1).key().equals(past.get(1).key())
        && present.get(1).form().endsWith("s")
        && past.get(1).form().endsWith("ed");
  }

  /** Returns whether "when it rains" becomes "until it rains", other than in a question. */
  private static boolean isOtherCondition(List<Token> first, List<Token> second) {
    Set<String> a = forms(first);
    Set<String> b = forms(second);
    return a.contains("when")
        && !b.contains("when")
        && !first.get(0).form().equals("when")
        && (b.contains("until") || b.contains("unless"))
        && !a.contains("until")
        && !a.contains("unless")
        && !b.contains("how");
  }

  /** Returns whether the texts name lists differently: "my wish list", "my to do list". */
  private static boolean isOtherList(List<Token> first, List<Token> second) {
    String name = nameOfList(first);
    String other = nameOfList(second);
    return !name.isEmpty()
        && !other.isEmpty()
        && second.stream().noneMatch(token -> token.key().equals(name))
        && first.stream().noneMatch(token -> token.key().equals(other));
  }

  /** Returns the key of the word before "list", or an empty string if it is no name. */
  private static String nameOfList(List<Token> tokens) {
    for (int i = 1; i < tokens.size(); i++) {
      if (LISTS.contains(tokens.get(i).form())) {
        boolean hasOtherName = i + 1 < tokens.size() && NAMING.contains(tokens.get(i + 1).form());
        String name = tokens.get(i - 1).key();
        return hasOtherName || UNNAMED.contains(name) ? "" : name;
      }
    }
    return "";
  }

  private static Set<String> demonstratives(List<Token> tokens) {
    Set<String> found = forms(tokens);
    found.retainAll(DEMONSTRATIVES);
    return found;
  }

  private static boolean isSameOrDemonstrative(Token a, Token b) {
    return a.key().equals(b.key())
        || (DEMONSTRATIVES.contains(a.form()) && DEMONSTRATIVES.contains(b.form()));
  }

  private static String keyAt(List<Token> tokens, int i) {
    return i < tokens.size() ? tokens.get(i).key() : "";
  }

  /**
   * Returns whether one word is repeated instead of another: "who is a if a is b", "... b is a".
   */
  private static boolean areCountsExchanged(List<Token> first, List<Token> second) {
    Map<String, Integer> difference = new HashMap<>();
    first.stream().limit(MAX_ORDERED).forEach(t -> difference.merge(t.key(), 1, Integer::sum));
    second.stream().limit(MAX_ORDERED).forEach(t -> difference.merge(t.key(), -1, Integer::sum));
    Set<String> repeated = new HashSet<>();
    for (List<Token> side : List.of(first, second)) {
      Set<String> seen = new HashSet<>();
      side.stream()
          .limit(MAX_ORDERED)
          .filter(t -> t.isContent() && !seen.add(t.key()))
          .forEach(t -> repeated.add(t.key()));
    }
    return repeated.stream().anyMatch(key -> difference.getOrDefault(key, 0) > 0)
        && repeated.stream().anyMatch(key -> difference.getOrDefault(key, 0) < 0);
  }

  /**
   * Returns whether "I" in one text is "me" in the other, except in "I need" and "give me", and in
   * the passive: "was I charged", "did you charge me".
   */
  private static boolean isSubjectExchanged(List<Token> first, List<Token> second) {
    if (RoleRules.isPassive(first, second) || RoleRules.isPassive(second, first)) {
      return false;
    }
    Set<String> a = PairFeatures.formsWithoutRequests(first);
    Set<String> b = PairFeatures.formsWithoutRequests(second);
    return (onlyIn(SUBJECTS, a, b) && onlyIn(OBJECTS, b, a))
        || (onlyIn(SUBJECTS, b, a) && onlyIn(OBJECTS, a, b));
  }

  private static Set<String> forms(List<Token> tokens) {
    Set<String> forms = new HashSet<>();
    for (Token token : tokens) {
      forms.add(token.form());
    }
    return forms;
  }

  /** Returns whether a text has a word of a group that the other text does not have. */
  private static boolean onlyIn(Set<String> group, Set<String> forms, Set<String> others) {
    for (String word : group) {
      if (forms.contains(word) && !others.contains(word)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a text only adds "and" or "or" and a word: "drink", "drink and drive". */
  private static boolean addsAlternative(
      List<Token> tokens, List<Token> added, List<Token> addedInOther) {
    if (addedInOther.stream().anyMatch(Token::isContent)) {
      return false;
    }
    for (int i = 1; i < tokens.size(); i++) {
      String before = tokens.get(i - 1).form();
      int joining = i > 1 && ARTICLES.contains(before) ? i - 2 : i - 1;
      String form = tokens.get(joining).form();
      if ((form.equals("and") || form.equals("or"))
          && tokens.get(i).isContent()
          && added.contains(tokens.get(i))
          && added.contains(tokens.get(joining))) {
        return true;
      }
    }
    return false;
  }

  private static boolean differOnlyByLetter(List<Token> first, List<Token> second) {
    int letters = 0;
    for (int i = 0; i < first.size() && first.size() == second.size(); i++) {
      String x = first.get(i).form();
      String y = second.get(i).form();
      if (!x.equals(y)) {
        if (x.length() != 1 || y.length() != 1) {
          return false;
        }
        letters++;
      }
    }
    return letters > 0;
  }

  private static List<Token> ordered(List<Token> tokens) {
    return tokens.stream()
        .limit(MAX_ORDERED)
        .filter(token -> !AUXILIARIES.contains(token.key()))
        .toList();
  }

  /** Returns whether two texts are the same except that two words have exchanged their places. */
  private static boolean isTransposed(List<Token> a, List<Token> b) {
    if (a.size() != b.size()) {
      return false;
    }
    int first = -1;
    int second = -1;
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).key().equals(b.get(i).key())) {
        if (second >= 0) {
          return false;
        }
        if (first < 0) {
          first = i;
        } else {
          second = i;
        }
      }
    }
    if (second < 0
        || !a.get(first).key().equals(b.get(second).key())
        || !a.get(second).key().equals(b.get(first).key())) {
      return false;
    }
    List<String> between = a.subList(first + 1, second).stream().map(Token::key).toList();
    return between.isEmpty()
        ? !isDate(a.get(first), a.get(second)) && !isDate(a.get(second), a.get(first))
        : !JOINING.containsAll(between);
  }

  /** Returns whether two words are a number and a month, whose order has no meaning. */
  private static boolean isDate(Token number, Token month) {
    return number.isNumber() && month.isIn(WordList.DATES);
  }

  private static List<String> words(List<Token> tokens) {
    return tokens.stream()
        .filter(token -> token.kind() != Kind.NUMBER_PART)
        .map(Token::key)
        .filter(form -> !FILLERS.contains(form))
        .toList();
  }

  private static int sharedEnds(List<Token> a, List<Token> b) {
    int shorter = Math.min(a.size(), b.size());
    int prefix = 0;
    while (prefix < shorter && a.get(prefix).key().equals(b.get(prefix).key())) {
      prefix++;
    }
    int suffix = 0;
    while (suffix < shorter - prefix
        && a.get(a.size() - 1 - suffix).key().equals(b.get(b.size() - 1 - suffix).key())) {
      suffix++;
    }
    return prefix + suffix;
  }

  /**
   * Returns whether the texts have the same words before a colon or line break, and others after.
   */
  private static boolean isPayloadChanged(String asked, String cached) {
    int i = payload(asked);
    int j = payload(cached);
    return i > 0 && j > 0 && asked.substring(0, i).equalsIgnoreCase(cached.substring(0, j));
  }

  private static int payload(String text) {
    int colon = text.indexOf(": ");
    int line = text.indexOf('\n');
    int end = colon < 0 ? line : line < 0 ? colon : Math.min(colon, line);
    return end > 0 && end + 2 < text.length() ? end : -1;
  }
}
