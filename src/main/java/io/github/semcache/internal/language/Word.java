package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.Token.Direction;
import io.github.semcache.internal.language.Token.Trait;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The dictionary entry of a word or phrase. Immutable. */
final class Word {
  private static final Set<Trait> NUMERIC =
      EnumSet.of(Trait.CARDINAL, Trait.MULTIPLIER, Trait.VAGUE, Trait.ORDINAL, Trait.CLOCK);

  /** As in "an hour" and "quarter past six". */
  private static final Set<String> QUANTITY_STARTERS = Set.of("a", "an", "half", "quarter");

  private final String key;

  /** Never modified. Not wrapped, because comparing two prompts takes hundreds of lookups in it. */
  private final EnumSet<Trait> traits;

  private final WordGroup[] groups;
  private final List<WordGroup> units;
  private final boolean startsQuantity;
  private final @Nullable Direction direction;
  private final double value;
  private final long languages;

  /**
   * Creates an entry.
   *
   * @param key the base form, which all forms of the word have in common
   * @param traits the properties of the word; empty for a word in no list
   * @param groups the groups that contain the word
   * @param value the value of a number word, or NaN
   * @param languages the other languages in which the word is frequent, one bit each
   */
  Word(String key, Set<Trait> traits, List<WordGroup> groups, double value, long languages) {
    this.key = key;
    this.traits = traits.isEmpty() ? EnumSet.noneOf(Trait.class) : EnumSet.copyOf(traits);
    this.groups = groups.toArray(WordGroup[]::new);
    this.units = groups.stream().filter(group -> group.list() == WordList.UNITS).toList();
    this.startsQuantity =
        QUANTITY_STARTERS.contains(key) || !Collections.disjoint(this.traits, NUMERIC);
    this.direction =
        groups.stream()
            .filter(group -> group.list() == WordList.RELATIONS)
            .findFirst()
            .map(group -> new Direction(group.line(), group.index()))
            .orElse(null);
    this.value = value;
    this.languages = languages;
  }

  private Word(Word other, String key, long languages) {
    this.key = key;
    this.traits = other.traits;
    this.groups = other.groups;
    this.units = other.units;
    this.startsQuantity = other.startsQuantity;
    this.direction = other.direction;
    this.value = other.value;
    this.languages = languages;
  }

  /** Returns the entry of a word that is in no list. */
  static Word unknown(String key) {
    return new Word(key, Set.of(), List.of(), Double.NaN, 0);
  }

  /** Returns the entry of a word that is not listed but derived from a common word. */
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

  /** Returns the value of a number word, or NaN. */
  double value() {
    return value;
  }

  /** Returns the other languages in which the word is frequent, one bit each. */
  long languages() {
    return languages;
  }

  /** Returns the units that the word may denote. */
  List<WordGroup> units() {
    return units;
  }

  /** Returns whether a number, an amount or a time of day may start with the word. */
  boolean startsQuantity() {
    return startsQuantity;
  }

  /** Returns the direction that the word expresses, or null. */
  @Nullable Direction direction() {
    return direction;
  }

  boolean isInGroup() {
    return groups.length > 0;
  }

  boolean is(Trait trait) {
    return traits.contains(trait);
  }

  /** Returns whether the word is in a list or derived from a listed word. */
  boolean isKnown() {
    return is(Trait.LISTED);
  }

  /** Returns whether two words are members of one group of a list. */
  boolean isEquivalentTo(Word other, WordList list) {
    for (WordGroup group : groups) {
      if (group.list() == list) {
        for (WordGroup otherGroup : other.groups) {
          if (group.equals(otherGroup)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Returns whether two words are members of different groups of one line of a list. */
  boolean conflictsWith(Word other, WordList list) {
    for (WordGroup group : groups) {
      if (group.list() == list) {
        for (WordGroup otherGroup : other.groups) {
          if (group.conflictsWith(otherGroup)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
