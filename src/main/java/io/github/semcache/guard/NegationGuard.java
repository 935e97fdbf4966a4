package io.github.semcache.guard;

import io.github.semcache.guard.Word.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Objects to a negation that only one text has, where the texts are alike otherwise. A negation of
 * something that the other text does not mention, or of the opposite of what it says ("…, it does
 * not work any more") changes nothing.
 */
record NegationGuard(Lexicon words) implements Guard {
  private static final Set<String> IMPERATIVES = Set.of("don't", "dont", "can't", "cant");

  /** On how many words of content after it a negation bears. */
  private static final int REACH = 2;

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    boolean negated =
        difference.mayBeEnglish()
            && !difference.contentReplaced()
            && !difference.opposes(WordList.OPPOSITES, token -> !token.is(Trait.NEGATION))
            && (isNegated(difference.asked(), difference.cached(), difference.onlyCached())
                || isNegated(difference.cached(), difference.asked(), difference.onlyAsked()));
    return negated ? Optional.of(RejectionReason.NEGATION) : Optional.empty();
  }

  /**
   * Whether the first text has a negation that the other has not, and in something that both say.
   */
  private static boolean isNegated(Analysis text, Analysis other, List<Token> onlyOther) {
    if (!text.isNegated()) {
      return false;
    }
    Set<String> denied =
        other.negated().stream().map(Token::key).collect(Collectors.toUnmodifiableSet());
    boolean deniesMore =
        denied.isEmpty()
            || (text.negations() > other.negations()
                && text.negated().stream().map(Token::key).toList().containsAll(denied));
    return deniesMore
        && onlyOther.stream().noneMatch(token -> token.is(Trait.ADVERSE))
        && text.negated().stream()
            .filter(token -> !denied.contains(token.key()))
            .anyMatch(token -> other.has(token.form()) || other.has(token.key()));
  }

  /** How many negations of something there are. */
  static int count(List<Token> tokens) {
    int count = 0;
    for (int i = 0; i < tokens.size(); i++) {
      count += isNegation(tokens, i) ? 1 : 0;
    }
    return count;
  }

  private static boolean isNegation(List<Token> tokens, int index) {
    return tokens.get(index).is(Trait.NEGATION) && !isQuestion(tokens, index);
  }

  /** The words of content that negations bear on; those before one that nothing follows. */
  static List<Token> negated(List<Token> tokens) {
    List<Token> negated = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      if (isNegation(tokens, i)) {
        if (!collect(negated, tokens, i, 1) && !collect(negated, tokens, i, -1)) {
          negated.add(tokens.get(i));
        }
      }
    }
    return negated;
  }

  /** Adds the nearest words of content on one side of a negation; false if there is none. */
  private static boolean collect(List<Token> negated, List<Token> tokens, int index, int step) {
    int found = 0;
    for (int i = index + step; i >= 0 && i < tokens.size() && found < REACH; i += step) {
      if (tokens.get(i).isContent() && !tokens.get(i).is(Trait.NEGATION)) {
        negated.add(tokens.get(i));
        found++;
      }
    }
    return found > 0;
  }

  /** "Isn't it ..." asks the same as "Is it ...". */
  private static boolean isQuestion(List<Token> tokens, int index) {
    Token token = tokens.get(index);
    String form = token.form();
    if (!token.initial() || !(form.endsWith("n't") || form.endsWith("nt"))) {
      return false;
    }
    boolean beforePronoun = index + 1 < tokens.size() && tokens.get(index + 1).is(Trait.FUNCTION);
    return beforePronoun || !IMPERATIVES.contains(form);
  }
}
