package io.github.semcache.guard;

import java.util.List;
import java.util.Optional;

/** Objects to another number, date, unit or currency in place of one. */
record NumberGuard(Lexicon words) implements Guard {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    boolean number = isReplaced(difference.numbersOnlyAsked(), difference.numbersOnlyCached());
    boolean word =
        difference.mayBeEnglish()
            && (difference.opposes(WordList.UNITS) || difference.opposes(WordList.DATES));
    return number || word ? Optional.of(RejectionReason.REPLACED_NUMBER) : Optional.empty();
  }

  private static boolean isReplaced(List<Quantity> numbers, List<Quantity> others) {
    return numbers.stream().anyMatch(Quantity::isDefinite)
        && others.stream().anyMatch(Quantity::isDefinite);
  }

  /**
   * Objects to a number that only one text has. Silent about other languages, in which the other
   * text may have the number in words.
   */
  record Added(Lexicon words) implements Guard {

    @Override
    public Optional<RejectionReason> reject(PromptPair prompts) {
      Difference difference = prompts.difference(words);
      boolean added =
          difference.mayBeEnglish()
              && (isAdded(difference.numbersOnlyAsked(), difference.numbersOnlyCached())
                  || isAdded(difference.numbersOnlyCached(), difference.numbersOnlyAsked()));
      return added ? Optional.of(RejectionReason.ADDED_NUMBER) : Optional.empty();
    }

    private static boolean isAdded(List<Quantity> numbers, List<Quantity> others) {
      return others.stream().noneMatch(Quantity::isDefinite)
          && numbers.stream().anyMatch(number -> !number.vague());
    }
  }
}
