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

/** Asking on another thread. */
class AskAsyncTest extends CacheFixture {
  @Test
  void askAsyncRunsOnTheGivenExecutor() {
    List<Runnable> tasks = new ArrayList<>();
    SemanticCache async = builder().executor(tasks::add).build();

    CompletableFuture<Answer> future = async.askAsync(Prompt.of(PARIS));
    assertThat(future).isNotDone();
    tasks.get(0).run();

    assertThat(future.join().text()).isEqualTo("answer 1");
  }

  @Test
  void askAsyncEndsWithTheExecutorsRefusal() {
    RejectedExecutionException refusal = new RejectedExecutionException("full");
    SemanticCache refused =
        builder()
            .executor(
                task -> {
                  throw refusal;
                })
            .build();

    assertThat(refused.askAsync(Prompt.of(PARIS))).isCompletedExceptionally();
    assertThatThrownBy(() -> refused.askAsync(Prompt.of(PARIS)).join()).hasCause(refusal);
    assertThatThrownBy(() -> refused.askAsync(Prompt.of(PARIS), text -> {}).join())
        .hasCause(refusal);
  }

  @Test
  void askAsyncEndsWithTheModelsFailure() {
    RuntimeException failure = new RuntimeException("model down");
    chat.failingWith(failure);

    assertThatThrownBy(() -> cache.askAsync(Prompt.of(PARIS)).join())
        .isInstanceOf(CompletionException.class)
        .hasCause(failure);
  }
}
