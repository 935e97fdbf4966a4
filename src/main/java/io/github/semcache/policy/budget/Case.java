package io.github.semcache.policy.budget;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.Lesson;
import io.github.semcache.policy.Verdict;

/**
 * A judged decision.
 *
 * @param id tells it from all others
 * @param at when it was judged, in milliseconds since 1970
 * @param features what was known when it was judged
 * @param words the hashes of the words that only one of the two prompts has
 * @param group the hash of the answer group that it was compared with
 * @param wrong whether the answer would have been wrong
 * @param weight how many requests it stands for: one over its audit share, or 1
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; plain arrays keep 4,000 of them small
record Case(
    long id, long at, float[] features, int[] words, long group, boolean wrong, float weight) {

  static Case of(Lesson lesson, Pair pair, float[] features) {
    long at = lesson.at().toEpochMilli();
    return new Case(
        Hash.of(lesson.query().key() + '@' + at),
        at,
        features,
        pair.words(),
        pair.group(),
        lesson.verdict() == Verdict.DIFFERENT,
        lesson.decision() instanceof Decision.Audit audit ? (float) (1 / audit.share()) : 1);
  }
}
