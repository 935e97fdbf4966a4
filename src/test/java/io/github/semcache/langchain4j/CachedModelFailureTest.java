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
import io.github.semcache.chat.ChatReply;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of the model, the handler, or the executor, and what happens to waiting calls. */
@Timeout(60)
class CachedModelFailureTest {
  private static final String PARIS = "What is the capital of France?";

  private final AtomicBoolean rejecting = new AtomicBoolean();
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
    if (rejecting.get()) {
      throw new RejectedExecutionException("full");
    }
    new Thread(task).start();
  }

  private static ChatRequest request(Content... contents) {
    return ChatRequest.builder().messages(UserMessage.from(contents)).build();
  }

  private static ChatResponse response(TokenUsage usage) {
    return ChatResponse.builder()
        .aiMessage(AiMessage.from("Paris"))
        .tokenUsage(usage)
        .finishReason(FinishReason.STOP)
        .build();
  }

  /** Returns a given result for the first call, once the gate is open; answers later calls. */
  private final class GatedModel implements ChatModel {
    private final AtomicInteger calls = new AtomicInteger();
    private final Supplier<CompletableFuture<ChatResponse>> first;

    GatedModel(Supplier<CompletableFuture<ChatResponse>> first) {
      this.first = first;
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
      return ChatRequestParameters.builder().modelName("gated").build();
    }

    @Override
    public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
      if (calls.incrementAndGet() > 1) {
        return CompletableFuture.completedFuture(response(new TokenUsage(1, 1)));
      }
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return first.get();
    }
  }

  /** Starts two concurrent calls and returns the one that waits for the other. */
  private CompletableFuture<String> followerOf(GatedModel gated) {
    ChatModel cached = CachedChatModel.wrap(gated, cache);
    CompletableFuture<String> unused = cached.chatAsync(PARIS);
    await().until(() -> gated.calls.get() == 1);
    CompletableFuture<String> follower = cached.chatAsync(PARIS);
    await().until(() -> cache.stats().coalesced() == 1);
    gate.countDown();
    return follower;
  }

  @Test
  void nullResponseMakesAWaitingCallTheLeader() {
    GatedModel gated = new GatedModel(() -> CompletableFuture.completedFuture(null));

    assertThat(followerOf(gated).join()).isEqualTo("Paris");
    assertThat(gated.calls).hasValue(2);
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
  }

  @Test
  void errorOfTheModelFailsWaitingCalls() {
    GatedModel gated =
        new GatedModel(
            () -> {
              throw new LinkageError("broken");
            });

    assertThatThrownBy(followerOf(gated)::join).hasRootCauseMessage("broken");
  }

  @Test
  void negativeTokenUsageIsIgnored() {
    GatedModel gated =
        new GatedModel(() -> CompletableFuture.completedFuture(response(new TokenUsage(-1, 2))));

    assertThat(followerOf(gated).join()).isEqualTo("Paris");
    assertThat(cache.stats().writes()).isEqualTo(1);
    assertThat(gated.calls).hasValue(1);
  }

  @Test
  @Timeout(20)
  void modelThatSendsTheSameRequestToTheCachedModelIsAnsweredByItself() {
    List<ChatModel> cached = new ArrayList<>();
    ChatModel reentrant =
        new ChatModel() {
          private boolean nested;

          @Override
          public ChatRequestParameters defaultRequestParameters() {
            return fake.defaultRequestParameters();
          }

          @Override
          public ChatResponse doChat(ChatRequest request) {
            if (nested) {
              return fake.doChat(request);
            }
            nested = true;
            return cached.get(0).chat(request);
          }
        };
    cached.add(CachedChatModel.wrap(reentrant, cache));

    assertThat(cached.get(0).chat(PARIS)).isEqualTo("answer 1");
    assertThat(fake.calls()).isEqualTo(1);
    assertThat(cache.stats().modelCalls()).isEqualTo(2);
    assertThat(cache.stats().coalesced()).isZero();
  }

  @Test
  @Timeout(20)
  void modelThatIsWrappedTwiceIsAnsweredByItself() {
    ChatModel twice = CachedChatModel.wrap(CachedChatModel.wrap(fake, cache), cache);

    assertThat(twice.chat(PARIS)).isEqualTo("answer 1");
    assertThat(twice.chat(PARIS)).isEqualTo("answer 1");
    assertThat(fake.calls()).isEqualTo(1);
    assertThat(cache.stats().hits()).isEqualTo(1);
  }

  @Test
  void interruptOfTheLeaderMakesAWaitingCallTheLeader() {
    AtomicInteger calls = new AtomicInteger();
    ChatModel interruptible =
        new ChatModel() {
          @Override
          public ChatRequestParameters defaultRequestParameters() {
            return fake.defaultRequestParameters();
          }

          @Override
          public ChatResponse doChat(ChatRequest request) {
            if (calls.incrementAndGet() > 1) {
              return response(new TokenUsage(1, 1));
            }
            try {
              gate.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e); // without the interrupt flag
            }
            throw new AssertionError("not interrupted");
          }
        };
    ChatModel cached = CachedChatModel.wrap(interruptible, cache);
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread leader =
        new Thread(
            () -> {
              try {
                cached.chat(PARIS);
              } catch (RuntimeException e) {
                failure.complete(e);
              }
            });
    leader.start();
    await().until(() -> calls.get() == 1);
    CompletableFuture<String> follower = CompletableFuture.supplyAsync(() -> cached.chat(PARIS));
    await().until(() -> cache.stats().coalesced() == 1);
    leader.interrupt();

    assertThat(follower.join()).isEqualTo("Paris");
    assertThat(failure.join()).hasRootCauseInstanceOf(InterruptedException.class);
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void interruptOfAWaitingCallSetsTheInterruptFlag() throws Exception {
    fake.waitingFor(gate);
    ChatModel cached = CachedChatModel.wrap(fake, cache);
    CompletableFuture<String> leader = CompletableFuture.supplyAsync(() -> cached.chat(PARIS));
    await().until(() -> fake.calls() == 1);
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread follower =
        new Thread(
            () -> {
              try {
                cached.chat(PARIS);
              } catch (RuntimeException e) {
                flag.complete(Thread.currentThread().isInterrupted());
                failure.complete(e);
              }
            });
    follower.start();
    await().until(() -> cache.stats().coalesced() == 1);
    follower.interrupt();

    assertThat(failure.join()).isInstanceOf(CancellationException.class);
    assertThat(flag.join()).isTrue();
    gate.countDown();
    assertThat(leader.join()).isEqualTo("answer 1");
    assertThat(fake.calls()).isEqualTo(1);
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

  @Test
  void exceptionOfTheHandlerDoesNotFailWaitingCalls() {
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
    await().until(() -> fake.calls() == 1);
    cached.chat(PARIS, follower);
    await().until(() -> cache.stats().coalesced() == 1);
    gate.countDown();

    assertThat(follower.response.join().aiMessage().text()).isEqualTo("answer 2");
    assertThat(throwing.failure.join()).hasMessage("thrown by the handler");
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
        throw new IllegalArgumentException("thrown by the handler");
      }
    }

    @Override
    public void onCompleteResponse(ChatResponse complete) {
      response.complete(complete);
    }

    @Override
    public void onError(Throwable e) {
      failure.complete(e);
    }
  }

  @Test
  void callsThatTheExecutorRejectsBypassTheCache() {
    rejecting.set(true);
    Handler handler = new Handler(false);

    CachedChatModel.wrap(fake.streaming(), cache).chat(PARIS, handler);

    assertThat(handler.response.join().aiMessage().text()).isEqualTo("answer 1");
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
    assertThat(requests.stream().map(cached::chat).toList()).isEqualTo(answers);
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
  void requestsWhoseParametersHaveNoToStringBypassTheCache() {
    for (int budget = 0; budget < 2; budget++) {
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
    assertThat(cache.stats().requests()).isZero();
    assertThat(cache.stats().adapterErrors()).isEqualTo(2);
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
