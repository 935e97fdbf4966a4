package io.github.semcache.internal.verify;

import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.verify.TokenAlignment.Side;
import java.util.Set;

/** Who is meant, how much, and what kind of sentence it is: what function words show. */
final class SentenceFeatures {
  private static final Set<String> BE = Set.of("is", "was", "were", "are", "been", "be");

  /** The persons of pronouns of which one text must not have another one than the other. */
  private static final int THIRD_PERSONS = 0b111000;

  private SentenceFeatures() {}

  static void put(TokenAlignment alignment, FeatureValues out) {
    Side a = alignment.first;
    Side b = alignment.second;
    persons(a, b, out);
    out.set(Feature.QUANTIFIER, unmatched(a, b, FunctionWords.QUANTIFIERS));
    out.set(Feature.MODAL, unmatched(a, b, FunctionWords.MODALS));
    out.set(Feature.PREPOSITION, unmatched(a, b, FunctionWords.PREPOSITIONS));
    out.set(Feature.PASSIVE, isPassive(a) != isPassive(b));
    out.set(Feature.NARRATIVE, Math.min(firstPersons(a), firstPersons(b)));
    boolean questionA = a.question != null;
    boolean questionB = b.question != null;
    out.set(Feature.QUESTION_ADDED, questionA != questionB);
    out.set(Feature.QUESTIONS, (questionA ? 1 : 0) + (questionB ? 1 : 0));
    out.set(Feature.SENTENCES, Math.max(sentences(a), sentences(b)));
  }

  private static void persons(Side first, Side second, FeatureValues out) {
    String x = persons(first);
    String y = persons(second);
    int a = distinct(x);
    int b = distinct(y);
    int onlyA = a & ~b;
    int onlyB = b & ~a;
    boolean replaced = onlyA != 0 && onlyB != 0;
    out.set(Feature.PERSON, replaced ? 2 : ((onlyA | onlyB) & THIRD_PERSONS) != 0 ? 1 : 0);
    out.set(
        Feature.PERSON_ORDER,
        x.length() == 2 && !x.equals(y) && new StringBuilder(x).reverse().toString().equals(y));
  }

  /** Returns the grammatical persons of the pronouns, one digit each. */
  private static String persons(Side side) {
    StringBuilder persons = new StringBuilder();
    for (Token token : side.tokens) {
      int person = FunctionWords.person(token);
      if (person > 0) {
        persons.append(person);
      }
    }
    return persons.toString();
  }

  private static int distinct(String persons) {
    return persons.chars().map(c -> 1 << (c - '0')).reduce(0, (x, y) -> x | y);
  }

  private static int unmatched(Side a, Side b, Set<String> words) {
    return unmatched(a, words) + unmatched(b, words);
  }

  private static int unmatched(Side side, Set<String> words) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      Token token = side.token(i);
      count += side.isUnmatched(i) && !token.isContent() && words.contains(token.form()) ? 1 : 0;
    }
    return count;
  }

  private static boolean isPassive(Side side) {
    boolean be = false;
    for (Token token : side.tokens) {
      if (token.form().equals("by") && be) {
        return true;
      }
      be |= BE.contains(token.form());
    }
    return false;
  }

  private static int firstPersons(Side side) {
    int count = 0;
    for (Token token : side.tokens) {
      count += FunctionWords.person(token) == 1 ? 1 : 0;
    }
    return count;
  }

  private static int sentences(Side side) {
    int count = 0;
    for (Token token : side.tokens) {
      count += token.startsSentence() ? 1 : 0;
    }
    return count;
  }
}
