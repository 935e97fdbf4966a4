package io.github.semcache.guard;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Trait;
import io.github.semcache.internal.language.WordList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Rejects a single content word with a different meaning ("causes" and "symptoms") if all other
 * words are the same and in the same places.
 */
record SubstitutionGuard(Dictionary words) implements Guard {
  private static final Set<String> ARTICLES = Set.of("a", "an", "the");

  /** The lists in which the words of one group have the same meaning. */
  private static final List<WordList> SYNONYM_LISTS =
      List.of(WordList.SYNONYMS, WordList.OPPOSITES, WordList.DATES, WordList.UNITS);

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    TextDiff diff = prompts.diff(words);
    Token asked = diff.singleContentTokenOfFirst();
    Token cached = diff.singleContentTokenOfSecond();
    boolean substituted =
        asked != null
            && cached != null
            && diff.mayBeEnglish()
            && haveDifferentMeanings(asked, cached)
            && isOnlyDifference(diff, asked, cached);
    return substituted ? Optional.of(RejectionReason.REPLACED_WORD) : Optional.empty();
  }

  private static boolean haveDifferentMeanings(Token a, Token b) {
    return isCommonWord(a)
        && isCommonWord(b)
        && !a.is(Trait.LIGHT)
        && !b.is(Trait.LIGHT)
        && SYNONYM_LISTS.stream().noneMatch(list -> a.isEquivalentTo(b, list));
  }

  /** Returns whether a token is a content word other than a name; see {@link NameGuard}. */
  private static boolean isCommonWord(Token token) {
    return token.isContent() && token.is(Trait.COMMON);
  }

  /** Returns whether the texts are the same except for one word and for articles. */
  private static boolean isOnlyDifference(TextDiff diff, Token word, Token other) {
    List<Token> asked = withoutArticles(diff.first());
    List<Token> cached = withoutArticles(diff.second());
    if (asked.size() != cached.size() || asked.size() < 2) {
      return false;
    }
    for (int i = 0; i < asked.size(); i++) {
      Token a = asked.get(i);
      Token b = cached.get(i);
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
