package io.github.semcache.bench;

import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import java.util.Optional;
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
 * Measures all guards on two prompts of about 200 characters. No guard rejects the pair, so every
 * guard runs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class GuardBenchmark {
  static final String PROMPT =
      "Could you please tell me how much a one-way train ticket from Munich to Vienna costs on the"
          + " 14th of May 2025, if I book two seats for adults and one for a child, and whether the"
          + " dog travels for free?";
  static final String CACHED_PROMPT =
      "What does a one way ticket for the train from Munich to Vienna cost on 14 May 2025 when I"
          + " book seats for two adults and one child, and could you tell me whether the dog may"
          + " travel free of charge, please?";

  private Guards guards = Guards.english();

  /** Checks that no guard rejects the pair. */
  @Setup
  public void checkPair() {
    guards
        .reject(PromptPair.of(PROMPT, CACHED_PROMPT))
        .ifPresent(
            reason -> {
              throw new IllegalStateException("a guard rejects the pair: " + reason);
            });
  }

  /**
   * Measures parsing both prompts and running all guards.
   *
   * @return the reason of a rejection, which is empty
   */
  @Benchmark
  public Optional<RejectionReason> allGuards() {
    return guards.reject(PromptPair.of(PROMPT, CACHED_PROMPT));
  }
}
