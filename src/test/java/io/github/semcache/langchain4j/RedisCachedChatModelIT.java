package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.service.AiServices;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@EnabledIfRedis
final class RedisCachedChatModelIT {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private final FakeModel fake = new FakeModel();
  private final FakeEmbedder embedder = new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20);
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(embedder)
          .ownedStore(
              RedisVectorStore.builder(
                      RedisConnection.of(RedisServers.uri()), EmbeddingSpace.of(embedder))
                  .cacheName("cached chat model")
                  .build())
          .build();
  private final ChatModel model = CachedChatModel.wrap(fake, cache);

  @BeforeEach
  void empty() {
    cache.clear();
  }

  @AfterEach
  void close() {
    cache.close();
  }

  /** An AI service of LangChain4j. */
  interface Assistant {
    String answer(String question);
  }

  private Assistant assistant() {
    return AiServices.builder(Assistant.class)
        .chatModel(model)
        .chatMemory(MessageWindowChatMemory.withMaxMessages(10))
        .build();
  }

  @Test
  void aiServiceWithMemoryIsAnsweredOnlyWithinTheSameConversation() {
    Assistant first = assistant();
    Assistant second = assistant();

    assertThat(first.answer(PARIS)).isEqualTo("answer 1");
    assertThat(second.answer(PARIS_AGAIN)).isEqualTo("answer 1");
    assertThat(first.answer("And of Spain?")).isEqualTo("answer 2");
    assertThat(second.answer("And of Spain?")).as("asked in other words").isEqualTo("answer 3");
    Assistant third = assistant();
    third.answer(PARIS);
    assertThat(third.answer("And of Spain?")).as("the same conversation").isEqualTo("answer 2");
    assertThat(fake.calls()).isEqualTo(3);
    assertThat(cache.stats().storeErrors()).isZero();
  }

  @Test
  void entryOfABlockingCallAnswersAStream() {
    ChatResponse miss =
        model.chat(
            dev.langchain4j.model.chat.request.ChatRequest.builder()
                .messages(dev.langchain4j.data.message.UserMessage.from(PARIS))
                .build());
    CompletableFuture<ChatResponse> hit = new CompletableFuture<>();

    CachedChatModel.wrap(fake.streaming(), cache)
        .chat(
            PARIS_AGAIN,
            new StreamingChatResponseHandler() {
              @Override
              public void onCompleteResponse(ChatResponse response) {
                hit.complete(response);
              }

              @Override
              public void onError(Throwable failure) {
                hit.completeExceptionally(failure);
              }
            });

    assertThat(hit.join().aiMessage().text()).isEqualTo(miss.aiMessage().text());
    assertThat(hit.join().metadata()).isEqualTo(miss.metadata());
    assertThat(hit.join().aiMessage().attributes())
        .containsEntry(CachedChatModel.SOURCE, "semantic");
    assertThat(fake.calls()).isEqualTo(1);
  }
}
