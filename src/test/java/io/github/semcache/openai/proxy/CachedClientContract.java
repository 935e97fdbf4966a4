package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionUserMessageParam;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.openai.FakeStream;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of a wrapped client that pass with every store. */
@Timeout(60)
abstract class CachedClientContract {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final Embedder embedder = new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20);
  private final VectorStore store = open(embedder);
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(embedder)
          .ownedStore(store)
          .admission(Admission.everything())
          .build();
  private final OpenAIClient client = CachedOpenAi.wrap(plain, cache);

  abstract VectorStore open(Embedder embedder);

  @BeforeEach
  void empty() {
    store.remove(new EntrySelector.All());
  }

  @AfterEach
  void close() {
    plain.close();
    cache.close();
    server.close();
  }

  private static ChatCompletionCreateParams.Builder asking(String question) {
    return ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(question);
  }

  private ChatCompletion create(String question) {
    return client.chat().completions().create(asking(question).build());
  }

  private List<ChatCompletionChunk> stream(String question) {
    ChatCompletionCreateParams params =
        asking(question)
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params)) {
      return chunks.stream().toList();
    }
  }

  private static ChatCompletion accumulated(List<ChatCompletionChunk> chunks) {
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    chunks.forEach(accumulator::accumulate);
    return accumulator.chatCompletion();
  }

  private static String text(ChatCompletion completion) {
    return completion.choices().get(0).message().content().orElse("");
  }

  private int chatRequests() {
    return server.requests(CHAT).size();
  }

  @Test
  void entryServesBlockingAsynchronousAndStreamingCalls() {
    server.next(CHAT, FakeCompletions.text("Paris 🗼", "stop", CachedOpenAiTest::addDetails));

    ChatCompletion miss = create(PARIS);

    assertThat(Unmarked.of(create(PARIS))).isEqualTo(miss);
    assertThat(Unmarked.of(create(PARIS_AGAIN))).isEqualTo(miss);
    assertThat(
            Unmarked.of(
                client.async().chat().completions().create(asking(PARIS_AGAIN).build()).join()))
        .isEqualTo(miss);
    ChatCompletion streamed = accumulated(stream(PARIS_AGAIN));
    assertThat(streamed.choices().get(0).message().content()).contains("Paris 🗼");
    assertThat(streamed.usage()).isEqualTo(miss.usage());
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().exactHits()).isEqualTo(1);
    assertThat(cache.stats().semanticHits()).isEqualTo(3);
    assertThat(cache.stats().storeErrors()).isZero();
  }

  @Test
  void entryOfAStreamServesABlockingCallAndAStream() {
    server.next(CHAT, FakeStream.completion("Par", "is."));

    List<ChatCompletionChunk> miss = stream(PARIS);

    assertThat(Unmarked.of(accumulated(stream(PARIS_AGAIN)))).isEqualTo(accumulated(miss));
    ChatCompletion blocking = create(PARIS_AGAIN);
    assertThat(text(blocking)).isEqualTo("Paris.");
    assertThat(blocking.usage()).isEqualTo(accumulated(miss).usage());
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void hitReturnsAToolCall() {
    server.next(CHAT, FakeCompletions.toolCall("lookup", "{\"q\": \"ü\"}", "tool_calls"));

    ChatCompletion miss = create(PARIS);

    assertThat(Unmarked.of(create(PARIS_AGAIN))).isEqualTo(miss);
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void differentRequestsDoNotShareAnswers() {
    List<ChatCompletionCreateParams> requests =
        List.of(
            asking(PARIS).build(),
            asking(PARIS).model("gpt-4o-mini").build(),
            asking(PARIS).temperature(0.1).build(),
            asking(PARIS).temperature(0.2).build(),
            asking(PARIS).addFunctionTool(function("f")).build(),
            asking(PARIS).addFunctionTool(function("g")).build(),
            ChatCompletionCreateParams.builder()
                .model("gpt-4o")
                .addSystemMessage("Be brief.")
                .addUserMessage(PARIS)
                .build(),
            ChatCompletionCreateParams.builder()
                .model("gpt-4o")
                .addSystemMessage("Be long.")
                .addUserMessage(PARIS)
                .build(),
            ChatCompletionCreateParams.builder()
                .model("gpt-4o")
                .addMessage(
                    ChatCompletionUserMessageParam.builder().content(PARIS).name("k").build())
                .build());

    List<ChatCompletion> first = new ArrayList<>();
    requests.forEach(request -> first.add(client.chat().completions().create(request)));

    assertThat(chatRequests()).isEqualTo(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      ChatCompletion hit = client.chat().completions().create(requests.get(i));
      assertThat(Unmarked.of(hit)).isEqualTo(first.get(i));
    }
    assertThat(first).doesNotHaveDuplicates();
    assertThat(chatRequests()).isEqualTo(requests.size());
  }

  private static FunctionDefinition function(String name) {
    return FunctionDefinition.builder().name(name).build();
  }

  @Test
  void concurrentCallsSendOneRequest() {
    CountDownLatch gate = new CountDownLatch(1);
    server.always(CHAT, FakeReply.after(gate, FakeCompletions.text("Paris.", "stop")));

    List<CompletableFuture<ChatCompletion>> calls =
        Stream.generate(() -> client.async().chat().completions().create(asking(PARIS).build()))
            .limit(8)
            .toList();
    await().until(() -> cache.stats().coalesced() == 7);
    gate.countDown();

    assertThat(calls).allSatisfy(call -> assertThat(text(call.join())).isEqualTo("Paris."));
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void modeAndTagApplyToASingleCall() {
    create(PARIS);
    server.answer(PARIS, "new");

    assertThat(text(ask(CacheControl.use()))).startsWith("Answer");
    assertThat(text(ask(CacheControl.bypass()))).isEqualTo("new");
    assertThat(text(ask(CacheControl.use()))).startsWith("Answer");
    assertThat(text(ask(CacheControl.refresh()))).isEqualTo("new");
    assertThat(text(ask(CacheControl.use()))).isEqualTo("new");
    server.answer(PARIS, "newer");
    assertThat(text(ask(CacheControl.use().tag("tenant", "ac|me*")))).isEqualTo("newer");
    assertThat(text(ask(CacheControl.use().tag("tenant", "ac|me*")))).isEqualTo("newer");
    assertThat(chatRequests()).isEqualTo(4);
  }

  private ChatCompletion ask(CacheControl control) {
    return client.chat().completions().create(control.on(asking(PARIS).build()));
  }

  @Test
  void entryExpiresAfterTheTimeToLiveOfItsCall() {
    ask(CacheControl.use().timeToLive(Duration.ofMillis(200)));

    await().untilAsserted(() -> assertThat(source(CacheControl.use())).isEqualTo("model"));
    assertThat(chatRequests()).isEqualTo(2);
  }

  private String source(CacheControl control) {
    try (HttpResponseFor<ChatCompletion> response =
        client.chat().completions().withRawResponse().create(control.on(asking(PARIS).build()))) {
      return response.headers().values(CacheControl.SOURCE).get(0);
    }
  }
}
