package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.Token.Trait;
import java.util.List;
import java.util.Set;

/**
 * Applies to a single content word with a different meaning ("causes" and "symptoms") if all other
 * words are the same and in the same places.
 */
final class SubstitutionRule {
  private static final Set<String> ARTICLES = Set.of("a", "an", "the");

  /** The lists in which the words of one group have the same meaning. */
  private static final List<WordList> SYNONYM_LISTS =
      List.of(WordList.SYNONYMS, WordList.OPPOSITES, WordList.DATES, WordList.UNITS);

  private SubstitutionRule() {}

  static boolean appliesTo(TextDiff diff) {
    Token first = diff.singleContentTokenOfFirst();
    Token second = diff.singleContentTokenOfSecond();
    return first != null
        && second != null
        && diff.mayBeEnglish()
        && haveDifferentMeanings(first, second)
        && isOnlyDifference(diff, first, second);
  }

  private static boolean haveDifferentMeanings(Token a, Token b) {
    return isCommonWord(a)
        && isCommonWord(b)
        && !a.is(Trait.LIGHT)
        && !b.is(Trait.LIGHT)
        && SYNONYM_LISTS.stream().noneMatch(list -> a.isEquivalentTo(b, list));
  }

  /** Returns whether a token is a content word other than a name; see {@link NameRule}. */
  private static boolean isCommonWord(Token token) {
    return token.isContent() && token.is(Trait.COMMON);
  }

  /** Returns whether the texts are the same except for one word and for articles. */
  private static boolean isOnlyDifference(TextDiff diff, Token word, Token other) {
    List<Token> first = withoutArticles(diff.first());
    List<Token> second = withoutArticles(diff.second());
    if (first.size() != second.size() || first.size() < 2) {
      return false;
    }
    for (int i = 0; i < first.size(); i++) {
      Token a = first.get(i);
      Token b = second.get(i);
      boolean same = a.key().equals(b.key());
      if (!same && !(a.equals(word) && b.equals(other))) {
        return false;
      }
    }
    return true;
  }

  private static List<Token> withoutArticles(TextAnalysis text) {
    return text.tokens().stream().filter(token -> !ARTICLES.contains(token.key())).toList();
  }
}
