package io.github.semcache.learning;

import io.github.semcache.guard.Guards;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The difference of a prompt and a cached prompt, by words.
 *
 * @param words the sorted hashes of the words in one prompt but not in the other
 * @param replaced the number of words that one prompt contains in place of as many others
 * @param common the number of words that both contain
 * @param rejections for each guard whether it rejects the pair
 * @param lengthRatio the logarithm of the ratio of the longer to the shorter prompt
 * @param group the hash of the answer group of the cached prompt
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PromptDiff(
    int[] words, int replaced, int common, boolean[] rejections, double lengthRatio, long group) {
  /** The number of characters that are compared, which bounds the cost of very long prompts. */
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
        difference.stream().mapToInt(word -> (int) Hashing.of(word)).sorted().toArray(),
        Math.min(ours.size(), theirs.size()) - common,
        common,
        GuardFlags.of(query.text(), entry.prompt(), guards),
        Math.abs(Math.log((1.0 + query.text().length()) / (1.0 + entry.prompt().length()))),
        Hashing.of(entry.group()));
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

  /** Returns the Jaccard similarity of the two sets of words, in [0, 1]. */
  double overlap() {
    return (double) common / Math.max(1, common + words.length);
  }

  @Override
  public String toString() {
    return "PromptDiff[words=" + Arrays.toString(words) + "]";
  }
}
