package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClientAsync;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIIoException;
import com.openai.models.chat.completions.ChatCompletion;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeReply;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Asynchronous chat completions through a wrapped client. */
final class CachedAsyncTest extends CachedClientTest {
  private final OpenAIClientAsync async = CachedOpenAi.wrap(plain.async(), cache);

  private CompletableFuture<ChatCompletion> create(String question) {
    return async.chat().completions().create(asking(question));
  }

  @Test
  void paraphraseSendsNoSecondRequest() {
    ChatCompletion miss = create(PARIS).join();
    ChatCompletion hit = create(PARIS_AGAIN).join();
    ChatCompletion blocking = async.sync().chat().completions().create(asking(PARIS));

    assertThat(Unmarked.of(hit)).isEqualTo(miss).isEqualTo(Unmarked.of(blocking));
    assertThat(server.requests(CHAT)).hasSize(1);
    assertThat(cache.stats().hits()).isEqualTo(2);
  }

  @Test
  void concurrentCallsSendOneRequestAndCancellationAffectsOneCallOnly() {
    server.always(CHAT, FakeReply.after(gate, FakeCompletions.text("Paris.", "stop")));

    List<CompletableFuture<ChatCompletion>> calls =
        Stream.generate(() -> create(PARIS)).limit(8).toList();
    await().until(() -> cache.stats().coalesced() == 7);
    calls.get(0).cancel(true);
    calls.get(5).cancel(true);
    gate.countDown();

    for (int i = 0; i < calls.size(); i++) {
      if (i == 0 || i == 5) {
        assertThatThrownBy(calls.get(i)::join).isInstanceOf(CancellationException.class);
      } else {
        assertThat(text(calls.get(i).join())).isEqualTo("Paris.");
      }
    }
    assertThat(server.requests(CHAT)).hasSize(1);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void blockingCallFollowsAnAsynchronousOne() {
    server.always(CHAT, FakeReply.after(gate, FakeCompletions.text("Paris.", "stop")));
    CompletableFuture<ChatCompletion> leader = create(PARIS);
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<ChatCompletion> follower =
        CompletableFuture.supplyAsync(
            () -> async.sync().chat().completions().create(asking(PARIS)),
            task -> new Thread(task).start());
    await().until(() -> cache.stats().coalesced() == 1);
    gate.countDown();

    assertThat(follower.join()).isEqualTo(leader.join());
    assertThat(server.requests(CHAT)).hasSize(1);
  }

  @Test
  void interruptedFollowerFailsAndTheLeaderReceivesItsAnswer() throws Exception {
    server.always(CHAT, FakeReply.after(gate, FakeCompletions.text("Paris.", "stop")));
    CompletableFuture<ChatCompletion> leader = create(PARIS);
    await().until(() -> server.requests(CHAT).size() == 1);
    AtomicReference<Throwable> seen = new AtomicReference<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread follower =
        new Thread(
            () -> {
              try {
                async.sync().chat().completions().create(asking(PARIS));
              } catch (RuntimeException e) {
                seen.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
              }
            });
    follower.start();
    await().until(() -> cache.stats().coalesced() == 1);
    follower.interrupt();
    follower.join();
    gate.countDown();

    assertThat(seen.get()).isInstanceOf(OpenAIIoException.class);
    assertThat(interrupted).isTrue();
    assertThat(text(leader.join())).isEqualTo("Paris.");
  }

  @Test
  void leaderAndFollowersFailWithTheErrorOfTheService() {
    server.always(
        CHAT,
        FakeReply.after(gate, FakeReply.error(500, "broken").header("x-should-retry", "false")));

    List<CompletableFuture<ChatCompletion>> calls =
        Stream.generate(() -> create(PARIS)).limit(3).toList();
    await().until(() -> cache.stats().coalesced() == 2);
    gate.countDown();

    assertThat(calls)
        .allSatisfy(
            call ->
                assertThatThrownBy(call::join)
                    .hasCauseInstanceOf(InternalServerException.class)
                    .hasMessageContaining("broken"));
    assertThat(server.requests(CHAT)).hasSize(1);
    assertThat(cache.stats().writes()).isZero();
  }

  @Test
  void invalidHeaderFailsTheFuture() {
    CompletableFuture<ChatCompletion> call =
        async
            .chat()
            .completions()
            .create(
                asking(PARIS).toBuilder()
                    .putAdditionalHeader(CacheControl.MODE, "sometimes")
                    .build());

    assertThatThrownBy(call::join)
        .hasCauseInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use, refresh, or bypass");
  }

  @Test
  void closedCacheIsBypassed() {
    cache.close();

    assertThat(text(create(PARIS).join())).isEqualTo("Answer to: " + PARIS);
  }
}
