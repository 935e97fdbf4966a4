package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.EntrySelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  @Test
  void lookupsWritesAndRemovalsRunOnTheConfiguredExecutor() {
    List<Runnable> tasks = new ArrayList<>();
    SemanticCache async = builder().executor(tasks::add).build();
    Prompt prompt = Prompt.of(PARIS);
    CompletableFuture<Void> put = async.putAsync(prompt, ChatReply.of("Paris"));
    CompletableFuture<Optional<Answer>> exact = async.lookupAsync(prompt);
    CompletableFuture<Optional<Answer>> near = async.lookupAsync(Prompt.of(PARIS_PARAPHRASE));
    CompletableFuture<Optional<Answer>> far = async.lookupAsync(Prompt.of(PYTHON));
    CompletableFuture<Boolean> removal = async.invalidateAsync(prompt);
    CompletableFuture<Long> none = async.invalidateAsync(EntrySelector.tag("tenant", "acme"));
    assertThat(List.of(put, exact, near, far, removal, none)).noneMatch(CompletableFuture::isDone);

    tasks.forEach(Runnable::run);

    assertThat(put).isCompleted();
    assertThat(exact.join()).map(Answer::source).contains(Answer.Source.EXACT);
    assertThat(near.join()).map(Answer::source).contains(Answer.Source.SEMANTIC);
    assertThat(far.join()).isEmpty();
    assertThat(removal.join()).isTrue();
    assertThat(none.join()).isZero();
    assertThat(async.stats().requests()).isEqualTo(3);
  }

  @Test
  void futuresOfChangesFailWithTheirExceptions() {
    Prompt prompt = Prompt.of(PARIS);
    embedder.failWith(new EmbedderException("down"));
    assertThatThrownBy(() -> cache.putAsync(prompt, ChatReply.of("Paris")).join())
        .hasCauseInstanceOf(EmbedderException.class);

    SemanticCache rejecting =
        builder()
            .executor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .build();
    assertThat(rejecting.putAsync(prompt, ChatReply.of("a"))).isCompletedExceptionally();
    assertThat(rejecting.lookupAsync(prompt)).isCompletedExceptionally();
    assertThat(rejecting.invalidateAsync(prompt)).isCompletedExceptionally();
    cache.close();
    assertThatThrownBy(() -> cache.lookupAsync(prompt)).isInstanceOf(IllegalStateException.class);
  }
}
