package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.openai.core.http.AsyncStreamResponse;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.openai.FakeStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Streams that are malformed, fail, or are closed early. */
final class IncompleteStreamTest extends CachedClientTest {
  IncompleteStreamTest() {
    super(Admission.everything());
  }

  @Test
  void streamThatIsClosedEarlyIsNotStored() {
    server.next(CHAT, gatedAfter("Par"));

    try (StreamResponse<ChatCompletionChunk> chunks = open(client, PARIS)) {
      chunks.stream().iterator().next();
    }

    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().modelCalls()).isEqualTo(1);
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(text(stream(PARIS))).startsWith("Answer");
    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void lostConnectionFailsTheCallAndNothingIsStored() {
    FakeStream truncated =
        FakeStream.start().chunk(delta -> delta.put("content", "Par")).disconnect();
    server.next(CHAT, truncated, truncated);

    Throwable without = catchThrowable(() -> stream(plain, asking(PARIS)));
    Throwable with = catchThrowable(() -> stream(PARIS));

    assertThat(with).isInstanceOf(OpenAIIoException.class).hasMessage(without.getMessage());
    assertThat(with).hasRootCauseInstanceOf(IOException.class);
    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
    assertThat(text(stream(PARIS))).startsWith("Answer");
  }

  @Test
  void streamWithoutTerminalMarkerIsStoredIfItHasAFinishReason() {
    server.next(
        CHAT, FakeStream.start().chunk(delta -> delta.put("content", "Paris")).end("eos_token"));

    assertThat(text(stream(PARIS))).isEqualTo("Paris");
    assertThat(text(stream(PARIS))).isEqualTo("Paris");

    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().writes()).isEqualTo(1);
    assertThat(cache.stats().modelErrors()).isZero();
  }

  @Test
  void streamWithoutTerminalMarkerAndFinishReasonIsNotStored() {
    server.next(CHAT, FakeStream.start().chunk(delta -> delta.put("content", "Paris")));

    assertThat(text(stream(PARIS))).isEqualTo("Paris");

    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
    assertThat(cache.stats().adapterErrors()).isZero();
  }

  @Test
  void malformedStreamIsForwardedAndCountedOnceAsAnAdapterError() {
    String malformed = "data: {broken\n\n";
    server.next(
        CHAT,
        FakeStream.start().raw(malformed).raw(malformed).done(),
        FakeStream.start().raw(malformed).raw(malformed).done());

    Throwable without = catchThrowable(() -> stream(plain, asking(PARIS)).get(0).id());
    Throwable with = catchThrowable(() -> stream(PARIS).get(0).id());

    assertThat(with).hasSameClassAs(without);
    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
  }

  @Test
  void streamWithoutAnAnswerIsForwardedAndCountedAsAnAdapterError() {
    server.next(CHAT, FakeStream.start().done());

    assertThat(stream(PARIS)).isEmpty();

    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
  }

  @Test
  void errorInAStreamFailsTheCallAndIsNoAdapterError() {
    String error = "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n";
    server.next(CHAT, FakeStream.start().raw(error).done());

    assertThatThrownBy(() -> stream(PARIS)).isInstanceOf(SseException.class);
    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
    assertThat(cache.stats().adapterErrors()).isZero();
  }

  @Test
  void errorInsteadOfAStreamIsTheSameAsWithoutTheCache() {
    server.always(CHAT, FakeReply.rateLimited(1));

    assertThatThrownBy(() -> stream(PARIS)).isInstanceOf(RateLimitException.class);

    assertThat(chatRequests()).isEqualTo(3);
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
  }

  @Test
  void carriageReturnsCommentsAndOtherFieldsAreSupported() {
    String chunk =
        "{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Ünïcödé"
            + " 🗼\"},\"finish_reason\":\"stop\"}]}";
    server.next(
        CHAT,
        FakeStream.start()
            .raw(": keep-alive\r\n\r\n")
            .raw("id: 7\r\nevent: chunk\r\ndata: " + chunk + "\r\n\r\n")
            .raw("data:[DONE]\r\n\r\n"));

    assertThat(text(stream(PARIS))).isEqualTo("Ünïcödé 🗼");
    assertThat(text(stream(PARIS))).isEqualTo("Ünïcödé 🗼");
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void asynchronousStreamThatIsClosedEarlyIsNotStored() {
    server.next(CHAT, gatedAfter("Par"));
    CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();
    AsyncStreamResponse<ChatCompletionChunk> stream =
        client.async().chat().completions().createStreaming(asking(PARIS));
    stream.subscribe(
        new AsyncStreamResponse.Handler<>() {
          @Override
          public void onNext(ChatCompletionChunk chunk) {
            stream.close();
          }

          @Override
          public void onComplete(Optional<Throwable> error) {
            ended.complete(error);
          }
        });

    ended.join();

    await().until(() -> cache.stats().modelCalls() == 1);
    assertThat(cache.stats().writes()).isZero();
    assertThat(streamAsync(PARIS).join()).startsWith("Answer");
  }

  @Test
  void bypassedStreamIsNotStored() {
    stream(client, CacheControl.bypass().on(asking(PARIS)));
    stream(client, CacheControl.refresh().on(asking(PARIS)));
    stream(PARIS);

    assertThat(chatRequests()).isEqualTo(2);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }
}
