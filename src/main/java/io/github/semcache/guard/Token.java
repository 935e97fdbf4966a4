package io.github.semcache.guard;

import org.jspecify.annotations.Nullable;

/**
 * A word, phrase, number, identifier or symbol of a text.
 *
 * @param kind what it is
 * @param form how it is written, folded
 * @param word what the lexicon knows of it
 * @param capitalized whether it begins with a capital
 * @param initial whether it begins a sentence
 * @param literal whether it stands in quotation marks or is code
 * @param quantity the number that it is
 */
record Token(
    Kind kind,
    String form,
    Word word,
    boolean capitalized,
    boolean initial,
    boolean literal,
    @Nullable Quantity quantity) {

  enum Kind {
    WORD,
    NUMBER,
    /** A part of a quantity that another token stands for. */
    NUMBER_PART,
    /** An address, path, name in code, or mix of letters and digits. */
    IDENTIFIER,
    SYMBOL
  }

  String key() {
    return word.key();
  }

  boolean is(Word.Trait trait) {
    return word.is(trait);
  }

  boolean isNumber() {
    return kind == Kind.NUMBER;
  }

  /** Whether it says something by itself: neither a function word nor part of a quantity. */
  boolean isContent() {
    return switch (kind) {
      case WORD -> literal || !word.is(Word.Trait.FUNCTION);
      case IDENTIFIER -> true;
      case NUMBER, NUMBER_PART, SYMBOL -> false;
    };
  }

  Token withQuantity(Quantity newQuantity) {
    return new Token(
        Kind.NUMBER,
        form,
        word.withKey(newQuantity.key()),
        capitalized,
        initial,
        literal,
        newQuantity);
  }

  Token asNumberPart() {
    return new Token(Kind.NUMBER_PART, form, word, capitalized, initial, literal, null);
  }

  Token meaning(String newForm, Word newWord) {
    return new Token(Kind.WORD, newForm, newWord, capitalized, initial, literal, quantity);
  }
}
