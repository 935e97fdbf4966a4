package io.github.semcache.learning;

import io.github.semcache.guard.Guards;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * A prompt beside the one that it is compared with, word by word.
 *
 * @param words the hashes of the words that only one of the two has
 * @param replaced how many of these one prompt has in place of as many others
 * @param common how many words both have
 * @param objections for each guard whether it objects
 * @param lengthRatio the logarithm of the ratio of the longer to the shorter one
 * @param group the hash of the answer group that it is compared with
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PromptDiff(
    int[] words, int replaced, int common, boolean[] objections, double lengthRatio, long group) {
  /** Prompts are compared by their beginnings, so that a huge one costs no more. */
  private static final int MAX_LENGTH = 4_000;

  static PromptDiff of(Query query, CacheEntry entry, Guards guards) {
    Set<String> ours = wordsOf(query.text());
    Set<String> theirs = wordsOf(entry.prompt());
    Set<String> difference = new HashSet<>(ours);
    difference.addAll(theirs);
    int union = difference.size();
    difference.removeIf(word -> ours.contains(word) && theirs.contains(word));
    int common = union - difference.size();
    return new PromptDiff(
        difference.stream().mapToInt(word -> (int) Hash.of(word)).sorted().toArray(),
        Math.min(ours.size(), theirs.size()) - common,
        common,
        GuardFlags.to(query.text(), entry.prompt(), guards),
        Math.abs(Math.log((1.0 + query.text().length()) / (1.0 + entry.prompt().length()))),
        Hash.of(entry.group()));
  }

  private static Set<String> wordsOf(String text) {
    String start = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
    Set<String> words = new HashSet<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i <= start.length(); ) {
      int point = i < start.length() ? start.codePointAt(i) : ' ';
      if (Character.isLetterOrDigit(point)) {
        word.appendCodePoint(point);
      } else if (word.length() > 0) {
        words.add(word.toString().toLowerCase(Locale.ROOT));
        word.setLength(0);
      }
      i += Character.charCount(point);
    }
    return words;
  }

  /** The share of all words that both have, 0 to 1. */
  double overlap() {
    return (double) common / Math.max(1, common + words.length);
  }

  @Override
  public String toString() {
    return "Pair[words=" + Arrays.toString(words) + "]";
  }
}
