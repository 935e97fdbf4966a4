package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.openai.FakeStream;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FaultyStore;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Streams that are shared while they arrive. */
final class SharedStreamTest extends SharedStreamFixture {
  @Test
  void onlyTheEndOfTheStreamWaitsForTheStore() {
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
      assertThat(store.written()).isEmpty();

      CompletableFuture<Boolean> more = onNewThread(iterator::hasNext);
      await().until(() -> store.calls().contains(FaultyStore.Call.PUT));
      assertThat(more).as("the end of the stream waits for the store").isNotDone();
      gate.countDown();
      assertThat(more.join()).isFalse();
    }
    assertThat(store.written()).hasSize(1);
  }

  @Test
  void answerIsStoredAlthoughTheExecutorRejectsTasks() {
    try (SemanticCache rejecting = builder().executor(task -> reject()).build()) {
      server.next(CHAT, FakeStream.completion("Par", "is."));
      OpenAIClient wrapped = CachedOpenAi.wrap(plain, rejecting);
      try (StreamResponse<ChatCompletionChunk> chunks =
          wrapped.chat().completions().createStreaming(asking())) {
        assertThat(text(chunks)).isEqualTo("Paris.");
      }
      assertThat(rejecting.stats().writes()).isEqualTo(1);
    }
  }

  private static void reject() {
    throw new RejectedExecutionException();
  }

  @Test
  void storeFailureFailsTheCallOnlyWithFailOnCacheErrors() {
    server.next(CHAT, FakeStream.completion("a"), FakeStream.completion("a"));
    store.fail(FaultyStore.Call.PUT);
    assertThat(streamText()).isEqualTo("a");

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
  void callThatRequestsTheUsageDoesNotShareAStreamWithoutIt() {
    server.next(CHAT, gated(), FakeStream.completion("Par", "is."));
    try (StreamResponse<ChatCompletionChunk> without = open(asking());
        StreamResponse<ChatCompletionChunk> with = open(withUsage(PARIS))) {
      assertThat(with.stream().toList()).anySatisfy(chunk -> assertThat(chunk.usage()).isPresent());
      gate.countDown();
      assertThat(without.stream().toList())
          .allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
    }
    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void chunksOfUnexpectedStructureAreForwardedAndNotStored() {
    String unusual =
        "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\",\"x_calls\":[7],"
            + "\"tool_calls\":[{\"index\":0}]},\"finish_reason\":null}]}\n\n";
    String unexpected = unusual.replace("{\"index\":0}", "7");
    server.next(
        CHAT,
        FakeStream.start().raw(unusual).raw(unexpected).end("stop").done(),
        FakeStream.start().raw(unusual).raw(unexpected).end("stop").done());

    Throwable without = catchThrowable(() -> stream(plain, asking()));

    assertThat(without).isNull();
    assertThat(streamText()).isEqualTo("aa");
    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
  }

  @Test
  void responseThatIsNotAStreamIsForwarded() {
    FakeReply blocking = FakeCompletions.text("Paris.", "stop");
    server.next(CHAT, blocking, blocking);

    Throwable without = catchThrowable(() -> stream(plain, asking()));
    Throwable with = catchThrowable(this::streamText);

    assertThat(with == null).isEqualTo(without == null);
    assertThat(cache.stats().writes()).isZero();
  }

  @Test
  void callsThatOnlyDifferInMetadataShareAStream() {
    server.next(CHAT, gated());
    try (StreamResponse<ChatCompletionChunk> one = open(withMetadata("1"));
        StreamResponse<ChatCompletionChunk> other = open(withMetadata("2"))) {
      gate.countDown();
      assertThat(text(one)).isEqualTo("Paris.");
      assertThat(text(other)).isEqualTo("Paris.");
    }
    assertThat(chatRequests()).isEqualTo(1);
  }

  private static ChatCompletionCreateParams withMetadata(String id) {
    return asking().toBuilder()
        .metadata(
            ChatCompletionCreateParams.Metadata.builder()
                .putAdditionalProperty("request", JsonValue.from(id))
                .build())
        .build();
  }
}
