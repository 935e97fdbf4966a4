package io.github.semcache.internal.verify;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Kind;
import io.github.semcache.internal.language.Token.Trait;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of two texts, each with its counterpart in the other text if it has one. A counterpart
 * is the same word in any inflection or spelling, or a synonym. Not thread-safe.
 */
final class TokenAlignment {
  /** The maximum number of tokens of one text that are compared with those of the other. */
  private static final int MAX_TOKENS = 512;

  /** The maximum number of unmatched tokens of one text that may be synonyms of others. */
  private static final int MAX_COMPARED = 24;

  private static final int MIN_STEM_LENGTH = 4;

  private static final Set<String> SUFFIXES =
      Set.of(
          "", "s", "e", "es", "ed", "ing", "ion", "ions", "ation", "ations", "al", "als", "ment",
          "ments", "er", "ers", "or", "ors", "ly", "ance", "ence", "able", "y", "ies", "ity", "ure",
          "ures", "ee", "age", "ful", "ness", "ive");

  /** The lists in which the words of one group have the same meaning. */
  private static final WordList[] SYNONYM_LISTS = {
    WordList.SYNONYMS, WordList.OPPOSITES, WordList.DATES, WordList.UNITS, WordList.NAMES
  };

  private static final Set<String> QUESTION_WORDS = Set.of("what", "which");

  /** Nouns after "what" that only repeat what the question asks for: "what city is the capital". */
  private static final Set<String> QUESTION_NOUNS =
      Set.of(
          "city",
          "town",
          "country",
          "state",
          "place",
          "person",
          "people",
          "man",
          "woman",
          "thing",
          "number",
          "word",
          "name",
          "kind",
          "type",
          "sort",
          "company",
          "animal",
          "language");

  /** How a token relates to the other text. */
  enum Relation {
    /** The other text has the word. */
    SAME,
    /** The other text has a synonym or a derived word that has no other counterpart. */
    SYNONYM,
    /** The other text has a synonym, which is the counterpart of another word. */
    COVERED,
    /** The other text has no counterpart. */
    UNMATCHED
  }

  /** One of the texts. */
  static final class Side {
    final List<Token> tokens;
    final Relation[] relations;

    /** The preposition that governs each token, or an empty string. */
    final String[] prepositions;

    /** The question phrase, or null if the text has none. */
    final TextAnalysis.@Nullable Question question;

    private Side(TextAnalysis text, List<Token> unmatched) {
      List<Token> all = text.tokens();
      tokens = all.size() > MAX_TOKENS ? all.subList(0, MAX_TOKENS) : all;
      relations = new Relation[tokens.size()];
      Set<Token> missing = Collections.newSetFromMap(new IdentityHashMap<>());
      missing.addAll(unmatched);
      for (int i = 0; i < relations.length; i++) {
        relations[i] = missing.contains(tokens.get(i)) ? Relation.UNMATCHED : Relation.SAME;
      }
      prepositions = FunctionWords.prepositions(tokens);
      question = text.question();
    }

    int size() {
      return tokens.size();
    }

    Token token(int index) {
      return tokens.get(index);
    }

    boolean isUnmatched(int index) {
      return relations[index] == Relation.UNMATCHED;
    }

    /** Returns the index of each key that occurs once, and -1 for a key that occurs repeatedly. */
    Map<String, Integer> positions() {
      Map<String, Integer> positions = new HashMap<>(size() * 2);
      for (int i = 0; i < size(); i++) {
        Token token = tokens.get(i);
        if (token.isContent() || token.isNumber()) {
          positions.merge(token.key(), i, (a, b) -> -1);
        }
      }
      return positions;
    }
  }

  final TextDiff diff;
  final Side first;
  final Side second;

  TokenAlignment(TextDiff diff) {
    this.diff = diff;
    this.first = new Side(diff.first(), diff.onlyInFirst());
    this.second = new Side(diff.second(), diff.onlyInSecond());
    pairSynonyms();
    coverSynonyms(first, second);
    coverSynonyms(second, first);
    coverQuestionNoun(first, second);
    coverQuestionNoun(second, first);
    coverRatio(first, second);
    coverRatio(second, first);
  }

  /** Matches "out" in "4 out of 6" if the other text has "of": "4 of 6". */
  private static void coverRatio(Side side, Side other) {
    for (int i = 1; i + 2 < side.size(); i++) {
      if (side.isUnmatched(i)
          && side.token(i).form().equals("out")
          && side.token(i + 1).form().equals("of")
          && side.token(i - 1).isNumber()
          && side.token(i + 2).isNumber()
          && other.tokens.stream().anyMatch(token -> token.form().equals("of"))) {
        side.relations[i] = Relation.SAME;
      }
    }
  }

  /** Returns whether a noun after "what" only repeats what the question asks for. */
  static boolean isQuestionNoun(Token token) {
    return QUESTION_NOUNS.contains(token.key());
  }

  /** Matches the noun of "what city is" if the other text asks "what is". */
  private static void coverQuestionNoun(Side side, Side other) {
    for (int i = 1; i + 1 < side.size(); i++) {
      if (side.isUnmatched(i)
          && QUESTION_WORDS.contains(side.token(i - 1).form())
          && isQuestionNoun(side.token(i))
          && !side.token(i + 1).isContent()
          && other.size() > 1
          && QUESTION_WORDS.contains(other.token(0).form())
          && !other.token(1).isContent()) {
        side.relations[i] = Relation.SAME;
      }
    }
  }

  private void pairSynonyms() {
    List<Integer> left = unmatchedContent(first);
    List<Integer> right = unmatchedContent(second);
    for (int i : left) {
      for (int j : right) {
        if (second.isUnmatched(j) && isSynonym(first.token(i), second.token(j))) {
          first.relations[i] = Relation.SYNONYM;
          second.relations[j] = Relation.SYNONYM;
          break;
        }
      }
    }
  }

  private static void coverSynonyms(Side side, Side other) {
    int limit = Math.min(other.size(), MAX_COMPARED * 4);
    for (int i : unmatchedContent(side)) {
      for (int j = 0; j < limit; j++) {
        if (other.token(j).isContent() && isSynonym(side.token(i), other.token(j))) {
          side.relations[i] = Relation.COVERED;
          break;
        }
      }
    }
  }

  private static List<Integer> unmatchedContent(Side side) {
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < side.size() && indices.size() < MAX_COMPARED; i++) {
      if (side.isUnmatched(i) && side.token(i).isContent()) {
        indices.add(i);
      }
    }
    return indices;
  }

  static boolean isSynonym(Token a, Token b) {
    if (a.kind() != Kind.WORD || b.kind() != Kind.WORD || a.isLiteral() || b.isLiteral()) {
      return false;
    }
    for (WordList list : SYNONYM_LISTS) {
      if (a.isEquivalentTo(b, list)) {
        return true;
      }
    }
    return isDerivation(a, b);
  }

  /** Returns whether two ordinary words differ only in their suffixes: "withdraw", "withdrawal". */
  private static boolean isDerivation(Token a, Token b) {
    if (!a.is(Trait.COMMON) || !b.is(Trait.COMMON)) {
      return false;
    }
    String x = a.key();
    String y = b.key();
    int shorter = Math.min(x.length(), y.length());
    int stem = 0;
    while (stem < shorter && x.charAt(stem) == y.charAt(stem)) {
      stem++;
    }
    return stem >= MIN_STEM_LENGTH
        && stem * 2 >= shorter
        && SUFFIXES.contains(x.substring(stem))
        && SUFFIXES.contains(y.substring(stem));
  }
}
