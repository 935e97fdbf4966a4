package io.github.semcache.stats;

import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.judge.AnswerJudge.Verdict;
import java.util.concurrent.atomic.LongAdder;

/** Counts shadow hits, verdicts of judges, and reports of users. Thread-safe. */
final class QualityCounter {
  private final LongAdder shadowHits = new LongAdder();
  private final LongAdder shadowTokensSaved = new LongAdder();
  private final LongAdder right = new LongAdder();
  private final LongAdder wrong = new LongAdder();
  private final LongAdder judged = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder reportedRight = new LongAdder();
  private final LongAdder reportedWrong = new LongAdder();

  void count(CacheEvent event) {
    if (event instanceof CacheEvent.ShadowHit hit) {
      shadowHits.increment();
      hit.saved().map(TokenUsage::totalTokens).ifPresent(shadowTokensSaved::add);
    } else if (event instanceof CacheEvent.Judged verdict) {
      countVerdict(verdict);
    } else if (event instanceof CacheEvent.JudgmentDropped) {
      dropped.increment();
    } else if (event instanceof CacheEvent.Reported reported) {
      (reported.right() ? reportedRight : reportedWrong).increment();
    }
  }

  private void countVerdict(CacheEvent.Judged event) {
    judged.increment();
    if (event.verdict() == Verdict.UNKNOWN) {
      unknown.increment();
    } else if (event.wouldHit()) {
      (event.verdict() == Verdict.SAME ? right : wrong).increment();
    }
  }

  CacheStats.Quality snapshot() {
    return new CacheStats.Quality(
        shadowHits.sum(),
        shadowTokensSaved.sum(),
        right.sum(),
        wrong.sum(),
        judged.sum(),
        unknown.sum(),
        dropped.sum(),
        reportedRight.sum(),
        reportedWrong.sum());
  }
}
