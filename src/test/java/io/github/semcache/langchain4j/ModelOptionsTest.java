package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.injector.DefaultContentInjector;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.QuestionFinder;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The observer and the question finder of cached models. */
@Timeout(60)
class ModelOptionsTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private final FakeModel fake = new FakeModel();
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20))
          .build();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final CachedChatModel.Builder options =
      CachedChatModel.builder(cache)
          .question(QuestionFinder.before("\n\nAnswer using the following information:\n"))
          .observer(
              model -> {
                events.add("started " + model);
                return new RecordedCall();
              });
  private final ChatModel model = options.build(fake);
  private final StreamingChatModel streaming = options.build(fake.streaming());

  private final class RecordedCall implements ChatClient.Observer.Call {
    @Override
    public ChatClient.Observer.Scope open() {
      events.add("open");
      return () -> events.add("closed");
    }

    @Override
    public void answered(ChatReply reply) {
      events.add("answered " + reply.usage().orElseThrow().outputTokens());
    }

    @Override
    public void failed(Throwable failure) {
      events.add("failed " + failure.getMessage());
    }

    @Override
    public void abandoned() {
      events.add("abandoned");
    }
  }

  @AfterEach
  void close() {
    cache.close();
  }

  private CompletableFuture<ChatResponse> stream(String question) {
    CompletableFuture<ChatResponse> result = new CompletableFuture<>();
    streaming.chat(
        question,
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String text) {}

          @Override
          public void onCompleteResponse(ChatResponse response) {
            result.complete(response);
          }

          @Override
          public void onError(Throwable failure) {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  @Test
  void blockingModelCallIsObservedAndAHitIsNot() {
    model.chat(PARIS);
    model.chat(PARIS_AGAIN);

    assertThat(events).containsExactly("started fake", "open", "closed", "answered 5");
  }

  @Test
  void asynchronousModelCallIsObserved() {
    model.chatAsync(ChatRequest.builder().messages(UserMessage.from(PARIS)).build()).join();

    assertThat(events).containsExactly("started fake", "open", "closed", "answered 5");
  }

  @Test
  void streamIsObservedToItsEnd() {
    stream(PARIS).join();

    await().until(() -> events.size() == 4);
    assertThat(events).containsExactlyInAnyOrder("started fake", "open", "closed", "answered 5");
  }

  @Test
  void failuresOfBlockingCallsAndStreamsAreObserved() {
    fake.failingWith(new IllegalStateException("down"));

    assertThatThrownBy(() -> model.chat(PARIS)).hasMessage("down");
    assertThatThrownBy(() -> stream(PARIS).join()).hasRootCauseMessage("down");

    await().until(() -> events.size() == 8);
    assertThat(events).filteredOn("failed down"::equals).hasSize(2);
  }

  @Test
  void responseThatCannotBeSerializedIsObservedAsAbandoned() {
    fake.replying(
        ChatResponse.builder()
            .aiMessage(
                AiMessage.builder()
                    .text("Paris")
                    .attributes(Map.of("unserializable", new Object()))
                    .build())
            .finishReason(FinishReason.STOP)
            .build());

    assertThat(model.chat(PARIS)).isEqualTo("Paris");
    assertThat(model.chatAsync(PARIS).join()).isEqualTo("Paris");

    assertThat(events)
        .containsExactly(
            "started fake",
            "open",
            "closed",
            "abandoned",
            "started fake",
            "open",
            "closed",
            "abandoned");
  }

  /** Returns a message in which LangChain4j has inserted a retrieved passage. */
  private static UserMessage retrieved(String question, String passage) {
    return (UserMessage)
        DefaultContentInjector.builder()
            .build()
            .inject(List.of(Content.from(passage)), UserMessage.from(question));
  }

  @Test
  void questionIsComparedByMeaningAndPassagesMustBeEqual() {
    model.chat(retrieved(PARIS, "Paris has been the capital since 987."));
    model.chat(retrieved(PARIS_AGAIN, "Paris has been the capital since 987."));
    assertThat(fake.calls()).isEqualTo(1);

    model.chat(retrieved(PARIS, "Paris has been the capital since 988."));
    assertThat(fake.calls()).isEqualTo(2);
    model.chat(UserMessage.from(PARIS));
    assertThat(fake.calls()).isEqualTo(3);
  }
}
