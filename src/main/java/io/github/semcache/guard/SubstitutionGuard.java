package io.github.semcache.guard;

import io.github.semcache.guard.Word.Trait;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Objects to one content word in place of another that does not mean the same, where all other
 * words are as they were and in their places: causes in place of symptoms.
 */
record SubstitutionGuard(Lexicon words) implements Guard {
  private static final Set<String> ARTICLES = Set.of("a", "an", "the");

  /** The lists of which one side holds words that mean the same. */
  private static final List<WordList> SAME_MEANING =
      List.of(WordList.SYNONYMS, WordList.OPPOSITES, WordList.DATES, WordList.UNITS);

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    Token asked = difference.onlyContentAsked();
    Token cached = difference.onlyContentCached();
    boolean substituted =
        asked != null
            && cached != null
            && difference.mayBeEnglish()
            && isOther(asked, cached)
            && isAlikeOtherwise(difference, asked, cached);
    return substituted ? Optional.of(RejectionReason.REPLACED_WORD) : Optional.empty();
  }

  /** Whether the second text is the first with one word in place of another. */
  private static boolean isAlikeOtherwise(Difference difference, Token word, Token other) {
    List<Token> asked = withoutArticles(difference.asked());
    List<Token> cached = withoutArticles(difference.cached());
    if (asked.size() != cached.size() || asked.size() < 2) {
      return false;
    }
    for (int i = 0; i < asked.size(); i++) {
      Token here = asked.get(i);
      Token there = cached.get(i);
      boolean same = here.key().equals(there.key());
      if (!same && !(here.equals(word) && there.equals(other))) {
        return false;
      }
    }
    return true;
  }

  private static List<Token> withoutArticles(Analysis text) {
    return text.tokens().stream().filter(token -> !ARTICLES.contains(token.key())).toList();
  }

  private static boolean isOther(Token a, Token b) {
    return isOrdinary(a)
        && isOrdinary(b)
        && !a.is(Trait.LIGHT)
        && !b.is(Trait.LIGHT)
        && SAME_MEANING.stream().noneMatch(list -> a.word().isBeside(b.word(), list));
  }

  /** Whether a word of content is no name; names are looked at by {@link NameGuard}. */
  private static boolean isOrdinary(Token token) {
    return token.isContent() && token.is(Trait.COMMON);
  }
}
