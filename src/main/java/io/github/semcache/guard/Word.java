package io.github.semcache.guard;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the word lists know of a word or phrase. Immutable. */
final class Word {
  private static final Set<Trait> NUMERIC =
      EnumSet.of(Trait.CARDINAL, Trait.MULTIPLIER, Trait.VAGUE, Trait.ORDINAL, Trait.CLOCK);

  /** As in "an hour" and "quarter past six". */
  private static final Set<String> BEFORE_UNITS = Set.of("a", "an", "half", "quarter");

  private final String key;

  /** Never changed, and not wrapped: a prompt is asked for hundreds of traits. */
  private final EnumSet<Trait> traits;

  private final Side[] sides;
  private final List<Side> units;
  private final boolean beginsQuantity;
  private final @Nullable Side role;
  private final double value;
  private final long languages;

  enum Trait {
    /** An ordinary word, as opposed to a name. */
    COMMON,
    FUNCTION,
    /** A noun that has no synonym. */
    THING,
    /** Listed as a name proper. */
    PROPER,
    /** Says so little that any word may take its place. */
    LIGHT,
    /** In any list of the language. */
    LISTED,
    NEGATION,
    NEGATION_IDIOM,
    /** Says that something does not come about, without a negation. */
    ADVERSE,
    SYMMETRIC,
    /** "and", "or". */
    CONJUNCTION,
    QUESTION,
    INFINITIVE,
    CARDINAL,
    MULTIPLIER,
    VAGUE,
    ORDINAL,
    CLOCK
  }

  /**
   * A place in a list whose lines have sides.
   *
   * @param list the list
   * @param line which line of the list
   * @param side which side of the line
   * @param factor the size of a unit, or NaN
   */
  record Side(WordList list, int line, int side, double factor) {
    boolean opposes(Side other) {
      return list == other.list && line == other.line && side != other.side;
    }

    boolean sameLine(Side other) {
      return list == other.list && line == other.line;
    }
  }

  /**
   * A word.
   *
   * @param key the base form that all forms of the word share
   * @param traits what kind of word it is; empty for a word in no list
   * @param sides on which side of which line it stands
   * @param value what a number word counts
   * @param languages the other languages in which it is frequent, as bits
   */
  Word(String key, Set<Trait> traits, List<Side> sides, double value, long languages) {
    this.key = key;
    this.traits = traits.isEmpty() ? EnumSet.noneOf(Trait.class) : EnumSet.copyOf(traits);
    this.sides = sides.toArray(Side[]::new);
    this.units = sides.stream().filter(side -> side.list() == WordList.UNITS).toList();
    this.beginsQuantity = BEFORE_UNITS.contains(key) || !Collections.disjoint(this.traits, NUMERIC);
    this.role =
        sides.stream().filter(side -> side.list() == WordList.RELATIONS).findFirst().orElse(null);
    this.value = value;
    this.languages = languages;
  }

  private Word(Word other, String key, long languages) {
    this.key = key;
    this.traits = other.traits;
    this.sides = other.sides;
    this.units = other.units;
    this.beginsQuantity = other.beginsQuantity;
    this.role = other.role;
    this.value = other.value;
    this.languages = languages;
  }

  static Word unknown(String key) {
    return new Word(key, Set.of(), List.of(), Double.NaN, 0);
  }

  /** A word that is not listed itself but derived from an ordinary one. */
  static Word derived(String key) {
    return new Word(key, Set.of(Trait.COMMON, Trait.LISTED), List.of(), Double.NaN, 0);
  }

  Word withKey(String newKey) {
    return new Word(this, newKey, languages);
  }

  Word withLanguages(long newLanguages) {
    return new Word(this, key, newLanguages);
  }

  String key() {
    return key;
  }

  /** What a number word counts, or NaN. */
  double value() {
    return value;
  }

  /** The other languages in which it is frequent, as bits. */
  long languages() {
    return languages;
  }

  /** The units that it names; empty if none. */
  List<Side> units() {
    return units;
  }

  /** Whether a number, an amount or a time of day may begin with it. */
  boolean beginsQuantity() {
    return beginsQuantity;
  }

  /** The direction that it shows, or null. */
  @Nullable Side role() {
    return role;
  }

  boolean isOnASide() {
    return sides.length > 0;
  }

  boolean is(Trait trait) {
    return traits.contains(trait);
  }

  boolean known() {
    return is(Trait.LISTED);
  }

  /** Whether this word and another stand on one side of a line of a list. */
  boolean isBeside(Word other, WordList list) {
    for (Side side : sides) {
      if (side.list() == list) {
        for (Side otherSide : other.sides) {
          if (side.equals(otherSide)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Whether this word and another stand on different sides of one line of a list. */
  boolean opposes(Word other, WordList list) {
    for (Side side : sides) {
      if (side.list() == list) {
        for (Side otherSide : other.sides) {
          if (side.opposes(otherSide)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
