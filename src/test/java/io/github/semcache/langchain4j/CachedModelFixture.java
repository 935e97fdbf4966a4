package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.github.semcache.SemanticCache;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A blocking and a streaming model with the same cache. */
@Timeout(60)
abstract class CachedModelFixture {
  static final String PARIS = "What is the capital of France?";
  static final String PARIS_AGAIN = "Which city serves as France's capital?";

  final FakeModel fake = new FakeModel();
  final SemanticCache cache =
      SemanticCache.builder()
          .embedder(new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20))
          .build();
  final ChatModel model = CachedChatModel.wrap(fake, cache);
  final StreamingChatModel streaming = CachedChatModel.wrap(fake.streaming(), cache);
  final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void close() {
    gate.countDown();
    cache.close();
  }

  static ChatRequest.Builder request(String question) {
    return ChatRequest.builder().messages(UserMessage.from(question));
  }

  /** Returns a hit without its marks, which must be present. */
  static ChatResponse unmarked(ChatResponse hit) {
    assertThat(hit.aiMessage().attributes())
        .containsKeys(CachedChatModel.SOURCE, CachedChatModel.ENTRY);
    return hit.toBuilder().aiMessage(HitMark.removeFrom(hit.aiMessage())).build();
  }

  /** Records the parts and the end of a stream. */
  static class Recorder implements StreamingChatResponseHandler {
    final List<String> parts = new java.util.concurrent.CopyOnWriteArrayList<>();
    final CompletableFuture<ChatResponse> end = new CompletableFuture<>();

    void start(StreamingChatModel model, String question) {
      model.chat(question, this);
    }

    Recorder record(StreamingChatModel model, String question) {
      start(model, question);
      end.handle((response, failure) -> response).join();
      return this;
    }

    List<String> parts() {
      return parts;
    }

    ChatResponse response() {
      return end.join();
    }

    Throwable failure() {
      return end.handle((response, failure) -> failure).join();
    }

    @Override
    public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
      parts.add(part.text());
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      end.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }
  }
}
