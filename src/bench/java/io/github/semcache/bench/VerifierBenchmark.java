package io.github.semcache.bench;

import io.github.semcache.verify.LocalVerifier;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import io.github.semcache.verify.Verification.Outcome;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the local pair verifier on two prompts of about 200 characters. No rule rejects the
 * pair, so all features are computed and all trees are evaluated.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class VerifierBenchmark {
  private static final PairVerifier.Pair PAIR =
      new PairVerifier.Pair(
          GuardBenchmark.PROMPT, GuardBenchmark.CACHED_PROMPT, "It costs 89 euros.", 0.05);

  private LocalVerifier verifier = LocalVerifier.create();

  /** Checks that no rule decides on the pair. */
  @Setup
  public void checkPair() {
    Verification verification = verifier.verify(PAIR);
    if (verification.outcome() == Outcome.REJECT && verification.score().orElse(1) == 0) {
      throw new IllegalStateException("a rule rejects the pair: " + verification.reason());
    }
  }

  /**
   * Measures parsing both prompts, the rules, and the model.
   *
   * @return the decision
   */
  @Benchmark
  public Verification localVerifier() {
    return verifier.verify(PAIR);
  }
}
