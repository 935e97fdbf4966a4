package io.github.semcache.internal.language;

import java.util.function.Predicate;

/**
 * The rules that find a small difference by which two texts ask for different things. A rule is a
 * pure function of the difference. The cost is linear in the length of the texts.
 */
public enum DifferenceRule {
  /** A different operator, emoji, or sign. */
  SYMBOL(SymbolRule::appliesTo),
  /** Different languages or scripts. */
  LANGUAGE(LanguageRule::appliesTo),
  /** A different number, date, unit, or currency. */
  REPLACED_NUMBER(ReplacedNumberRule::appliesTo),
  /** A different name, identifier, quotation, or piece of code. */
  REPLACED_NAME(NameRule::appliesTo),
  /** An opposite word. */
  OPPOSITE(OppositeRule::appliesTo),
  /** The same words in another order, if the order matters. */
  SWAPPED_ORDER(OrderRule::appliesTo),
  /** A different question word. */
  QUESTION_WORD(QuestionRule::appliesTo),
  /** A negation that only one text has. */
  NEGATION(NegationRule::appliesTo),
  /** A single content word with a different meaning, and no other difference. */
  REPLACED_WORD(SubstitutionRule::appliesTo),
  /**
   * A number that only one text has. Applies only to texts that may be English, because in other
   * languages the other text may spell out the number in words.
   */
  ADDED_NUMBER(diff -> diff.mayBeEnglish() && diff.isNumberAdded()),
  /** A difference after the part of the texts that is analyzed. */
  UNREAD_REST(diff -> !diff.isUnreadTextSame());

  private final Predicate<TextDiff> condition;

  DifferenceRule(Predicate<TextDiff> condition) {
    this.condition = condition;
  }

  /**
   * Returns whether this rule applies to a difference.
   *
   * @param diff the difference of two texts
   * @return true if the texts ask for different things by this rule
   */
  public boolean appliesTo(TextDiff diff) {
    return condition.test(diff);
  }
}
