package io.github.semcache.internal.language;

/**
 * The rules that find a small difference by which two texts ask for different things. A rule is a
 * pure function of the difference. The cost is linear in the length of the texts.
 */
public enum DifferenceRule {
  /** A different operator, emoji, or sign. */
  SYMBOL,
  /** Different languages or scripts. */
  LANGUAGE,
  /** A different number, date, unit, or currency. */
  REPLACED_NUMBER,
  /** A different name, identifier, quotation, or piece of code. */
  REPLACED_NAME,
  /** An opposite word. */
  OPPOSITE,
  /** The same words in another order, if the order matters. */
  SWAPPED_ORDER,
  /** A different question word. */
  QUESTION_WORD,
  /** A negation that only one text has. */
  NEGATION,
  /** A single content word with a different meaning, and no other difference. */
  REPLACED_WORD,
  /**
   * A number that only one text has. Applies only to texts that may be English, because in other
   * languages the other text may spell out the number in words.
   */
  ADDED_NUMBER,
  /** A difference after the part of the texts that is analyzed. */
  UNREAD_REST;

  /**
   * Returns whether this rule applies to a difference.
   *
   * @param diff the difference of two texts
   * @return true if the texts ask for different things by this rule
   */
  public boolean appliesTo(TextDiff diff) {
    return switch (this) {
      case SYMBOL -> SymbolRule.appliesTo(diff);
      case LANGUAGE -> LanguageRule.appliesTo(diff);
      case REPLACED_NUMBER -> ReplacedNumberRule.appliesTo(diff);
      case REPLACED_NAME -> NameRule.appliesTo(diff);
      case OPPOSITE -> OppositeRule.appliesTo(diff);
      case SWAPPED_ORDER -> OrderRule.appliesTo(diff);
      case QUESTION_WORD -> QuestionRule.appliesTo(diff);
      case NEGATION -> NegationRule.appliesTo(diff);
      case REPLACED_WORD -> SubstitutionRule.appliesTo(diff);
      case ADDED_NUMBER -> diff.mayBeEnglish() && diff.isNumberAdded();
      case UNREAD_REST -> !diff.isUnreadTextSame();
    };
  }
}
