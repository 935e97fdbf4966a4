package io.github.semcache.verify;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Trait;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Differences in who does what: two words that exchange their places ("a snack before dinner",
 * "dinner before a snack"), and a subject that becomes an object ("do I owe", "am I owed").
 */
final class RoleRules {
  private static final int MAX_TOKENS = 128;
  private static final int MIN_STEM_LENGTH = 4;
  private static final int MAX_SUFFIX_LENGTH = 5;

  /** The maximum distance of two words that exchange their places, in words. */
  private static final int MAX_DISTANCE = 6;

  /** The number of words between a form of "be" and a participle. */
  private static final int MAX_AUXILIARY_DISTANCE = 3;

  static final Set<String> ARTICLES = Set.of("a", "an", "the");

  /** Words beside which an order has no meaning: "cats and dogs". */
  private static final Set<String> JOINING = Set.of("and", "or", "nor", "vs", "versus", "between");

  private static final Set<String> BE =
      Set.of("am", "is", "are", "was", "were", "be", "been", "being", "get", "got", "gets", "i'm");

  private static final Set<String> SUBJECTS =
      Set.of("i", "we", "you", "he", "she", "they", "it", "who");

  private static final Set<String> POSSESSIVES = Set.of("my", "our");

  private static final Set<String> PERSONS =
      Set.of(
          "brother",
          "sister",
          "mother",
          "mom",
          "mum",
          "father",
          "dad",
          "wife",
          "husband",
          "partner",
          "son",
          "daughter",
          "child",
          "kid",
          "baby",
          "parent",
          "friend",
          "boss",
          "manager",
          "employer",
          "employee",
          "landlord",
          "tenant",
          "doctor",
          "neighbor",
          "neighbour",
          "colleague",
          "coworker",
          "roommate",
          "dog",
          "cat",
          "bank",
          "team",
          "client",
          "customer");

  private static final Set<String> ENABLING =
      Set.of(
          "for", "let", "help", "assist", "tell", "give", "show", "allow", "enable", "make", "send",
          "get", "advise", "with", "explain");

  private static final Set<String> DEPARTING = Set.of("leave", "left", "exit", "depart");

  private static final Set<String> TIME_CLAUSES = Set.of("when", "once", "as", "after", "whenever");

  static final Set<String> FIRST_PERSONS = Set.of("i", "we");

  /** Words that begin a clause about the word before them. */
  private static final Set<String> RELATIVES = Set.of("that", "which", "because");

  private static final Set<String> AUXILIARIES =
      Set.of("do", "does", "did", "can", "could", "will", "would", "should", "must", "may");

  private static final Set<String> DETERMINERS =
      Set.of("a", "an", "the", "my", "your", "our", "their", "his", "her", "its", "this", "that");

  private static final Set<String> PREPOSITIONS =
      Set.of("by", "in", "on", "at", "for", "with", "from", "to", "of", "about", "than");

  private static final Map<String, String> OBJECTS =
      Map.of("i", "me", "we", "us", "he", "him", "she", "her", "they", "them");

  private RoleRules() {}

  /** Returns the reason why two texts give other roles to the same words, or null. */
  static @Nullable String difference(List<Token> first, List<Token> second) {
    List<Token> a = withoutArticles(first);
    List<Token> b = withoutArticles(second);
    return arePlacesExchanged(a, b)
            || isSubjectReplaced(a, b)
            || isSubjectRenamed(a, b)
            || isSubjectRenamed(b, a)
            || isSubjectAnotherPerson(first, second)
            || isSubjectAnotherPerson(second, first)
            || areSidesExchanged(first, second)
            || isDeparture(a) != isDeparture(b)
            || RelationRules.areDifferent(a, b)
            || isVoiceChanged(a, b)
            || isVoiceChanged(b, a)
        ? "order"
        : null;
  }

  /**
   * Returns whether a verb in a clause without its own question has another pronoun as its subject:
   * "the flight that you cancelled", "the flight that I cancelled".
   */
  private static boolean isSubjectReplaced(List<Token> a, List<Token> b) {
    for (int i = 2; i < a.size(); i++) {
      int j = isSubjectOfClause(a, i - 1) ? find(a.get(i), b) : -1;
      if (j > 1
          && isSubjectOfClause(b, j - 1)
          && !a.get(i - 1).form().equals(b.get(j - 1).form())
          && !(FIRST_PERSONS.contains(a.get(i - 1).form())
              && FIRST_PERSONS.contains(b.get(j - 1).form()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSubjectOfClause(List<Token> tokens, int i) {
    Token before = tokens.get(i - 1);
    return SUBJECTS.contains(tokens.get(i).form())
        && (before.isContent() || RELATIVES.contains(before.form()));
  }

  /**
   * Returns whether "do I" asks about the speaker, who is the object of the other question: "do I
   * owe tax on a gift from my parents", "do my parents owe tax on a gift to me".
   */
  private static boolean isSubjectRenamed(List<Token> a, List<Token> b) {
    return a.size() > 1
        && b.size() > 1
        && startWithAuxiliaries(a, b)
        && a.get(1).form().equals("i")
        && isObject(indexOf("me", b, 0), b)
        && indexOf("me", a, 0) < 0
        && indexOf("i", b, 0) < 0
        && !isPassive(a, b);
  }

  /** Returns whether "can I" becomes "can my brother", who is not in the other text. */
  private static boolean isSubjectAnotherPerson(List<Token> a, List<Token> b) {
    return a.size() > 2
        && b.size() > 2
        && startWithAuxiliaries(a, b)
        && FIRST_PERSONS.contains(a.get(1).form())
        && POSSESSIVES.contains(b.get(1).form())
        && PERSONS.contains(b.get(2).key())
        && a.stream().noneMatch(token -> isSame(token, b.get(2)));
  }

  private static boolean startWithAuxiliaries(List<Token> a, List<Token> b) {
    return AUXILIARIES.contains(a.get(0).form()) && AUXILIARIES.contains(b.get(0).form());
  }

  /** Returns whether "me" is not the object of a verb such as "let me" or "help me". */
  private static boolean isObject(int me, List<Token> tokens) {
    return me > 0 && !ENABLING.contains(tokens.get(me - 1).key());
  }

  /** Returns whether a text is about the time when someone leaves: "when I leave the office". */
  private static boolean isDeparture(List<Token> tokens) {
    for (int i = 2; i < tokens.size(); i++) {
      if (DEPARTING.contains(tokens.get(i).form())
          && SUBJECTS.contains(tokens.get(i - 1).form())
          && TIME_CLAUSES.contains(tokens.get(i - 2).form())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether all words before and after a word have exchanged their places in a question:
   * "how do plants affect the climate of the earth", "how does the climate of the earth affect
   * plants".
   */
  private static boolean areSidesExchanged(List<Token> a, List<Token> b) {
    if (hasSymmetry(a) || hasSymmetry(b) || !startsAsQuestion(a) || !startsAsQuestion(b)) {
      return false;
    }
    for (int i = 1; i + 1 < Math.min(a.size(), MAX_TOKENS); i++) {
      int j = isVerb(a, i) ? find(a.get(i), b) : -1;
      if (j > 0 && j + 1 < b.size() && isVerb(b, j)) {
        Set<String> before = contentKeys(a.subList(0, i));
        Set<String> after = contentKeys(a.subList(i + 1, a.size()));
        if (!before.isEmpty()
            && !after.isEmpty()
            && before.equals(contentKeys(b.subList(j + 1, b.size())))
            && after.equals(contentKeys(b.subList(0, j)))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns whether an auxiliary verb precedes all content words. */
  private static boolean startsAsQuestion(List<Token> tokens) {
    for (Token token : tokens) {
      if (token.isContent() || AUXILIARIES.contains(token.form())) {
        return !token.isContent();
      }
    }
    return false;
  }

  /**
   * Returns whether a word may be a verb: it is no date, no determiner precedes it, and no
   * preposition follows it.
   */
  private static boolean isVerb(List<Token> tokens, int i) {
    return tokens.get(i).isContent()
        && !tokens.get(i).isIn(WordList.DATES)
        && !DETERMINERS.contains(tokens.get(i - 1).form())
        && !PREPOSITIONS.contains(tokens.get(i + 1).form());
  }

  private static Set<String> contentKeys(List<Token> tokens) {
    Set<String> keys = new HashSet<>();
    tokens.stream().filter(Token::isContent).forEach(token -> keys.add(token.key()));
    return keys;
  }

  static int indexOf(String form, List<Token> tokens, int start) {
    for (int i = start; i < tokens.size(); i++) {
      if (tokens.get(i).form().equals(form)) {
        return i;
      }
    }
    return -1;
  }

  private static List<Token> withoutArticles(List<Token> tokens) {
    return tokens.stream()
        .limit(MAX_TOKENS)
        .filter(token -> !ARTICLES.contains(token.form()))
        .toList();
  }

  /**
   * Returns whether two words stand before and after the same words, in another order: "X before
   * Y", "Y before X".
   */
  private static boolean arePlacesExchanged(List<Token> a, List<Token> b) {
    if (hasSymmetry(a) || hasSymmetry(b)) {
      return false;
    }
    int[] counterparts = a.stream().mapToInt(token -> find(token, b)).toArray();
    for (int i = 0; i < counterparts.length; i++) {
      int end = Math.min(counterparts.length, i + MAX_DISTANCE + 1);
      for (int j = i + 2; j < end && counterparts[i] >= 0; j++) {
        int x = counterparts[j];
        int y = counterparts[i];
        if (x >= 0 && y - x == j - i && isSame(a.subList(i + 1, j), b.subList(x + 1, y))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean hasSymmetry(List<Token> tokens) {
    return tokens.stream().anyMatch(token -> token.is(Trait.SYMMETRIC));
  }

  /** Returns whether two texts are the same and give an order to the words beside them. */
  private static boolean isSame(List<Token> a, List<Token> b) {
    for (int i = 0; i < a.size(); i++) {
      String key = a.get(i).key();
      if (!key.equals(b.get(i).key()) || JOINING.contains(key)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the index of the only token that is the same content word, or -1. */
  static int find(Token word, List<Token> tokens) {
    int found = -1;
    for (int i = 0; i < tokens.size() && isWord(word); i++) {
      if (isWord(tokens.get(i)) && isSame(word, tokens.get(i))) {
        if (found >= 0) {
          return -1;
        }
        found = i;
      }
    }
    return found;
  }

  private static boolean isWord(Token token) {
    return token.isContent() || token.form().equals("us");
  }

  /** Returns whether two words are equal or differ in their endings: "mexico", "mexican". */
  private static boolean isSame(Token a, Token b) {
    if (a.key().equals(b.key())) {
      return true;
    }
    String x = a.form();
    String y = b.form();
    int stem = 0;
    while (stem < Math.min(x.length(), y.length()) && x.charAt(stem) == y.charAt(stem)) {
      stem++;
    }
    return stem >= MIN_STEM_LENGTH && Math.max(x.length(), y.length()) - stem <= MAX_SUFFIX_LENGTH;
  }

  /** Returns whether the person who does something in one text is the object in the other. */
  private static boolean isVoiceChanged(List<Token> active, List<Token> passive) {
    for (int i = 1; i < passive.size(); i++) {
      String subject = passiveSubject(passive, i);
      if (subject != null && isActiveIn(active, passive.get(i), subject)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isParticiple(Token token) {
    return token.isContent() && (!token.form().equals(token.key()) || token.form().endsWith("ed"));
  }

  /**
   * Returns the pronoun beside a form of "be" before a participle; null if there is none, or if the
   * word is no participle.
   */
  private static @Nullable String passiveSubject(List<Token> tokens, int participle) {
    if (!isParticiple(tokens.get(participle))) {
      return null;
    }
    String subject = null;
    boolean be = false;
    int start = Math.max(0, participle - MAX_AUXILIARY_DISTANCE);
    for (int i = participle - 1; i >= start && !tokens.get(i).isContent(); i--) {
      String form = tokens.get(i).form();
      be |= BE.contains(form);
      if (subject == null && SUBJECTS.contains(form)) {
        subject = form;
      }
    }
    return be && !tokens.get(participle).form().endsWith("ing") ? subject : null;
  }

  /**
   * Returns whether one text says in the passive what the other says in the active: "was I charged
   * a fee", "did you charge me a fee".
   */
  static boolean isPassive(List<Token> passive, List<Token> active) {
    for (int i = 1; i < passive.size(); i++) {
      Token participle = passive.get(i);
      String subject = passiveSubject(passive, i);
      String object = subject == null ? null : OBJECTS.get(subject);
      for (int j = 0; j + 1 < active.size() && object != null; j++) {
        if (isSame(active.get(j), participle) && active.get(j + 1).form().equals(object)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns whether a pronoun is the subject of a verb without a form of "be". */
  private static boolean isActiveIn(List<Token> tokens, Token verb, String subject) {
    for (int i = 1; i < tokens.size(); i++) {
      if (isSame(tokens.get(i), verb) && tokens.get(i - 1).form().equals(subject)) {
        return i < 2 || !BE.contains(tokens.get(i - 2).form());
      }
    }
    return false;
  }
}
