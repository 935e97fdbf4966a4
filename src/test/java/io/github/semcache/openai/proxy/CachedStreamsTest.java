package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Streamed chat completions through a wrapped client. */
final class CachedStreamsTest extends CachedClientTest {
  CachedStreamsTest() {
    super(Admission.everything());
  }

  @Test
  void missIsStreamedAndAHitIsReplayed() {
    server.next(CHAT, FakeStream.completion("Par", "is", "."));

    List<ChatCompletionChunk> miss = stream(PARIS);
    List<ChatCompletionChunk> hit = stream(PARIS_AGAIN);

    assertThat(miss).hasSize(5);
    assertThat(text(miss)).isEqualTo("Paris.");
    assertThat(text(hit)).isEqualTo("Paris.");
    assertThat(hit.get(0).choices().get(0).delta().role()).isPresent();
    assertThat(hit).allSatisfy(chunk -> assertThat(chunk.id()).isEqualTo("chatcmpl-streamed"));
    assertThat(hit).allSatisfy(chunk -> chunk.validate());
    assertThat(Unmarked.of(accumulated(hit))).isEqualTo(accumulated(miss));
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
  }

  @Test
  @SuppressWarnings("deprecation") // deprecated or internal, but part of the answer
  void entryOfAStreamAnswersABlockingCall() {
    server.next(CHAT, FakeStream.completion("Par", "is", "."));

    List<ChatCompletionChunk> chunks = stream(client, withUsage(PARIS));
    ChatCompletion hit = client.chat().completions().create(asking(PARIS));

    assertThat(hit.validate().choices().get(0).message().content()).contains("Paris.");
    assertThat(hit.choices().get(0).finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(hit.id()).isEqualTo("chatcmpl-streamed");
    assertThat(hit.usage().orElseThrow().totalTokens()).isEqualTo(12);
    assertThat(hit._additionalProperties()).containsKey("x_unknown");
    assertThat(accumulated(chunks).usage()).isEqualTo(hit.usage());
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().tokensSaved()).isEqualTo(12);
  }

  @Test
  @SuppressWarnings("deprecation") // deprecated or internal, but part of the answer
  void entryOfABlockingCallIsReplayedAsAStream() {
    server.next(CHAT, FakeCompletions.text("Paris.", "stop", CachedOpenAiTest::addDetails));

    ChatCompletion miss = client.chat().completions().create(asking(PARIS));
    List<ChatCompletionChunk> hit = stream(client, withUsage(PARIS));

    ChatCompletion joined = accumulated(hit);
    assertThat(joined.choices().get(0).message().content()).contains("Paris.");
    assertThat(joined.choices().get(0).logprobs().orElseThrow().content())
        .isEqualTo(miss.choices().get(0).logprobs().orElseThrow().content());
    assertThat(joined.usage()).isEqualTo(miss.usage());
    assertThat(joined.systemFingerprint()).isEqualTo(miss.systemFingerprint());
    assertThat(hit.get(1).choices().get(0).delta()._additionalProperties())
        .containsKey("reasoning_content");
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void replayContainsTheUsageOnlyOnRequest() {
    server.next(CHAT, FakeCompletions.text("Paris.", "stop"));
    client.chat().completions().create(asking(PARIS));

    assertThat(stream(PARIS)).allSatisfy(chunk -> assertThat(chunk.usage()).isEmpty());
    List<ChatCompletionChunk> hit = stream(client, withUsage(PARIS));
    assertThat(hit.get(hit.size() - 1).usage()).isPresent();
    assertThat(hit.get(hit.size() - 1).choices()).isEmpty();
  }

  @Test
  void toolCallsAreMergedAndReplayed() {
    server.next(
        CHAT,
        FakeStream.start()
            .raw(
                tool(
                    "{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}"))
            .raw(tool("{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\"\"}}"))
            .raw(
                tool(
                    "{\"index\":1,\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}"))
            .raw(tool("{\"index\":0,\"function\":{\"arguments\":\":1}\"}}"))
            .end("tool_calls")
            .done());

    List<ChatCompletionChunk> miss = stream(PARIS);
    List<ChatCompletionChunk> hit = stream(PARIS);
    ChatCompletion blocking = client.chat().completions().create(asking(PARIS));

    assertThat(Unmarked.of(accumulated(hit))).isEqualTo(accumulated(miss));
    assertThat(blocking.validate().choices().get(0).message().toolCalls().orElseThrow())
        .extracting(
            call ->
                call.asFunction().id()
                    + call.asFunction().function().name()
                    + call.asFunction().function().arguments())
        .containsExactly("c1f{\"a\":1}", "c2g{}");
    assertThat(chatRequests()).isEqualTo(1);
  }

  private static String tool(String call) {
    return "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
        + "\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":["
        + call
        + "]},"
        + "\"finish_reason\":null}]}\n\n";
  }

  @Test
  void chunksArriveBeforeTheStreamIsComplete() {
    server.next(CHAT, gatedAfter("Par"));

    try (StreamResponse<ChatCompletionChunk> chunks = open(client, PARIS)) {
      Iterator<ChatCompletionChunk> iterator = chunks.stream().iterator();
      iterator.next();
      assertThat(text(iterator.next())).isEqualTo("Par");
      assertThat(cache.stats().writes()).isZero();
      gate.countDown();
      assertThat(text(iterator.next())).isEqualTo("is.");
      iterator.forEachRemaining(chunk -> {});
    }
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void unreadStreamDoesNotDelayOthers() {
    server.next(CHAT, FakeStream.completion("Par", "is."));
    try (StreamResponse<ChatCompletionChunk> idle = open(client, PARIS)) {
      assertThat(text(stream(PARIS))).isEqualTo("Paris.");
      assertThat(chatRequests()).isEqualTo(1);
      assertThat(client.chat().completions().create(asking(PARIS)).choices()).hasSize(1);
      assertThat(chatRequests()).isEqualTo(1);
      assertThat(text(idle.stream().toList())).isEqualTo("Paris.");
    }
  }

  @Test
  @SuppressWarnings("try") // the first stream is closed before its block ends
  void laterCallReceivesASharedStreamFromItsBeginning() {
    server.next(CHAT, gatedAfter("Par"));
    try (StreamResponse<ChatCompletionChunk> first = open(client, PARIS);
        StreamResponse<ChatCompletionChunk> second = open(client, PARIS)) {
      Iterator<ChatCompletionChunk> ofFirst = first.stream().iterator();
      ofFirst.next();
      ofFirst.next();
      Iterator<ChatCompletionChunk> ofSecond = second.stream().iterator();
      ofSecond.next();
      assertThat(text(ofSecond.next())).isEqualTo("Par");
      first.close();
      gate.countDown();
      assertThat(text(ofSecond.next())).isEqualTo("is.");
      ofSecond.forEachRemaining(chunk -> {});
    }

    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().coalesced()).isEqualTo(1);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void concurrentStreamsOfTheSameQuestionSendOneRequest() {
    server.always(CHAT, gatedAfter("Par"));

    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(onNewThread(() -> text(stream(PARIS))));
    }
    awaitCoalesced(7);
    gate.countDown();

    assertThat(calls).allSatisfy(call -> assertThat(call.join()).isEqualTo("Paris."));
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void asynchronousStreamIsStoredAndReplayed() {
    server.next(CHAT, FakeStream.completion("Par", "is."));

    assertThat(streamAsync(PARIS).join()).isEqualTo("Paris.");
    assertThat(streamAsync(PARIS).join()).isEqualTo("Paris.");

    assertThat(chatRequests()).isEqualTo(1);
  }
}
