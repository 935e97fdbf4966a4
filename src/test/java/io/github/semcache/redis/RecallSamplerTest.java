package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RecallSamplerTest {
  private final List<Runnable> tasks = new ArrayList<>();
  private final RecallSampler sampler = new RecallSampler(tasks::add);

  private static SearchReply.Row row(String distance) {
    return new SearchReply.Row(
        Utf8.encode("key"), List.of(Utf8.encode("distance"), Utf8.encode(distance)));
  }

  private static SearchReply.Row expiredRow() {
    return new SearchReply.Row(Utf8.encode("key"), null);
  }

  private void search(
      int times, List<SearchReply.Row> found, Supplier<List<SearchReply.Row>> more) {
    for (int i = 0; i < times; i++) {
      sampler.sample(found, more);
      List.copyOf(tasks).forEach(Runnable::run);
      tasks.clear();
    }
  }

  private boolean isEffortRaised() {
    return sampler.candidates(100_000) > 64;
  }

  @Test
  void nearerEntriesOfTheRepetitionsRaiseTheEffort() {
    search(100, List.of(row("0.2"), row("0.1")), () -> List.of(row("0.05")));

    assertThat(isEffortRaised()).isTrue();
  }

  @Test
  void emptyResultThatIsNotEmptyWithMoreCandidatesRaisesTheEffort() {
    search(100, List.of(expiredRow()), () -> List.of(row("0.5")));

    assertThat(isEffortRaised()).isTrue();
  }

  @Test
  void equalDistancesAndEmptyAndUnreadableRepetitionsDoNotRaiseTheEffort() {
    search(500, List.of(row("0.2"), row("0.1")), () -> List.of(row("0.0999999")));
    search(500, List.of(row("0.2")), List::of);
    search(500, List.of(row("0.2")), () -> List.of(row("nan"), expiredRow()));

    assertThat(isEffortRaised()).isFalse();
  }

  @Test
  void failedRepetitionsAreIgnored() {
    search(
        100,
        List.of(row("0.2")),
        () -> {
          throw new StoreException("down");
        });
    assertThat(isEffortRaised()).isFalse();

    search(100, List.of(row("0.2")), () -> List.of(row("0.1")));
    assertThat(isEffortRaised()).isTrue();
  }

  @Test
  void oneSearchAtATimeIsRepeated() {
    for (int i = 0; i < 100; i++) {
      sampler.sample(List.of(), List::of);
    }

    assertThat(tasks).hasSize(1);
  }

  @Test
  void rejectedTasksAreSkipped() {
    RecallSampler rejecting =
        new RecallSampler(
            task -> {
              throw new RejectedExecutionException();
            });

    for (int i = 0; i < 100; i++) {
      rejecting.sample(List.of(), List::of);
    }
    assertThat(rejecting.candidates(1_000)).isEqualTo(16);
  }
}
