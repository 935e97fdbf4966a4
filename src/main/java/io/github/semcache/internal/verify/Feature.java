package io.github.semcache.internal.verify;

import java.util.Locale;

/**
 * The features of a pair of prompts, in the order of the model file. Counts refer to the tokens
 * without a counterpart in the other prompt unless stated otherwise; where both prompts have a
 * count, {@code MAX} is the larger and {@code MIN} the smaller one.
 */
enum Feature {
  /** The cosine distance of the prompts. */
  DISTANCE(Direction.LOWERS),
  /** The number of content words of the prompt that has fewer. */
  CONTENT(Direction.FREE),
  /** The number of content words of the prompt that has more. */
  CONTENT_MAX(Direction.FREE),
  /** 1 − the number of tokens of the shorter prompt / that of the longer one. */
  LEN_RATIO(Direction.LOWERS),
  /** The number of content words that both prompts have. */
  SHARED(Direction.FREE),
  NAME_MAX(Direction.LOWERS),
  NAME_MIN(Direction.LOWERS),
  NOUN_MAX(Direction.LOWERS),
  NOUN_MIN(Direction.LOWERS),
  COMMON_MAX(Direction.LOWERS),
  COMMON_MIN(Direction.LOWERS),
  LIGHT_MAX(Direction.LOWERS),
  LIGHT_MIN(Direction.LOWERS),
  LITERAL_MAX(Direction.LOWERS),
  SYMBOL_MAX(Direction.LOWERS),
  /** The number of words that have a synonym in the other prompt. */
  SYNONYMS(Direction.LOWERS),
  /** The number of words whose synonym is the counterpart of another word. */
  COVERED(Direction.LOWERS),
  NUMBER_REPLACED(Direction.LOWERS),
  NUMBER_ADDED(Direction.LOWERS),
  NUMBER_ORDER(Direction.LOWERS),
  UNITS(Direction.LOWERS),
  DATES(Direction.LOWERS),
  OPPOSITE(Direction.LOWERS),
  NEGATION(Direction.LOWERS),
  NEGATION_GUARD(Direction.LOWERS),
  /** 1 if the questions ask for something else, for example when and where. */
  QUESTION(Direction.LOWERS),
  ORDER_GUARD(Direction.LOWERS),
  SYMBOL_GUARD(Direction.LOWERS),
  NAME_GUARD(Direction.LOWERS),
  SUBSTITUTION(Direction.LOWERS),
  /** The number of words with an unfavorable meaning. */
  ADVERSE(Direction.LOWERS),
  /** The number of words in prepositional phrases. */
  PHRASE_MAX(Direction.LOWERS),
  PHRASE_MIN(Direction.LOWERS),
  /** The number of shared words with opposite prepositions. */
  BIND_HARD(Direction.LOWERS),
  /** The number of shared words with other prepositions. */
  BIND_SOFT(Direction.LOWERS),
  /** The number of shared words with a preposition in one prompt only. */
  BIND_ONE(Direction.LOWERS),
  /** The number of pairs of shared words in another order. */
  INVERSIONS(Direction.LOWERS),
  /** The number of pairs of shared words in another order that no preposition explains. */
  FREE_INVERSIONS(Direction.LOWERS),
  /** The number of words at the end. */
  TAIL(Direction.LOWERS),
  /** The number of words at the beginning. */
  HEAD(Direction.FREE),
  /** The number of words next to a shared word. */
  MODIFIER(Direction.LOWERS),
  /** The number of words between the same neighbors as a word of the other prompt. */
  REPLACED(Direction.LOWERS),
  CAPITALIZED(Direction.LOWERS),
  PERSON(Direction.LOWERS),
  PERSON_ORDER(Direction.LOWERS),
  QUANTIFIER(Direction.LOWERS),
  MODAL(Direction.LOWERS),
  PREPOSITION(Direction.LOWERS),
  FUNCTION_MAX(Direction.FREE),
  PASSIVE(Direction.LOWERS),
  /** The logarithm of the number of characters between the common prefix and suffix. */
  REMAINDER(Direction.LOWERS),
  /** The Jaccard distance of the character trigrams. */
  TRIGRAM(Direction.LOWERS),
  /** The number of characters of the common prefix and suffix, relative to the shorter prompt. */
  AFFIX(Direction.FREE),
  /** 1 if the first content words of both prompts have no counterpart. */
  VERB_REPLACED(Direction.LOWERS),
  QUESTION_ADDED(Direction.LOWERS),
  FIRST_CONTENT(Direction.LOWERS),
  /** The number of pronouns of the first person, of all tokens. */
  NARRATIVE(Direction.FREE),
  /** The number of prompts that are questions. */
  QUESTIONS(Direction.FREE),
  SENTENCES(Direction.FREE),
  /** The number of tokens of the longer prompt. */
  TOKENS(Direction.FREE),
  SHARED_NUMBERS(Direction.FREE),
  SHARED_NAMES(Direction.FREE),
  SHARED_PHRASES(Direction.FREE),
  /** The number of numbers that are written in another way, such as "two" and "2". */
  NUMBER_FORM(Direction.LOWERS),
  /** The number of content words that the other prompt has in the singular or plural. */
  PLURAL(Direction.LOWERS),
  /** The number of content words that the other prompt has in another form. */
  INFLECTED(Direction.LOWERS),
  /** The number of content words that the other prompt spells differently. */
  RESPELLED(Direction.LOWERS),
  /** The number of content words whose form the other prompt does not have, except carriers. */
  STRICT_MAX(Direction.LOWERS),
  STRICT_MIN(Direction.LOWERS),
  /** The number of synonyms after the first content word. */
  LATER_SYNONYMS(Direction.LOWERS),
  /** The number of words such as "show" and "find" whose form the other prompt does not have. */
  CARRIER_MAX(Direction.FREE),
  CARRIER_MIN(Direction.FREE),
  /** The number of adverbs of place and time. */
  PLACE(Direction.LOWERS),
  DEMONSTRATIVE(Direction.LOWERS),
  POSSESSIVE(Direction.LOWERS),
  /** The number of prompts that start as a request. */
  REQUESTS(Direction.FREE),
  /** The number of prompts that ask how to do something or why. */
  HOW(Direction.FREE),
  /** The smaller number of first persons in a role other than that of a request, of all tokens. */
  PERSONAL(Direction.FREE),
  /** The number of content words in no list, of all tokens. */
  UNKNOWN(Direction.FREE),
  /** The largest rarity of a word. */
  IDF_MAX(Direction.LOWERS),
  IDF_MAX_SUM(Direction.LOWERS),
  IDF_MIN_SUM(Direction.LOWERS),
  /** The largest log odds of a word to go with different answers. */
  ODDS_MAX(Direction.LOWERS),
  ODDS_MAX_SUM(Direction.LOWERS),
  ODDS_MIN_SUM(Direction.LOWERS),
  /** The rarity of the shared words relative to that of all words. */
  COVERAGE(Direction.RAISES),
  ODDS_TOTAL(Direction.LOWERS),
  SHARED_IDF(Direction.FREE),
  SHARED_IDF_MAX(Direction.FREE),
  /** The distance relative to the rarity that the prompts do not share. */
  REL_DISTANCE(Direction.LOWERS);

  private static final Feature[] ALL = values();

  private final Direction direction;

  Feature(Direction direction) {
    this.direction = direction;
  }

  /** How a larger value may change the score. */
  enum Direction {
    LOWERS('-', -1),
    FREE('?', 0),
    RAISES('+', 1);

    final char mark;
    final int sign;

    Direction(char mark, int sign) {
      this.mark = mark;
      this.sign = sign;
    }
  }

  /**
   * Returns the direction in which the feature may change the score.
   *
   * @return 1 if a larger value never lowers the score, −1 if it never raises it, 0 without
   *     constraint
   */
  int sign() {
    return direction.sign;
  }

  /** Returns the position in the model file, which lists the features in the order of this enum. */
  @SuppressWarnings("EnumOrdinal")
  int index() {
    return ordinal();
  }

  /** Returns the name in the model file, in camel case, and the mark of the direction. */
  String label() {
    StringBuilder label = new StringBuilder();
    boolean upper = false;
    for (char c : name().toLowerCase(Locale.ROOT).toCharArray()) {
      if (c != '_') {
        label.append(upper ? Character.toUpperCase(c) : c);
      }
      upper = c == '_';
    }
    return label.append(direction.mark).toString();
  }

  /** Returns the number of features. */
  static int count() {
    return ALL.length;
  }
}
