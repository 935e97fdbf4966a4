package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.MustBeClosed;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.Admission;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FakeEmbedder;
import io.github.semcache.testing.FaultyStore;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams under way: who waits for whom, and what one caller can do to another. */
@Timeout(60)
final class SharedStreamTest {
  private static final String PARIS = "What is the capital of France?";

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final FakeEmbedder embedder = new FakeEmbedder();
  private final FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
  private final SemanticCache cache = builder().build();
  private final OpenAIClient client = CachedOpenAi.wrap(plain, cache);
  private final CountDownLatch gate = new CountDownLatch(1);

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .embedder(embedder)
        .store(store)
        .admission(Admission.everything());
  }

  @AfterEach
  void close() {
    gate.countDown();
    plain.close();
    cache.close();
    server.close();
  }

  private static ChatCompletionCreateParams asking() {
    return ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(PARIS).build();
  }

  private static ChatCompletionCreateParams withUsage() {
    return asking().toBuilder()
        .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
        .build();
  }

  @MustBeClosed
  private StreamResponse<ChatCompletionChunk> open(ChatCompletionCreateParams params) {
    return client.chat().completions().createStreaming(params);
  }

  private static String text(StreamResponse<ChatCompletionChunk> chunks) {
    StringBuilder text = new StringBuilder();
    chunks.stream().forEach(chunk -> text.append(text(chunk)));
    return text.toString();
  }

  private static String text(ChatCompletionChunk chunk) {
    return chunk.choices().stream()
        .findFirst()
        .flatMap(choice -> choice.delta().content())
        .orElse("");
  }

  private String stream() {
    try (StreamResponse<ChatCompletionChunk> chunks = open(asking())) {
      return text(chunks);
    }
  }

  private static <T> CompletableFuture<T> onNewThread(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
  }

  private int chatRequests() {
    return server.requests(CHAT).size();
  }

  private FakeStream gated() {
    return FakeStream.start()
        .chunk(delta -> delta.put("content", "Par"))
        .await(gate)
        .chunk(delta -> delta.put("content", "is."))
        .end("stop")
        .done();
  }

  @Test
  void everyChunkArrivesWithoutAWaitForTheStore() {
    server.next(CHAT, FakeStream.completion("Par", "is."));
    store.beforePut(gate);

    try (StreamResponse<ChatCompletionChunk> chunks = open(asking())) {
      Iterator<ChatCompletionChunk> iterator = chunks.stream().iterator();
      StringBuilder text = new StringBuilder();
      ChatCompletionChunk chunk;
      do {
        chunk = iterator.next();
        text.append(text(chunk));
      } while (chunk.choices().get(0).finishReason().isEmpty());
      assertThat(text.toString()).isEqualTo("Paris.");
      assertThat(store.insertions()).isEmpty();

      CompletableFuture<Boolean> more = onNewThread(iterator::hasNext);
      await().until(() -> store.calls().contains(FaultyStore.Call.PUT));
      assertThat(more).as("the end comes with the entry").isNotDone();
      gate.countDown();
      assertThat(more.join()).isFalse();
    }
    assertThat(store.insertions()).hasSize(1);
  }

  @Test
  void closedExecutorDoesNotKeepAnAnswerFromBeingKept() {
    try (SemanticCache refusing = builder().executor(task -> rejected()).build()) {
      server.next(CHAT, FakeStream.completion("Par", "is."));
      OpenAIClient wrapped = CachedOpenAi.wrap(plain, refusing);
      try (StreamResponse<ChatCompletionChunk> chunks =
          wrapped.chat().completions().createStreaming(asking())) {
        assertThat(text(chunks)).isEqualTo("Paris.");
      }
      assertThat(refusing.stats().stores()).isEqualTo(1);
    }
  }

  private static void rejected() {
    throw new java.util.concurrent.RejectedExecutionException();
  }

  @Test
  void troubleInTheStoreFailsTheCloseOnlyOfACacheThatSaysSo() {
    server.next(CHAT, FakeStream.completion("a"), FakeStream.completion("a"));
    store.fail(FaultyStore.Call.PUT);
    assertThat(stream()).isEqualTo("a");

    try (SemanticCache strict = builder().failOnCacheErrors().build()) {
      OpenAIClient wrapped = CachedOpenAi.wrap(plain, strict);
      StringBuilder seen = new StringBuilder();
      assertThatThrownBy(
              () -> {
                try (StreamResponse<ChatCompletionChunk> chunks =
                    wrapped.chat().completions().createStreaming(asking())) {
                  chunks.stream().forEach(chunk -> seen.append(text(chunk)));
                }
              })
          .isInstanceOf(StoreException.class);
      assertThat(seen.toString()).isEqualTo("a");
    }
  }

  @Test
  void interruptedReaderDoesNotBreakTheStreamOffForTheOthers() throws InterruptedException {
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
    assertThat(cache.stats().stores()).isEqualTo(1);
  }

  @Test
  void callThatWantsTheUsageDoesNotReadAStreamAlongThatLacksIt() {
    server.next(CHAT, gated(), FakeStream.completion("Par", "is."));
    try (StreamResponse<ChatCompletionChunk> without = open(asking());
        StreamResponse<ChatCompletionChunk> with = open(withUsage())) {
      assertThat(with.stream().toList()).anySatisfy(chunk -> assertThat(chunk.usage()).isPresent());
      gate.countDown();
      assertThat(without.stream().toList())
          .allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
    }
    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void chunksOfAnUnheardOfShapeReachTheCallerAndAreNotKept() {
    String odd =
        "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\",\"x_calls\":[7],"
            + "\"tool_calls\":[{\"index\":0}]},\"finish_reason\":null}]}\n\n";
    String odder = odd.replace("{\"index\":0}", "7");
    server.next(
        CHAT,
        FakeStream.start().raw(odd).raw(odder).end("stop").done(),
        FakeStream.start().raw(odd).raw(odder).end("stop").done());

    Throwable without =
        catchThrowable(
            () -> {
              try (StreamResponse<ChatCompletionChunk> chunks =
                  plain.chat().completions().createStreaming(asking())) {
                text(chunks);
              }
            });

    assertThat(without).isNull();
    assertThat(stream()).isEqualTo("aa");
    assertThat(cache.stats().stores()).isZero();
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
  }

  @Test
  void answerThatIsNoStreamReachesTheCallerAsWithoutTheCache() {
    FakeReply whole = FakeCompletions.text("Paris.", "stop");
    server.next(CHAT, whole, whole);

    Throwable without =
        catchThrowable(
            () -> {
              try (StreamResponse<ChatCompletionChunk> chunks =
                  plain.chat().completions().createStreaming(asking())) {
                text(chunks);
              }
            });
    Throwable with = catchThrowable(this::stream);

    assertThat(with == null).isEqualTo(without == null);
    assertThat(cache.stats().stores()).isZero();
  }

  @Test
  void closeFromAnotherThreadEndsAReadAndLeavesTheStreamToTheOthers() {
    server.next(CHAT, gated());
    try (StreamResponse<ChatCompletionChunk> one = open(asking());
        StreamResponse<ChatCompletionChunk> another = open(asking());
        StreamResponse<ChatCompletionChunk> last = open(asking())) {
      for (StreamResponse<ChatCompletionChunk> stopped : List.of(one, another)) {
        CompletableFuture<Throwable> reader = waitingReaderOf(stopped);
        stopped.close();
        assertThat(reader.join()).isNotNull();
      }
      gate.countDown();
      assertThat(text(last)).isEqualTo("Paris.");
    }
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().stores()).isEqualTo(1);
  }

  /** A thread that has read up to where the server waits, and waits for more. */
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
  void closeByTheLastReaderFromAnotherThreadEndsItsRead() {
    server.next(CHAT, gated());
    try (StreamResponse<ChatCompletionChunk> only = open(asking())) {
      CompletableFuture<Throwable> reader = waitingReaderOf(only);
      only.close();
      assertThat(reader.join()).isNotNull();
    }
    assertThat(stream()).startsWith("Answer");
    gate.countDown();
    assertThat(cache.stats().stores()).isEqualTo(1);
  }

  @Test
  void callThatComesWhileTheLastReaderWaitsForTheStoreGetsTheWholeStream() {
    server.next(CHAT, FakeStream.completion("Par", "is."));
    store.beforePut(gate);
    CompletableFuture<String> first = onNewThread(this::stream);
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

  @Test
  void callsThatDifferInTheirMetadataAloneReadOneStream() {
    server.next(CHAT, gated());
    try (StreamResponse<ChatCompletionChunk> one = open(tracedAs("1"));
        StreamResponse<ChatCompletionChunk> other = open(tracedAs("2"))) {
      gate.countDown();
      assertThat(text(one)).isEqualTo("Paris.");
      assertThat(text(other)).isEqualTo("Paris.");
    }
    assertThat(chatRequests()).isEqualTo(1);
  }

  private static ChatCompletionCreateParams tracedAs(String id) {
    return asking().toBuilder()
        .metadata(
            ChatCompletionCreateParams.Metadata.builder()
                .putAdditionalProperty("request", JsonValue.from(id))
                .build())
        .build();
  }
}
