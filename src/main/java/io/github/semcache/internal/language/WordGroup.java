package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Dictionary.WordList;

/**
 * A group of words in a line of a {@link WordList}.
 *
 * @param list the list
 * @param line the index of the line, from 0
 * @param index the index of the group in its line, from 0
 * @param factor the size of a unit relative to the other units of its line, or NaN
 */
record WordGroup(WordList list, int line, int index, double factor) {

  /** Returns whether both groups are on the same line. */
  boolean isOnLineOf(WordGroup other) {
    return list == other.list && line == other.line;
  }

  /** Returns whether the groups are different groups on the same line. */
  boolean conflictsWith(WordGroup other) {
    return isOnLineOf(other) && index != other.index;
  }
}
