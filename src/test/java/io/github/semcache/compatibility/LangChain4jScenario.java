package io.github.semcache.compatibility;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.langchain4j.CachedChatModel;
import io.github.semcache.verify.PairVerifier;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Asks a wrapped model by calls and as a stream. Loaded by a class loader of its own. */
public final class LangChain4jScenario implements Function<String, String> {
  private int calls;

  @Override
  public String apply(String question) {
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(Embedder.of("length", 2, text -> new float[] {1, text.length() / 1000f}))
            .maxDistance(0.15)
            .verifier(PairVerifier.none())
            .failOnCacheErrors()
            .build()) {
      ChatModel model = CachedChatModel.wrap(new Model(), cache);
      StreamingChatModel streaming = CachedChatModel.wrap(new Streaming(), cache);
      return String.join(
          " ",
          model.chat(question),
          model.chat(question + " in other words"),
          stream(streaming, question),
          stream(streaming, "something else entirely: " + question.repeat(1_000)),
          calls + " calls");
    }
  }

  private ChatResponse answer() {
    calls++;
    return ChatResponse.builder()
        .aiMessage(AiMessage.from("answer"))
        .finishReason(FinishReason.STOP)
        .build();
  }

  private static String stream(StreamingChatModel model, String question) {
    CompletableFuture<String> text = new CompletableFuture<>();
    model.chat(
        question,
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String part) {}

          @Override
          public void onCompleteResponse(ChatResponse response) {
            text.complete(response.aiMessage().text());
          }

          @Override
          public void onError(Throwable failure) {
            text.completeExceptionally(failure);
          }
        });
    return text.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static ChatRequestParameters parameters() {
    return DefaultChatRequestParameters.builder().modelName("fake").build();
  }

  private final class Model implements ChatModel {
    @Override
    public ChatResponse doChat(ChatRequest request) {
      return answer();
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
      return parameters();
    }
  }

  private final class Streaming implements StreamingChatModel {
    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
      handler.onCompleteResponse(answer());
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
      return parameters();
    }
  }
}
