package io.github.semcache.policy.guard;

import io.github.semcache.policy.guard.Word.Trait;
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
  public Optional<GuardReason> objection(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    boolean substituted =
        difference.mayBeEnglish() && difference.contentReplaced() && isSubstitution(difference);
    return substituted ? Optional.of(GuardReason.REPLACED_WORD) : Optional.empty();
  }

  private static boolean isSubstitution(Difference difference) {
    List<Token> asked = withoutArticles(difference.asked());
    List<Token> remembered = withoutArticles(difference.remembered());
    if (asked.size() != remembered.size() || asked.size() < 2) {
      return false;
    }
    int replaced = -1;
    for (int i = 0; i < asked.size(); i++) {
      if (!asked.get(i).key().equals(remembered.get(i).key())) {
        if (replaced >= 0) {
          return false;
        }
        replaced = i;
      }
    }
    return replaced >= 0
        && difference.onlyAsked().contains(asked.get(replaced))
        && difference.onlyRemembered().contains(remembered.get(replaced))
        && isOther(asked.get(replaced), remembered.get(replaced));
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
