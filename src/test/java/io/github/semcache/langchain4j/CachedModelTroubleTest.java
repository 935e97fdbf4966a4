package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.github.semcache.SemanticCache;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that others wait for end, whatever the model, the handler or the executor does. */
@Timeout(60)
class CachedModelTroubleTest {
  private static final String PARIS = "What is the capital of France?";

  private final AtomicBoolean refusing = new AtomicBoolean();
  private final SemanticCache cache =
      SemanticCache.builder().embedder(new FakeEmbedder()).executor(this::execute).build();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final FakeModel fake = new FakeModel();

  @AfterEach
  void close() {
    gate.countDown();
    cache.close();
  }

  private void execute(Runnable task) {
    if (refusing.get()) {
      throw new RejectedExecutionException("full");
    }
    new Thread(task).start();
  }

  private static ChatRequest asking(Content... contents) {
    return ChatRequest.builder().messages(UserMessage.from(contents)).build();
  }

  private static ChatResponse response(TokenUsage usage) {
    return ChatResponse.builder()
        .aiMessage(AiMessage.from("Paris"))
        .tokenUsage(usage)
        .finishReason(FinishReason.STOP)
        .build();
  }

  /** Gives the first call what it is told to, once the gate is open; later ones are answered. */
  private final class OddModel implements ChatModel {
    private final AtomicInteger calls = new AtomicInteger();
    private final java.util.function.Supplier<CompletableFuture<ChatResponse>> first;

    OddModel(java.util.function.Supplier<CompletableFuture<ChatResponse>> first) {
      this.first = first;
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
      return ChatRequestParameters.builder().modelName("odd").build();
    }

    @Override
    public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
      if (calls.incrementAndGet() > 1) {
        return CompletableFuture.completedFuture(response(new TokenUsage(1, 1)));
      }
      await(gate);
      return first.get();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private CompletableFuture<String> followerOf(OddModel odd) {
    ChatModel cached = CachedChatModel.wrap(odd, cache);
    CompletableFuture<String> unused = cached.chatAsync(PARIS);
    org.awaitility.Awaitility.await().until(() -> odd.calls.get() == 1);
    CompletableFuture<String> follower = cached.chatAsync(PARIS);
    org.awaitility.Awaitility.await().until(() -> cache.stats().coalesced() == 1);
    gate.countDown();
    return follower;
  }

  @Test
  void noResponseLeavesTheCallToOneWhoWaits() {
    OddModel odd = new OddModel(() -> CompletableFuture.completedFuture(null));

    assertThat(followerOf(odd).join()).isEqualTo("Paris");
    assertThat(odd.calls).hasValue(2);
  }

  @Test
  void errorOfTheModelEndsTheCallsOfThoseWhoWait() {
    OddModel odd =
        new OddModel(
            () -> {
              throw new LinkageError("broken");
            });

    assertThatThrownBy(followerOf(odd)::join).hasRootCauseMessage("broken");
  }

  @Test
  void usageThatIsNoneIsNotCounted() {
    OddModel odd =
        new OddModel(() -> CompletableFuture.completedFuture(response(new TokenUsage(-1, 2))));

    assertThat(followerOf(odd).join()).isEqualTo("Paris");
    assertThat(cache.stats().writes()).isEqualTo(1);
    assertThat(odd.calls).hasValue(1);
  }

  @Test
  void attributeThatWouldComeBackWithAnotherTypeKeepsTheMessageFromBeingKept() {
    fake.replying(
        ChatResponse.builder()
            .aiMessage(AiMessage.builder().text("Paris").attributes(Map.of("n", 7L)).build())
            .finishReason(FinishReason.STOP)
            .build());
    ChatModel cached = CachedChatModel.wrap(fake, cache);

    for (int i = 0; i < 2; i++) {
      ChatResponse response = cached.chat(asking(TextContent.from(PARIS)));
      assertThat(response.aiMessage().attributes()).containsEntry("n", 7L);
    }
    assertThat(fake.calls()).isEqualTo(2);
  }

  @Test
  void handlerThatThrowsFailsItsOwnCallAlone() {
    fake.waitingFor(gate);
    StreamingChatModel model =
        new StreamingChatModel() {
          @Override
          public ChatRequestParameters defaultRequestParameters() {
            return fake.defaultRequestParameters();
          }

          @Override
          public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            ChatResponse response = fake.doChat(request);
            try {
              handler.onPartialResponse(response.aiMessage().text());
            } catch (RuntimeException e) {
              handler.onError(e);
            }
            handler.onCompleteResponse(response);
          }
        };
    StreamingChatModel cached = CachedChatModel.wrap(model, cache);
    Handler throwing = new Handler(true);
    Handler follower = new Handler(false);
    cached.chat(PARIS, throwing);
    org.awaitility.Awaitility.await().until(() -> fake.calls() == 1);
    cached.chat(PARIS, follower);
    org.awaitility.Awaitility.await().until(() -> cache.stats().coalesced() == 1);
    gate.countDown();

    assertThat(follower.response.join().aiMessage().text()).isEqualTo("answer 2");
    assertThat(throwing.failure.join()).hasMessage("the handler's own");
    assertThat(cache.stats().modelErrors()).isZero();
  }

  private static final class Handler implements StreamingChatResponseHandler {
    private final boolean throwing;
    private final CompletableFuture<ChatResponse> response = new CompletableFuture<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    Handler(boolean throwing) {
      this.throwing = throwing;
    }

    @Override
    public void onPartialResponse(String text) {
      if (throwing) {
        throw new IllegalArgumentException("the handler's own");
      }
    }

    @Override
    public void onCompleteResponse(ChatResponse whole) {
      response.complete(whole);
    }

    @Override
    public void onError(Throwable e) {
      failure.complete(e);
    }
  }

  @Test
  void executorThatTakesNoMoreMakesCallsPassTheCacheBy() {
    refusing.set(true);
    Handler handler = new Handler(false);

    CachedChatModel.wrap(fake.streaming(), cache).chat(PARIS, handler);

    assertThat(handler.response.join().aiMessage().text()).isEqualTo("answer 1");
    assertThat(CachedChatModel.wrap(fake, cache).chatAsync(PARIS).join()).isEqualTo("answer 2");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void cacheThatIsClosedAsACallBeginsLetsItPass(boolean streaming) {
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
    Handler handler = new Handler(false);

    if (streaming) {
      CachedChatModel.wrap(fake.streaming(), closing.get(0)).chat(PARIS, handler);
      assertThat(handler.response.join().aiMessage().text()).isEqualTo("answer 1");
    } else {
      assertThat(CachedChatModel.wrap(fake, closing.get(0)).chatAsync(PARIS).join())
          .isEqualTo("answer 1");
    }
  }

  @Test
  void textsThatStandElsewhereAmongTheImagesAreAnotherRequest() {
    ChatModel cached = CachedChatModel.wrap(fake, cache);
    Content a = ImageContent.from("http://localhost/a.png");
    Content b = ImageContent.from("http://localhost/b.png");
    Content damaged = TextContent.from("damaged");
    Content question = TextContent.from("Which one do I return?");
    Content empty = TextContent.from(" ");
    Content placeholder = TextContent.from("text");
    List<ChatRequest> requests =
        List.of(
            asking(empty, a, damaged, b, question),
            asking(damaged, a, empty, b, question),
            asking(a, damaged, b, question),
            asking(damaged, a, b, question),
            asking(a, b, damaged, question),
            asking(question, a, empty),
            asking(placeholder, a, question),
            asking(question, a, placeholder));

    List<ChatResponse> answers = requests.stream().map(cached::chat).toList();

    assertThat(answers).doesNotHaveDuplicates();
    assertThat(requests.stream().map(cached::chat).toList()).isEqualTo(answers);
    assertThat(fake.calls()).isEqualTo(requests.size());
  }

  /** Parameters of a provider whose class does not show its own field. */
  private static final class Silent extends DefaultChatRequestParameters {
    @SuppressWarnings("unused") // stands for what a provider would send
    private final int budget;

    Silent(int budget) {
      super(DefaultChatRequestParameters.builder().modelName("fake"));
      this.budget = budget;
    }

    @Override
    public ChatRequestParameters overrideWith(ChatRequestParameters that) {
      return this;
    }
  }

  @Test
  void parametersThatDoNotShowThemselvesPassTheCacheBy() {
    for (int budget = 0; budget < 2; budget++) {
      Silent defaults = new Silent(budget);
      ChatModel silent =
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
      CachedChatModel.wrap(silent, cache).chat(PARIS);
    }

    assertThat(fake.calls()).isEqualTo(2);
    assertThat(cache.stats().requests()).isZero();
  }
}
