package io.github.semcache.learning;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.LabeledDecision;
import io.github.semcache.policy.Verdict;
import java.util.Arrays;

/**
 * A judged decision.
 *
 * @param id tells it from all others; the same for all that people say of one entry for one prompt
 * @param at when it was judged, in milliseconds since 1970
 * @param features what was known when it was judged
 * @param words the hashes of the words that only one of the two prompts has
 * @param group the hash of the answer group that it was compared with
 * @param wrong whether the answer would have been wrong
 * @param weight how many requests it stands for: one over its audit share; 1 after a miss; 0 if a
 *     person said so, who chose which hit to speak of
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; plain arrays keep 4,000 of them small
record TrainingExample(
    long id, long at, float[] features, int[] words, long group, boolean wrong, float weight) {

  /** A case says no more of long prompts than this, so that a window of them stays small. */
  private static final int MAX_WORDS = 128;

  static TrainingExample of(LabeledDecision lesson, PromptDiff pair, float[] features) {
    long at = lesson.at().toEpochMilli();
    boolean isReport = lesson.decision() instanceof Decision.Hit;
    return new TrainingExample(
        isReport
            ? UserReports.id(lesson.query(), lesson.judged().entry())
            : Hash.of(lesson.query().key() + '@' + at),
        at,
        features,
        some(pair.words()),
        pair.group(),
        lesson.verdict() == Verdict.DIFFERENT,
        weight(lesson.decision()));
  }

  /** They are sorted, and hashes: the least of them are as good as drawn by lot. */
  private static int[] some(int[] words) {
    return words.length > MAX_WORDS ? Arrays.copyOf(words, MAX_WORDS) : words;
  }

  private static float weight(Decision decision) {
    if (decision instanceof Decision.Audit audit) {
      return (float) (1 / audit.share());
    }
    return decision instanceof Decision.Hit ? 0 : 1;
  }

  /** Whether a person said so. */
  boolean isReport() {
    return weight == 0;
  }
}
