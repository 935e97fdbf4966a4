package io.github.semcache.learning;

import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy.Decision;
import java.util.Arrays;

/**
 * A labeled decision in the form that models are fitted to.
 *
 * @param id a unique id; reports of one entry for one prompt share one
 * @param at the time of the verdict, in milliseconds since the epoch
 * @param features the features at the time of the verdict
 * @param words the sorted hashes of the words in one prompt but not in the other
 * @param group the hash of the answer group of the judged entry
 * @param wrong whether the answer was wrong for the prompt
 * @param weight the number of requests that the example represents: the inverse of the audit rate,
 *     1 for a miss, 0 for a user's report, which is not a random sample
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; plain arrays save memory
record TrainingExample(
    long id, long at, float[] features, int[] words, long group, boolean wrong, float weight) {

  /** The maximum number of words of one example, which bounds the memory of a full window. */
  private static final int MAX_WORDS = 128;

  static TrainingExample of(LabeledDecision decision, PromptDiff diff, float[] features) {
    long at = decision.at().toEpochMilli();
    boolean isReport = decision.decision() instanceof Decision.Hit;
    return new TrainingExample(
        isReport
            ? UserReports.id(decision.query(), decision.judged().entry())
            : Hashing.of(decision.query().key() + '@' + at),
        at,
        features,
        sample(diff.words()),
        diff.group(),
        decision.verdict() == Verdict.DIFFERENT,
        weight(decision.decision()));
  }

  /** The words are sorted hashes, so the first n are an unbiased sample. */
  private static int[] sample(int[] words) {
    return words.length > MAX_WORDS ? Arrays.copyOf(words, MAX_WORDS) : words;
  }

  private static float weight(Decision decision) {
    if (decision instanceof Decision.Audit audit) {
      return (float) (1 / audit.rate());
    }
    return decision instanceof Decision.Hit ? 0 : 1;
  }

  /** Returns whether the example stands for hits that were served without an audit. */
  boolean isAudit() {
    return weight > 1;
  }

  /** Returns whether the example is a user's report. */
  boolean isReport() {
    return weight == 0;
  }
}
