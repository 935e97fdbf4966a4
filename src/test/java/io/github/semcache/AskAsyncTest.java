package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.prompt.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Tests of {@link SemanticCache#askAsync}. */
class AskAsyncTest extends CacheFixture {
  @Test
  void askAsyncRunsOnTheConfiguredExecutor() {
    List<Runnable> tasks = new ArrayList<>();
    SemanticCache async = builder().executor(tasks::add).build();

    CompletableFuture<Answer> future = async.askAsync(Prompt.of(PARIS));
    assertThat(future).isNotDone();
    tasks.get(0).run();

    assertThat(future.join().text()).isEqualTo("answer 1");
  }

  @Test
  void futureFailsIfTheExecutorRejectsTheCall() {
    RejectedExecutionException rejection = new RejectedExecutionException("full");
    SemanticCache rejecting =
        builder()
            .executor(
                task -> {
                  throw rejection;
                })
            .build();

    assertThat(rejecting.askAsync(Prompt.of(PARIS))).isCompletedExceptionally();
    assertThatThrownBy(() -> rejecting.askAsync(Prompt.of(PARIS)).join()).hasCause(rejection);
    assertThatThrownBy(() -> rejecting.askAsync(Prompt.of(PARIS), text -> {}).join())
        .hasCause(rejection);
  }

  @Test
  void futureFailsWithTheExceptionOfTheModel() {
    RuntimeException failure = new RuntimeException("model down");
    chat.failingWith(failure);

    assertThatThrownBy(() -> cache.askAsync(Prompt.of(PARIS)).join())
        .isInstanceOf(CompletionException.class)
        .hasCause(failure);
  }
}
