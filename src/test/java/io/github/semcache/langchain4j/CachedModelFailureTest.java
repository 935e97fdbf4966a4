package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests, responses, and states of the cache for which a cached model calls the model directly.
 */
@Timeout(60)
class CachedModelFailureTest {
  private static final String PARIS = "What is the capital of France?";

  private final AtomicBoolean rejecting = new AtomicBoolean();
  private final SemanticCache cache =
      SemanticCache.builder().embedder(new FakeEmbedder()).executor(this::execute).build();
  private final FakeModel fake = new FakeModel();

  @AfterEach
  void close() {
    cache.close();
  }

  private void execute(Runnable task) {
    if (rejecting.get()) {
      throw new RejectedExecutionException("full");
    }
    new Thread(task).start();
  }

  private static ChatRequest request(Content... contents) {
    return ChatRequest.builder().messages(UserMessage.from(contents)).build();
  }

  @Test
  void messageWithAnAttributeWhoseTypeIsLostInJsonIsNotStored() {
    fake.replying(
        ChatResponse.builder()
            .aiMessage(AiMessage.builder().text("Paris").attributes(Map.of("n", 7L)).build())
            .finishReason(FinishReason.STOP)
            .build());
    ChatModel cached = CachedChatModel.wrap(fake, cache);

    for (int i = 0; i < 2; i++) {
      ChatResponse response = cached.chat(request(TextContent.from(PARIS)));
      assertThat(response.aiMessage().attributes()).containsEntry("n", 7L);
    }
    assertThat(fake.calls()).isEqualTo(2);
    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().adapterErrors()).isEqualTo(2);
  }

  private static String responseOf(StreamingChatModel model) {
    return new CachedModelFixture.Recorder().record(model, PARIS).response().aiMessage().text();
  }

  @Test
  void callsThatTheExecutorRejectsBypassTheCache() {
    rejecting.set(true);

    assertThat(responseOf(CachedChatModel.wrap(fake.streaming(), cache))).isEqualTo("answer 1");
    assertThat(CachedChatModel.wrap(fake, cache).chatAsync(PARIS).join()).isEqualTo("answer 2");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void callDuringWhichTheCacheIsClosedBypassesTheCache(boolean streaming) {
    List<SemanticCache> closing = new ArrayList<>();
    closing.add(
        SemanticCache.builder()
            .embedder(new FakeEmbedder())
            .executor(
                task -> {
                  closing.get(0).close();
                  task.run();
                })
            .build());

    if (streaming) {
      assertThat(responseOf(CachedChatModel.wrap(fake.streaming(), closing.get(0))))
          .isEqualTo("answer 1");
    } else {
      assertThat(CachedChatModel.wrap(fake, closing.get(0)).chatAsync(PARIS).join())
          .isEqualTo("answer 1");
    }
  }

  @Test
  void blockingCallDuringWhichTheCacheIsClosedBypassesTheCache() {
    FakeEmbedder embedder = new FakeEmbedder();
    SemanticCache closing = SemanticCache.builder().embedder(embedder).build();
    ChatModel cached =
        CachedChatModel.builder(closing)
            .prompts(
                (request, prompt) -> {
                  closing.close();
                  return prompt;
                })
            .build(fake);

    assertThat(cached.chat(PARIS)).isEqualTo("answer 1");
    assertThat(closing.stats().requests()).isZero();
  }

  @Test
  void requestsWithTextsInOtherPositionsBetweenImagesAreDifferent() {
    ChatModel cached = CachedChatModel.wrap(fake, cache);
    Content a = ImageContent.from("http://localhost/a.png");
    Content b = ImageContent.from("http://localhost/b.png");
    Content damaged = TextContent.from("damaged");
    Content question = TextContent.from("Which one do I return?");
    Content empty = TextContent.from(" ");
    Content placeholder = TextContent.from("text");
    List<ChatRequest> requests =
        List.of(
            request(empty, a, damaged, b, question),
            request(damaged, a, empty, b, question),
            request(a, damaged, b, question),
            request(damaged, a, b, question),
            request(a, b, damaged, question),
            request(question, a, empty),
            request(placeholder, a, question),
            request(question, a, placeholder));

    List<ChatResponse> answers = requests.stream().map(cached::chat).toList();

    assertThat(answers).doesNotHaveDuplicates();
    assertThat(requests.stream().map(cached::chat).map(CachedModelFixture::unmarked).toList())
        .isEqualTo(answers);
    assertThat(fake.calls()).isEqualTo(requests.size());
  }

  /** Parameters of a provider, with a field that toString does not contain. */
  private static final class OpaqueParameters extends DefaultChatRequestParameters {
    @SuppressWarnings("unused") // a field that a provider would send
    private final int budget;

    OpaqueParameters(int budget) {
      super(DefaultChatRequestParameters.builder().modelName("fake"));
      this.budget = budget;
    }

    @Override
    public ChatRequestParameters overrideWith(ChatRequestParameters that) {
      return this;
    }
  }

  @Test
  void parametersAreComparedByTheFieldsThatToStringDoesNotContain() {
    for (int budget : new int[] {0, 1, 0}) {
      OpaqueParameters defaults = new OpaqueParameters(budget);
      ChatModel opaque =
          new ChatModel() {
            @Override
            public ChatRequestParameters defaultRequestParameters() {
              return defaults;
            }

            @Override
            public ChatResponse doChat(ChatRequest request) {
              return fake.doChat(request);
            }
          };
      CachedChatModel.wrap(opaque, cache).chat(PARIS);
    }

    assertThat(fake.calls()).isEqualTo(2);
    assertThat(cache.stats().hits()).isEqualTo(1);
    assertThat(cache.stats().adapterErrors()).isZero();
  }

  @Test
  void payloadThatCannotBeReadIsReplacedByTheTextOfTheReply() {
    ChatResponseCodec codec = new ChatResponseCodec(cache::adapterFailed);

    ChatResponse decoded = codec.decode(ChatReply.of("Paris").payload("{broken"));

    assertThat(decoded.aiMessage().text()).isEqualTo("Paris");
    assertThat(decoded.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
  }

  @Test
  void replyWithoutAPayloadOfLangChain4jIsNotAnError() {
    ChatResponseCodec codec = new ChatResponseCodec(cache::adapterFailed);

    assertThat(codec.decode(ChatReply.of("Paris")).aiMessage().text()).isEqualTo("Paris");
    assertThat(codec.decode(ChatReply.of("Paris").payload("{}")).aiMessage().text())
        .isEqualTo("Paris");
    assertThat(cache.stats().adapterErrors()).isZero();
  }
}
