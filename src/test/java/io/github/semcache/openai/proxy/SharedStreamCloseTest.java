package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import io.github.semcache.openai.FakeStream;
import io.github.semcache.testing.FaultyStore;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Readers that are interrupted or closed before the end of a shared stream. */
final class SharedStreamCloseTest extends SharedStreamFixture {
  @Test
  void interruptedReaderDoesNotFailTheOthers() throws InterruptedException {
    server.next(CHAT, gated());
    AtomicReference<Throwable> seen = new AtomicReference<>();
    try (StreamResponse<ChatCompletionChunk> one = open(asking());
        StreamResponse<ChatCompletionChunk> other = open(asking())) {
      Thread interrupted =
          new Thread(
              () -> {
                Iterator<ChatCompletionChunk> chunks = one.stream().iterator();
                chunks.next();
                Thread.currentThread().interrupt();
                seen.set(catchThrowable(chunks::next));
              });
      interrupted.start();
      interrupted.join();
      gate.countDown();
      assertThat(text(other)).isEqualTo("Paris.");
    }

    assertThat(seen.get()).isNotNull();
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void closeByAnotherThreadEndsTheReadOfOneReaderOnly() {
    server.next(CHAT, gated());
    try (StreamResponse<ChatCompletionChunk> one = open(asking());
        StreamResponse<ChatCompletionChunk> another = open(asking());
        StreamResponse<ChatCompletionChunk> last = open(asking())) {
      for (StreamResponse<ChatCompletionChunk> closed : List.of(one, another)) {
        CompletableFuture<Throwable> reader = waitingReaderOf(closed);
        closed.close();
        assertThat(reader.join()).isNotNull();
      }
      gate.countDown();
      assertThat(text(last)).isEqualTo("Paris.");
    }
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  /** Starts a thread that waits for the next chunk, and returns a future of its exception. */
  private static CompletableFuture<Throwable> waitingReaderOf(
      StreamResponse<ChatCompletionChunk> stream) {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    CountDownLatch first = new CountDownLatch(1);
    Thread reader =
        new Thread(
            () -> {
              Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
              chunks.next();
              first.countDown();
              end.complete(catchThrowable(chunks::next));
            });
    reader.start();
    await().until(() -> first.getCount() == 0 && isReading(reader));
    return end;
  }

  private static boolean isReading(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().startsWith(SharedStream.class.getName()));
  }

  @Test
  @SuppressWarnings("try") // the stream is closed before its block ends
  void closeByAnotherThreadEndsTheReadOfTheLastReader() {
    server.next(CHAT, gated());
    try (StreamResponse<ChatCompletionChunk> only = open(asking())) {
      CompletableFuture<Throwable> reader = waitingReaderOf(only);
      only.close();
      assertThat(reader.join()).isNotNull();
    }
    assertThat(streamText()).startsWith("Answer");
    gate.countDown();
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void callDuringTheWriteOfTheEntryReceivesTheCompleteStream() {
    server.next(CHAT, FakeStream.completion("Par", "is."));
    store.beforePut(gate);
    CompletableFuture<String> first = onNewThread(this::streamText);
    await().until(() -> store.calls().contains(FaultyStore.Call.PUT));
    CompletableFuture<String> seen = new CompletableFuture<>();
    CompletableFuture<Void> second =
        onNewThread(
            () -> {
              try (StreamResponse<ChatCompletionChunk> chunks = open(asking())) {
                Iterator<ChatCompletionChunk> iterator = chunks.stream().iterator();
                seen.complete(
                    text(iterator.next()) + text(iterator.next()) + text(iterator.next()));
              }
              return null;
            });

    assertThat(seen.join()).isEqualTo("Paris.");
    assertThat(first).isNotDone();
    gate.countDown();
    assertThat(first.join()).isEqualTo("Paris.");
    second.join();
    assertThat(chatRequests()).isEqualTo(1);
  }
}
