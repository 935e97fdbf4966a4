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
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ModelObserver;
import io.github.semcache.prompt.QuestionFinder;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who sees the calls of a model with a cache, and what it takes for the question. */
@Timeout(60)
class ModelOptionsTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private final FakeModel fake = new FakeModel();
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20))
          .build();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final CachedChatModel.Builder options =
      CachedChatModel.builder(cache)
          .question(QuestionFinder.before("\n\nAnswer using the following information:\n"))
          .observer(
              model -> {
                seen.add("begun " + model);
                return new Seen();
              });
  private final ChatModel model = options.build(fake);
  private final StreamingChatModel streaming = options.build(fake.streaming());

  private final class Seen implements ModelObserver.Call {
    @Override
    public ModelObserver.Scope open() {
      seen.add("open");
      return () -> seen.add("closed");
    }

    @Override
    public void answered(ChatReply reply) {
      seen.add("answered " + reply.usage().orElseThrow().outputTokens());
    }

    @Override
    public void failed(Throwable failure) {
      seen.add("failed " + failure.getMessage());
    }

    @Override
    public void abandoned() {
      seen.add("abandoned");
    }
  }

  @AfterEach
  void close() {
    cache.close();
  }

  private CompletableFuture<ChatResponse> stream(String question) {
    CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
    streaming.chat(
        question,
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String text) {}

          @Override
          public void onCompleteResponse(ChatResponse response) {
            whole.complete(response);
          }

          @Override
          public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
          }
        });
    return whole;
  }

  @Test
  void blockingCallOfTheModelIsSeenAndAHitIsNot() {
    model.chat(PARIS);
    model.chat(PARIS_AGAIN);

    assertThat(seen).containsExactly("begun fake", "open", "closed", "answered 5");
  }

  @Test
  void asynchronousCallOfTheModelIsSeen() {
    model.chatAsync(ChatRequest.builder().messages(UserMessage.from(PARIS)).build()).join();

    assertThat(seen).containsExactly("begun fake", "open", "closed", "answered 5");
  }

  @Test
  void streamIsSeenToItsEnd() {
    stream(PARIS).join();

    await().until(() -> seen.size() == 4);
    assertThat(seen).containsExactlyInAnyOrder("begun fake", "open", "closed", "answered 5");
  }

  @Test
  void failureIsSeenHoweverTheModelIsCalled() {
    fake.failingWith(new IllegalStateException("down"));

    assertThatThrownBy(() -> model.chat(PARIS)).hasMessage("down");
    assertThatThrownBy(() -> stream(PARIS).join()).hasRootCauseMessage("down");

    await().until(() -> seen.size() == 8);
    assertThat(seen).filteredOn("failed down"::equals).hasSize(2);
  }

  @Test
  void answerThatCannotBeWrittenDownIsNoFailure() {
    fake.replying(
        ChatResponse.builder()
            .aiMessage(
                AiMessage.builder().text("Paris").attributes(Map.of("odd", new Object())).build())
            .finishReason(FinishReason.STOP)
            .build());

    assertThat(model.chat(PARIS)).isEqualTo("Paris");
    assertThat(model.chatAsync(PARIS).join()).isEqualTo("Paris");

    assertThat(seen)
        .containsExactly(
            "begun fake",
            "open",
            "closed",
            "abandoned",
            "begun fake",
            "open",
            "closed",
            "abandoned");
  }

  /** The question with passages, as LangChain4j writes them into it. */
  private static UserMessage retrieved(String question, String passage) {
    return (UserMessage)
        DefaultContentInjector.builder()
            .build()
            .inject(List.of(Content.from(passage)), UserMessage.from(question));
  }

  @Test
  void questionIsComparedByMeaningAndThePassagesMustBeEqual() {
    model.chat(retrieved(PARIS, "Paris has been the capital since 987."));
    model.chat(retrieved(PARIS_AGAIN, "Paris has been the capital since 987."));
    assertThat(fake.calls()).isEqualTo(1);

    model.chat(retrieved(PARIS, "Paris has been the capital since 988."));
    assertThat(fake.calls()).isEqualTo(2);
    model.chat(UserMessage.from(PARIS));
    assertThat(fake.calls()).isEqualTo(3);
  }
}
