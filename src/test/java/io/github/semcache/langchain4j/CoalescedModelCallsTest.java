package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of concurrent and nested calls with the same request. */
class CoalescedModelCallsTest extends CachedModelFixture {
  private final AtomicInteger calls = new AtomicInteger();

  private static ChatResponse paris(TokenUsage usage) {
    return ChatResponse.builder()
        .aiMessage(AiMessage.from("Paris"))
        .tokenUsage(usage)
        .finishReason(FinishReason.STOP)
        .build();
  }

  private void awaitGate() {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // without the interrupt flag
    }
  }

  /** Returns a cached model whose calls run a function. */
  private ChatModel cached(Function<ChatRequest, ChatResponse> function) {
    return CachedChatModel.wrap(
        new ChatModel() {
          @Override
          public ChatRequestParameters defaultRequestParameters() {
            return fake.defaultRequestParameters();
          }

          @Override
          public ChatResponse doChat(ChatRequest request) {
            return function.apply(request);
          }
        },
        cache);
  }

  /** Waits for the gate and returns a given result on the first call; answers later calls. */
  private final class GatedModel implements ChatModel {
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
        return CompletableFuture.completedFuture(paris(new TokenUsage(1, 1)));
      }
      awaitGate();
      return first.get();
    }
  }

  /** Makes two concurrent calls and returns the one that waits for the other. */
  private CompletableFuture<String> follower(Supplier<CompletableFuture<ChatResponse>> first) {
    ChatModel cached = CachedChatModel.wrap(new GatedModel(first), cache);
    CompletableFuture<String> unused = cached.chatAsync(PARIS);
    await().until(() -> calls.get() == 1);
    CompletableFuture<String> follower = cached.chatAsync(PARIS);
    await().until(() -> cache.stats().coalesced() == 1);
    gate.countDown();
    return follower;
  }

  @Test
  void nullResponseMakesAWaitingCallTheLeader() {
    CompletableFuture<String> follower = follower(() -> CompletableFuture.completedFuture(null));

    assertThat(follower.join()).isEqualTo("Paris");
    assertThat(calls).hasValue(2);
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
  }

  @Test
  void errorOfTheModelFailsWaitingCalls() {
    CompletableFuture<String> follower =
        follower(
            () -> {
              throw new LinkageError("broken");
            });

    assertThatThrownBy(follower::join).hasRootCauseMessage("broken");
  }

  @Test
  void negativeTokenUsageIsIgnored() {
    CompletableFuture<String> follower =
        follower(() -> CompletableFuture.completedFuture(paris(new TokenUsage(-1, 2))));

    assertThat(follower.join()).isEqualTo("Paris");
    assertThat(cache.stats().writes()).isEqualTo(1);
    assertThat(calls).hasValue(1);
  }

  @Test
  @Timeout(20)
  void reentrantCallWithTheSameRequestDoesNotWaitForItself() {
    List<ChatModel> self = new ArrayList<>();
    ChatModel cached =
        cached(
            request ->
                calls.incrementAndGet() == 1 ? self.get(0).chat(request) : fake.doChat(request));
    self.add(cached);

    assertThat(cached.chat(PARIS)).isEqualTo("answer 1");
    assertThat(fake.calls()).isEqualTo(1);
    assertThat(cache.stats().modelCalls()).isEqualTo(2);
    assertThat(cache.stats().coalesced()).isZero();
  }

  @Test
  @Timeout(20)
  void callOfAModelThatIsWrappedTwiceDoesNotWaitForItself() {
    ChatModel twice = CachedChatModel.wrap(model, cache);

    assertThat(twice.chat(PARIS)).isEqualTo("answer 1");
    assertThat(twice.chat(PARIS)).isEqualTo("answer 1");
    assertThat(fake.calls()).isEqualTo(1);
    assertThat(cache.stats().hits()).isEqualTo(1);
  }

  @Test
  void interruptOfTheLeaderMakesAWaitingCallTheLeader() {
    ChatModel cached =
        cached(
            request -> {
              if (calls.incrementAndGet() == 1) {
                awaitGate();
              }
              return paris(new TokenUsage(1, 1));
            });
    CompletableFuture<Failure> failure = new CompletableFuture<>();
    Thread leader = start(cached, failure);
    await().until(() -> calls.get() == 1);
    CompletableFuture<String> follower = CompletableFuture.supplyAsync(() -> cached.chat(PARIS));
    await().until(() -> cache.stats().coalesced() == 1);
    leader.interrupt();

    assertThat(follower.join()).isEqualTo("Paris");
    assertThat(failure.join().cause()).hasRootCauseInstanceOf(InterruptedException.class);
    assertThat(calls).hasValue(2);
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  /** An exception, and whether the interrupt flag of the thread was set when it was thrown. */
  private record Failure(Throwable cause, boolean interrupted) {}

  /** Calls a model on a new thread. */
  private static Thread start(ChatModel model, CompletableFuture<Failure> failure) {
    Thread thread =
        new Thread(
            () -> {
              try {
                model.chat(PARIS);
              } catch (RuntimeException e) {
                failure.complete(new Failure(e, Thread.currentThread().isInterrupted()));
              }
            });
    thread.start();
    return thread;
  }

  @Test
  void interruptOfAWaitingCallCancelsIt() {
    fake.waitingFor(gate);
    CompletableFuture<String> leader = CompletableFuture.supplyAsync(() -> model.chat(PARIS));
    await().until(() -> fake.calls() == 1);
    CompletableFuture<Failure> failure = new CompletableFuture<>();
    Thread follower = start(model, failure);
    await().until(() -> cache.stats().coalesced() == 1);
    follower.interrupt();

    assertThat(failure.join().cause()).isInstanceOf(CancellationException.class);
    assertThat(failure.join().interrupted()).isTrue();
    gate.countDown();
    assertThat(leader.join()).isEqualTo("answer 1");
    assertThat(fake.calls()).isEqualTo(1);
  }

  @Test
  void exceptionOfTheHandlerDoesNotFailWaitingCalls() {
    fake.waitingFor(gate);
    StreamingChatModel cached = CachedChatModel.wrap(new ReportingModel(fake), cache);
    Recorder throwing =
        new Recorder() {
          @Override
          public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
            throw new IllegalArgumentException("thrown by the handler");
          }

          @Override
          public void onPartialResponse(String text) {
            throw new IllegalArgumentException("thrown by the handler");
          }
        };
    Recorder follower = new Recorder();
    throwing.start(cached, PARIS);
    await().until(() -> fake.calls() == 1);
    follower.start(cached, PARIS);
    await().until(() -> cache.stats().coalesced() == 1);
    gate.countDown();

    assertThat(follower.response().aiMessage().text()).isEqualTo("answer 2");
    assertThat(throwing.failure()).hasMessage("thrown by the handler");
    assertThat(cache.stats().modelErrors()).isZero();
  }

  /** Reports the exceptions of a handler to that handler, as LangChain4j's models do. */
  private record ReportingModel(FakeModel model) implements StreamingChatModel {
    @Override
    public ChatRequestParameters defaultRequestParameters() {
      return model.defaultRequestParameters();
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
      ChatResponse response = model.doChat(request);
      try {
        handler.onPartialResponse(response.aiMessage().text());
      } catch (RuntimeException e) {
        handler.onError(e);
      }
      handler.onCompleteResponse(response);
    }
  }
}
