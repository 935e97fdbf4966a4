package io.github.semcache.micrometer;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.InternalServerException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.openai.FakeStream;
import io.github.semcache.openai.proxy.CachedOpenAi;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The observations of model calls of a wrapped OpenAI client. */
@Timeout(60)
class ModelSpansTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String FAR = "What is the capital of Peru?";

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final SemanticCache cache =
      SemanticCache.builder().embedder(new FakeEmbedder().place(PARIS, 0).place(FAR, 60)).build();
  private final Spans spans = new Spans();
  private final ObservationRegistry registry = spans.registry();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final OpenAIClient client = observed(CacheObservations.of(registry).modelCalls("openai"));

  private OpenAIClient observed(ChatClient.Observer observer) {
    return CachedOpenAi.builder(cache).observer(observer).build().wrap(plain);
  }

  @AfterEach
  void close() {
    gate.countDown();
    plain.close();
    cache.close();
    server.close();
  }

  private static ChatCompletionCreateParams params(String question) {
    return ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(question).build();
  }

  private void create(String question) {
    client.chat().completions().create(params(question));
  }

  private long stream(String question) {
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params(question))) {
      return chunks.stream().count();
    }
  }

  private Map<String, String> onlySpan() {
    assertThat(spans.ended()).hasSize(1);
    return spans.attributes(0);
  }

  @Test
  void missHasOneSpanWithoutTextAndAHitHasNone() {
    create(PARIS);
    create(PARIS);

    assertThat(onlySpan())
        .containsEntry("gen_ai.operation.name", "chat")
        .containsEntry("gen_ai.provider.name", "openai")
        .containsEntry("gen_ai.request.model", "gpt-4o")
        .containsEntry("gen_ai.response.model", "gpt-4o")
        .containsEntry("gen_ai.response.finish_reasons", "stop")
        .containsEntry("gen_ai.usage.input_tokens", "6")
        .containsEntry("gen_ai.usage.output_tokens", "7")
        .containsEntry("error.type", "none");
    assertThat(spans.names()).containsExactly("chat gpt-4o");
    assertThat(spans.last().toString()).doesNotContain("France");
  }

  @Test
  void spanOfALookupOnAWorkerThreadIsAChildOfTheCallersObservation() {
    FakeEmbedder embedder = new FakeEmbedder();
    FaultyStore blocking = new FaultyStore(InMemoryVectorStore.of(embedder));
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    blocking.before(call -> threads.add(Thread.currentThread()));
    Observation parent = Observation.start("request", registry);
    try (SemanticCache observed =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(new FakeChatClient())
            .store(CacheObservations.of(registry).observe(blocking))
            .build()) {
      parent.scoped(() -> observed.ask("What is the capital of France?"));
    }

    assertThat(threads).doesNotContain(Thread.currentThread());
    assertThat(spans.names()).contains("semcache lookup semantic");
    assertThat(spans.last().getParentObservation()).isSameAs(parent);
  }

  @Test
  void spanIsAChildOfTheCurrentObservation() {
    Observation parent = Observation.start("request", registry);
    parent.scoped(() -> create(PARIS));

    assertThat(spans.last().getParentObservation()).isSameAs(parent);
  }

  @Test
  void asynchronousMissHasOneSpan() {
    client.async().chat().completions().create(params(PARIS)).join();

    assertThat(onlySpan()).containsEntry("gen_ai.usage.output_tokens", "7");
  }

  @Test
  void spanOfAStreamEndsWithTheStreamAndContainsItsUsage() {
    server.next(
        CHAT,
        FakeStream.start()
            .chunk(delta -> delta.put("content", "Paris"))
            .await(gate)
            .end("stop")
            .usage()
            .done());
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params(PARIS))) {
      chunks.stream()
          .forEach(
              chunk -> {
                if (gate.getCount() > 0) {
                  assertThat(spans.ended()).isEmpty();
                  gate.countDown();
                }
              });
    }

    assertThat(onlySpan())
        .containsEntry("gen_ai.response.finish_reasons", "stop")
        .containsEntry("gen_ai.usage.input_tokens", "5")
        .containsEntry("gen_ai.usage.output_tokens", "7");
    stream(PARIS);
    assertThat(spans.ended()).hasSize(1);
  }

  @Test
  void coalescedCallsHaveOneSpan() {
    server.always(CHAT, FakeReply.after(gate, FakeCompletions.text("Paris.", "stop")));
    List<CompletableFuture<?>> calls =
        Stream.<CompletableFuture<?>>generate(
                () -> client.async().chat().completions().create(params(PARIS)))
            .limit(4)
            .toList();
    await().until(() -> cache.stats().coalesced() == 3);
    gate.countDown();
    calls.forEach(CompletableFuture::join);

    assertThat(onlySpan()).containsEntry("error.type", "none");
  }

  @Test
  void errorTypeOfAnErrorResponseIsItsStatusCode() {
    server.always(CHAT, FakeReply.error(500, "broken").header("x-should-retry", "false"));

    assertThatThrownBy(() -> create(PARIS)).isInstanceOf(InternalServerException.class);

    assertThat(onlySpan()).containsEntry("error.type", "500");
    assertThat(spans.last().getError()).isNotNull();
    assertThat(spans.last().toString()).doesNotContain("broken");
  }

  @Test
  void brokenStreamIsAnErrorAndAClosedStreamIsNot() {
    server.next(CHAT, FakeStream.start().chunk(delta -> delta.put("content", "Par")).disconnect());
    assertThatThrownBy(() -> stream(PARIS)).isNotNull();
    assertThat(onlySpan().get("error.type")).contains("Exception");

    server.next(
        CHAT, FakeStream.start().chunk(delta -> delta.put("content", "Li")).await(gate).done());
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params(FAR))) {
      chunks.stream().iterator().next();
    }

    assertThat(spans.ended()).hasSize(2);
    assertThat(spans.attributes(1)).containsEntry("error.type", "none");
    assertThat(spans.last().getError()).isNull();
  }

  @Test
  void exceptionOfTheObserverDoesNotFailTheCall() {
    OpenAIClient failing =
        observed(
            model -> {
              throw new IllegalStateException("broken observer");
            });

    assertThat(failing.chat().completions().create(params(PARIS)).choices()).hasSize(1);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }
}
