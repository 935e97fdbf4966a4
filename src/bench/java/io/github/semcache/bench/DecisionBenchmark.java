package io.github.semcache.bench;

import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures a decision of an error budget that has learned from a full window of verdicts, with ten
 * matches and all guards.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {
  private static final int VERDICTS = 4_000;
  private static final int MATCHES = 10;

  private final Learner learner = ErrorBudget.of(0.02).newLearner();
  private final List<LabeledDecision> decisions = new ArrayList<>();
  private int next;

  /** Trains the policy. */
  public DecisionBenchmark() {
    List<LabeledPrompt> prompts = TemplatedTraffic.all().get(2).prompts(VERDICTS, 1);
    Random random = new Random(1);
    for (LabeledPrompt prompt : prompts) {
      LabeledDecision decision = labeledDecision(prompt, prompts, random);
      decisions.add(decision);
      learner.update(decision);
    }
    if (learner.state() != Learner.State.SERVING) {
      throw new IllegalStateException(
          "the state of the policy is " + learner.state() + "; it must be SERVING");
    }
  }

  private static LabeledDecision labeledDecision(
      LabeledPrompt prompt, List<LabeledPrompt> prompts, Random random) {
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i < MATCHES; i++) {
      LabeledPrompt other = prompts.get(random.nextInt(prompts.size()));
      boolean sameLabel = other.label().equals(prompt.label());
      double distance =
          sameLabel ? 0.01 + 0.1 * random.nextDouble() : 0.1 + 0.3 * random.nextDouble();
      matches.add(new Match(entry(other, matches.size()), distance));
    }
    if (random.nextBoolean()) {
      matches.set(0, new Match(entry(prompt, MATCHES), 0.01 + 0.05 * random.nextDouble()));
    }
    matches.sort(Comparator.comparingDouble(Match::distance));
    boolean same = matches.get(0).entry().answer().equals(prompt.label().orElse(""));
    Query query = Query.of(Prompt.of(prompt.text()), Normalizer.nfc(), Map.of());
    return new LabeledDecision(
        query,
        matches,
        matches.get(0),
        Decision.miss(MissReason.LEARNING),
        same ? Verdict.SAME : Verdict.DIFFERENT,
        Instant.EPOCH);
  }

  private static CacheEntry entry(LabeledPrompt prompt, int number) {
    Query query = Query.of(Prompt.of(prompt.text() + " " + number), Normalizer.nfc(), Map.of());
    return new CacheEntry(
        query.key(),
        query.scope().hash(),
        prompt.text(),
        prompt.label().orElse(""),
        Map.of(),
        Instant.EPOCH);
  }

  /**
   * Measures a decision.
   *
   * @return the decision
   */
  @Benchmark
  public Decision decide() {
    LabeledDecision decision = decisions.get(next++ % VERDICTS);
    return learner.policy().decide(decision.query(), decision.matches());
  }
}
