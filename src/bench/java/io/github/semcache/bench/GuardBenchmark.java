package io.github.semcache.bench;

import io.github.semcache.guard.Guards;
import io.github.semcache.guard.PromptPair;
import io.github.semcache.guard.RejectionReason;
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

/** All guards on two prompts of about 200 characters that none of them rejects: the worst case. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class GuardBenchmark {
  private static final String PROMPT =
      "Could you please tell me how much a one-way train ticket from Munich to Vienna costs on the"
          + " 14th of May 2025, if I book two seats for adults and one for a child, and whether the"
          + " dog travels for free?";
  private static final String CACHED_PROMPT =
      "What does a one way ticket for the train from Munich to Vienna cost on 14 May 2025 when I"
          + " book seats for two adults and one child, and could you tell me whether the dog may"
          + " travel free of charge, please?";

  private Guards guards = Guards.english();

  /** Checks that the pair is accepted, so that all guards are applied. */
  @Setup
  public void checkThatPairIsAccepted() {
    guards
        .objection(PromptPair.of(PROMPT, CACHED_PROMPT))
        .ifPresent(
            reason -> {
              throw new IllegalStateException(
                  "the pair must be accepted, but the guards reject it: " + reason);
            });
  }

  /** Analyzes both prompts and applies all guards. */
  @Benchmark
  public Optional<RejectionReason> allGuards() {
    return guards.objection(PromptPair.of(PROMPT, CACHED_PROMPT));
  }
}
