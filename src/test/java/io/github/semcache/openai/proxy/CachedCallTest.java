package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.RequestOptions;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.StructuredChatCompletionCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.openai.OpenAiEmbedder;
import io.github.semcache.openai.RecordedRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Timeouts, interrupts, headers, and unusual responses of calls through a wrapped client. */
final class CachedCallTest extends CachedClientTest {
  private static ChatCompletion create(OpenAIClient client) {
    return client.chat().completions().create(asking(PARIS));
  }

  @Test
  void callWaitsForAnotherAtMostForItsOwnTimeout() {
    server.next(CHAT, FakeReply.after(gate, FakeCompletions.text("slow", "stop")));
    CompletableFuture<ChatCompletion> slow = onNewThread(() -> create(client));
    await().until(() -> chatRequests() == 1);

    ChatCompletion withShortTimeout =
        client
            .chat()
            .completions()
            .create(
                asking(PARIS), RequestOptions.builder().timeout(Duration.ofMillis(100)).build());

    assertThat(text(withShortTimeout)).isEqualTo("Answer to: " + PARIS);
    assertThat(slow).isNotDone();
    gate.countDown();
    assertThat(text(slow.join())).isEqualTo("slow");
  }

  @Test
  void stuckLeaderDelaysACallAtMostForItsMaximumWait() {
    server.next(CHAT, FakeReply.after(gate, FakeCompletions.text("slow", "stop")));
    CompletableFuture<ChatCompletion> stuck = onNewThread(() -> create(client));
    await().until(() -> chatRequests() == 1);
    ChatCompletionCreateParams impatient =
        CacheControl.use().maxWait(Duration.ofMillis(50)).on(asking(PARIS));

    assertThat(text(client.chat().completions().create(impatient)))
        .isEqualTo("Answer to: " + PARIS);
    assertThat(stuck).isNotDone();
    assertThat(chatRequests()).isEqualTo(2);
    gate.countDown();
    assertThat(text(stuck.join())).isEqualTo("slow");
  }

  @Test
  void maximumWaitOfTheCacheAppliesToItsClients() {
    try (SemanticCache impatient =
        SemanticCache.builder()
            .embedder(OpenAiEmbedder.of(plain))
            .maxWait(Duration.ofMillis(50))
            .build()) {
      OpenAIClient wrapped = CachedOpenAi.wrap(plain, impatient);
      server.next(CHAT, FakeReply.after(gate, FakeCompletions.text("slow", "stop")));
      CompletableFuture<ChatCompletion> stuck = onNewThread(() -> create(wrapped));
      await().until(() -> chatRequests() == 1);

      assertThat(text(create(wrapped))).isEqualTo("Answer to: " + PARIS);
      assertThat(stuck).isNotDone();
      gate.countDown();
      stuck.join();
    }
  }

  @Test
  void followerOfAnInterruptedCallBecomesTheLeader() throws InterruptedException {
    server.next(CHAT, FakeReply.rateLimited(30_000));
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread leader = new Thread(() -> seen.set(catchThrowable(() -> create(client))));
    leader.start();
    await().until(() -> chatRequests() == 1);
    CompletableFuture<ChatCompletion> follower = onNewThread(() -> create(client));
    await().until(() -> cache.stats().coalesced() == 1);

    leader.interrupt();
    leader.join();

    assertThat(seen.get()).isNotNull();
    assertThat(text(follower.join())).isEqualTo("Answer to: " + PARIS);
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void apiKeysShareAnswersOnlyIfThatIsConfigured() {
    OpenAIClient otherKey = server.client(options -> options.apiKey("another-key"));
    create(client);
    create(CachedOpenAi.wrap(otherKey, cache));
    create(client);
    create(client.withOptions(options -> options.apiKey("another-key")));
    assertThat(chatRequests()).isEqualTo(2);

    CachedOpenAi shared = CachedOpenAi.builder(cache).shareAcrossCredentials().build();
    create(shared.wrap(plain));
    create(shared.wrap(otherKey));
    assertThat(chatRequests()).isEqualTo(3);
    otherKey.close();
  }

  @Test
  void projectsDoNotShareAnswers() {
    create(client);
    create(client.withOptions(options -> options.project("project-2")));

    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void otherHeadersAreSentToTheService() {
    ChatCompletionCreateParams params =
        CacheControl.use()
            .tag("tenant", "acme")
            .on(asking(PARIS).toBuilder().putAdditionalHeader("X-Trace", "7").build());

    client.chat().completions().create(params);

    RecordedRequest request = server.requests(CHAT).get(0);
    assertThat(request.header("X-Trace")).contains("7");
    assertThat(request.header(CacheControl.TAG_PREFIX + "tenant")).isEmpty();
  }

  /** The type of the structured output. */
  public static final class Capital {
    public String city = "";
  }

  @Test
  void headersAreAppliedToACallWithStructuredOutput() {
    server.answer(PARIS, "{\"city\": \"Paris\"}");
    StructuredChatCompletionCreateParams<Capital> params =
        ChatCompletionCreateParams.builder()
            .model("gpt-4o")
            .addUserMessage(PARIS)
            .responseFormat(Capital.class)
            .putAllAdditionalHeaders(CacheControl.bypass().headers())
            .build();

    client.chat().completions().create(params);
    client.chat().completions().create(params);

    assertThat(chatRequests()).isEqualTo(2);
    assertThat(server.requests(CHAT).get(0).header(CacheControl.MODE)).isEmpty();
  }

  @Test
  void compressedAnswerIsStored() {
    server.next(CHAT, gzip(completion("Paris.")));

    ChatCompletion miss = create(client);
    ChatCompletion hit = create(client);

    assertThat(text(miss)).isEqualTo("Paris.");
    assertThat(Unmarked.of(hit)).isEqualTo(miss);
    assertThat(chatRequests()).isEqualTo(1);
  }

  private static FakeReply gzip(String body) {
    return (request, exchange) -> {
      byte[] bytes = gzipped(body);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  private static byte[] gzipped(String body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(body.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static String completion(String content) {
    return "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"gpt-4o\","
        + "\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"logprobs\":null,"
        + "\"message\":{\"role\":\"assistant\",\"refusal\":null,\"content\":\""
        + content
        + "\"}}]}";
  }

  @Test
  void largeAnswerIsStored() {
    String content = "0123456789".repeat(500_000);
    server.next(CHAT, FakeReply.body(200, completion(content)));

    assertThat(text(create(client))).isEqualTo(content);
    assertThat(text(create(client))).isEqualTo(content);
    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void answerWithAStatusOtherThan200IsNotStored() {
    server.next(
        CHAT, FakeReply.body(203, completion("one")), FakeReply.body(200, completion("two")));

    assertThat(text(create(client))).isEqualTo("one");
    assertThat(text(create(client))).isEqualTo("two");
    assertThat(text(create(client))).isEqualTo("two");
    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void deprecatedFunctionCallIsNotStored() {
    server.next(
        CHAT,
        FakeReply.body(
            200,
            completion("x")
                .replace(
                    "\"role\"",
                    "\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"},\"role\"")));

    create(client);

    assertThat(cache.stats().notAdmitted()).isEqualTo(1);
  }
}
