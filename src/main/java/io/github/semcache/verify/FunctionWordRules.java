package io.github.semcache.verify;

import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.verify.PairFeatures;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Differences in words without content of their own that change what is asked: "this bag" and "that
 * bag", "all fares" and "any fares", "when it rains" and "until it rains".
 */
final class FunctionWordRules {
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

  private static final Set<String> ANY = Set.of("any", "some");
  private static final Set<String> EVERY = Set.of("every", "each", "all");

  /** Words that begin a condition or a relative clause. */
  private static final Set<String> CLAUSES =
      Set.of("if", "where", "that", "which", "when", "unless", "with");

  /** Words before a condition that is not fulfilled yet. */
  private static final Set<String> UNFULFILLED = Set.of("until", "unless");

  private static final Set<String> SUBJECT_QUESTIONS = Set.of("who", "what", "which");

  private static final Set<String> LISTS = Set.of("list", "playlist");

  /** Words between "list" and its name: "the list of books", "a list for shopping". */
  private static final Set<String> NAMING = Set.of("of", "for", "called", "named");

  /** Words before "list" that are not its name. */
  private static final Set<String> UNNAMED =
      Set.of(
          "a", "an", "the", "my", "our", "your", "this", "that", "i", "me", "please", "to", "you",
          "can", "and", "new");

  private static final Set<String> OBJECTS = Set.of("me", "us");

  private FunctionWordRules() {}

  /** Returns the reason why two texts with these differences ask for something else, or null. */
  static @Nullable String difference(TextDiff diff, PairFeatures features) {
    List<Token> first = diff.first().tokens();
    List<Token> second = diff.second().tokens();
    Set<String> a = forms(first);
    Set<String> b = forms(second);
    for (Set<String> group : EXCLUSIVE) {
      if (onlyIn(group, a, b) && onlyIn(group, b, a)) {
        return "exclusive-word";
      }
    }
    if (!features.hasUnmatchedContent()
        && (isSubjectExchanged(first, second)
            || WordOrderRules.areCountsExchanged(first, second))) {
      return "order";
    }
    if (isOtherDemonstrative(first, second)
        || isOtherCondition(first, second)
        || isOtherCondition(second, first)
        || isOtherQuantifier(first, second, a, b)
        || isOtherQuantifier(first, second, b, a)
        || isQuantifiedOtherwise(first, second)
        || isQuantifiedOtherwise(second, first)) {
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
    return WordOrderRules.isTransposed(first, second) ? "order" : null;
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

  /** Returns whether "any file" becomes "every file", other than in "show me any flight". */
  private static boolean isQuantifiedOtherwise(List<Token> first, List<Token> second) {
    String any = quantified(first, ANY);
    return !any.isEmpty() && any.equals(quantified(second, EVERY));
  }

  /** Returns the key of the word after a quantifier in a condition or a relative clause. */
  private static String quantified(List<Token> tokens, Set<String> quantifiers) {
    boolean isClause = false;
    for (int i = 0; i + 1 < tokens.size(); i++) {
      if (isClause && quantifiers.contains(tokens.get(i).form())) {
        return tokens.get(i + 1).key();
      }
      isClause |= CLAUSES.contains(tokens.get(i).form());
    }
    return "";
  }

  /** Returns whether "who does it" becomes "who did it". */
  private static boolean isOtherTense(List<Token> present, List<Token> past) {
    return present.size() > 1
        && past.size() > 1
        && SUBJECT_QUESTIONS.contains(present.get(0).form())
        && present.get(1).key().equals(past.get(1).key())
        && present.get(1).isContent()
        && present.get(1).form().endsWith("s")
        && isPast(past.get(1));
  }

  /**
   * Returns whether a verb is in the past: another form than those in "-s" and "-ing". Who "makes"
   * a thing often means the same as who "made" it.
   */
  private static boolean isPast(Token verb) {
    String form = verb.form();
    return form.endsWith("ed")
        || (!form.equals(verb.key())
            && !form.endsWith("s")
            && !form.endsWith("ing")
            && !form.equals("made"));
  }

  /**
   * Returns whether "when it rains" becomes "until it rains", other than in a question, or "before
   * it rains" in a command.
   */
  private static boolean isOtherCondition(List<Token> first, List<Token> second) {
    Set<String> a = forms(first);
    Set<String> b = forms(second);
    return a.contains("when")
        && !b.contains("when")
        && !first.get(0).form().equals("when")
        && (UNFULFILLED.stream().anyMatch(b::contains)
            || (b.contains("before")
                && !a.contains("before")
                && first.get(0).isContent()
                && second.get(0).isContent()))
        && UNFULFILLED.stream().noneMatch(a::contains)
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
   * Returns whether "I" in one text is "me" in the other, except in "I need" and "give me", and in
   * the passive: "was I charged", "did you charge me".
   */
  private static boolean isSubjectExchanged(List<Token> first, List<Token> second) {
    if (RoleRules.isPassive(first, second) || RoleRules.isPassive(second, first)) {
      return false;
    }
    Set<String> a = PairFeatures.formsWithoutRequests(first);
    Set<String> b = PairFeatures.formsWithoutRequests(second);
    Set<String> subjects = RoleRules.FIRST_PERSONS;
    return (onlyIn(subjects, a, b) && onlyIn(OBJECTS, b, a))
        || (onlyIn(subjects, b, a) && onlyIn(OBJECTS, a, b));
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
      int joining = i > 1 && RoleRules.ARTICLES.contains(before) ? i - 2 : i - 1;
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
}
