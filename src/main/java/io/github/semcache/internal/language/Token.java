package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Dictionary.WordList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A word, phrase, number, identifier or symbol of a text. Immutable. */
public final class Token {
  private final Kind kind;
  private final String form;
  private final Word word;
  private final boolean capitalized;
  private final boolean startsSentence;
  private final boolean literal;
  private final @Nullable Quantity quantity;

  /** The kinds of tokens. */
  public enum Kind {
    /** A word or a phrase. */
    WORD,
    /** A number, an amount or a time of day. */
    NUMBER,
    /** A part of a quantity whose first token is the {@link #NUMBER}. */
    NUMBER_PART,
    /** An address, a path, a name in source code, or a mix of letters and digits. */
    IDENTIFIER,
    /** An operator, an emoji or another symbol. */
    SYMBOL
  }

  /** The properties of words in the dictionary. */
  public enum Trait {
    /** An ordinary word, as opposed to a name. */
    COMMON,
    /** A word without content of its own, such as an article or a pronoun. */
    FUNCTION,
    /** A noun that has no synonym. */
    DISTINCT_NOUN,
    /** A name. */
    PROPER_NOUN,
    /** A word of so little meaning that any other word can replace it. */
    LIGHT,
    /** A word that is in a list of the language, or derived from such a word. */
    LISTED,
    /** A word that negates other words. */
    NEGATION,
    /** A phrase that contains a negation and negates nothing. */
    NEGATION_IDIOM,
    /** A word that implies a negation, such as "fail". */
    ADVERSE,
    /** A word that makes the order of other words irrelevant, such as "between". */
    SYMMETRIC,
    /** A word that joins parts in any order: "and", "or". */
    CONJUNCTION,
    /** A question word. */
    QUESTION,
    /** A word after which "to" starts an infinitive. */
    INFINITIVE,
    /** A number word. */
    CARDINAL,
    /** A number word that multiplies the number before it, such as "hundred". */
    MULTIPLIER,
    /** A number word that is not always a number, such as "one" in "that one". */
    VAGUE,
    /** A number word for a place in a sequence. */
    ORDINAL,
    /** A word for a time of day, such as "noon". */
    CLOCK
  }

  /**
   * The direction that a word such as "from" or "to" expresses.
   *
   * @param line the group of directions that this direction belongs to
   * @param index the index of the direction in that group
   */
  public record Direction(int line, int index) {

    /**
     * Returns whether two directions exclude each other, as "from" and "to" do.
     *
     * @param other the other direction
     * @return whether they exclude each other
     */
    public boolean isOppositeOf(Direction other) {
      return line == other.line && index != other.index;
    }
  }

  /**
   * Creates a token.
   *
   * @param kind the kind
   * @param form the folded text
   * @param word the entry of the dictionary
   * @param capitalized whether the token starts with a capital
   * @param startsSentence whether the token is the first of a sentence
   * @param literal whether the token is quoted or code
   * @param quantity the quantity of a number
   */
  Token(
      Kind kind,
      String form,
      Word word,
      boolean capitalized,
      boolean startsSentence,
      boolean literal,
      @Nullable Quantity quantity) {
    this.kind = kind;
    this.form = form;
    this.word = word;
    this.capitalized = capitalized;
    this.startsSentence = startsSentence;
    this.literal = literal;
    this.quantity = quantity;
  }

  /**
   * Returns the kind of this token.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns the text of this token without differences in case and diacritics.
   *
   * @return the folded text
   */
  public String form() {
    return form;
  }

  /**
   * Returns the key that is equal for tokens of equal meaning: the base form of a word, the value
   * and unit of a number.
   *
   * @return the key
   */
  public String key() {
    return word.key();
  }

  /**
   * Returns whether the word has a property.
   *
   * @param trait the property
   * @return whether the word has it
   */
  public boolean is(Trait trait) {
    return word.is(trait);
  }

  /**
   * Returns whether the word is in a list or derived from a listed word.
   *
   * @return whether the dictionary contains the word
   */
  public boolean isKnown() {
    return word.isKnown();
  }

  /**
   * Returns whether the word is in a list of groups, such as the synonyms.
   *
   * @param list the list
   * @return whether a group of the list contains the word
   */
  public boolean isIn(WordList list) {
    return isEquivalentTo(this, list);
  }

  /**
   * Returns whether this token and another one are a number and a month or a day, the order of
   * which has no meaning: "5 January", "January 5".
   *
   * @param other the other token
   * @return whether one of them is a number and the other is in the list of dates
   */
  public boolean isDateWith(Token other) {
    return (isNumber() && other.isIn(WordList.DATES)) || (other.isNumber() && isIn(WordList.DATES));
  }

  /**
   * Returns whether this token is a number with a unit.
   *
   * @return whether the {@linkplain #key() key} contains a unit
   */
  public boolean hasUnit() {
    return isNumber() && key().indexOf('/') >= 0;
  }

  /**
   * Returns whether this token is a number.
   *
   * @return whether the kind is {@link Kind#NUMBER}
   */
  public boolean isNumber() {
    return kind == Kind.NUMBER;
  }

  /**
   * Returns whether this token has content of its own: a word other than a function word, a quoted
   * word, or an identifier.
   *
   * @return whether this token has content
   */
  public boolean isContent() {
    return switch (kind) {
      case WORD -> literal || !word.is(Trait.FUNCTION);
      case IDENTIFIER -> true;
      case NUMBER, NUMBER_PART, SYMBOL -> false;
    };
  }

  /**
   * Returns whether this token starts with a capital.
   *
   * @return whether it starts with a capital
   */
  public boolean isCapitalized() {
    return capitalized;
  }

  /**
   * Returns whether this token is the first of a sentence.
   *
   * @return whether it is the first
   */
  public boolean startsSentence() {
    return startsSentence;
  }

  /**
   * Returns whether this token is in quotation marks or is code.
   *
   * @return whether it is quoted
   */
  public boolean isLiteral() {
    return literal;
  }

  /**
   * Returns the direction that the word expresses.
   *
   * @return the direction, or null if the word expresses none
   */
  public @Nullable Direction direction() {
    return word.direction();
  }

  /**
   * Returns whether two words are members of one group of a list.
   *
   * @param other the other word
   * @param list the list
   * @return whether they are equivalent
   */
  public boolean isEquivalentTo(Token other, WordList list) {
    return word.isEquivalentTo(other.word, list);
  }

  Word word() {
    return word;
  }

  @Nullable Quantity quantity() {
    return quantity;
  }

  Token withQuantity(Quantity newQuantity) {
    return new Token(
        Kind.NUMBER,
        form,
        word.withKey(newQuantity.key()),
        capitalized,
        startsSentence,
        literal,
        newQuantity);
  }

  Token asNumberPart() {
    return new Token(Kind.NUMBER_PART, form, word, capitalized, startsSentence, literal, null);
  }

  Token withWord(String newForm, Word newWord) {
    return new Token(Kind.WORD, newForm, newWord, capitalized, startsSentence, literal, quantity);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Token token
        && kind == token.kind
        && form.equals(token.form)
        && word.equals(token.word)
        && capitalized == token.capitalized
        && startsSentence == token.startsSentence
        && literal == token.literal
        && Objects.equals(quantity, token.quantity);
  }

  @Override
  public int hashCode() {
    return form.hashCode();
  }
}
