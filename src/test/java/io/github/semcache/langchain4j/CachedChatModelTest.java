package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.AiServices;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.prompt.Labels;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests of the entries that a cached model stores and of the responses of its hits. */
class CachedChatModelTest extends CachedModelFixture {
  @Test
  void paraphrasedQuestionIsAnsweredWithTheCompleteResponse() {
    fake.replying(
        ChatResponse.builder()
            .aiMessage(
                AiMessage.builder()
                    .text("Paris")
                    .thinking("France, so Paris")
                    .attributes(Map.of("signature", "s"))
                    .build())
            .id("id-1")
            .modelName("fake-2026")
            .tokenUsage(new TokenUsage(5, 7, 13))
            .finishReason(FinishReason.STOP)
            .build());

    ChatResponse miss = model.chat(request(PARIS).build());
    ChatResponse hit = model.chat(request(PARIS_AGAIN).build());

    assertThat(unmarked(hit)).isEqualTo(miss);
    assertThat(hit.aiMessage().thinking()).isEqualTo("France, so Paris");
    assertThat(hit.metadata()).isEqualTo(miss.metadata());
    assertThat(hit.tokenUsage().totalTokenCount()).isEqualTo(13);
    assertThat(fake.calls()).isEqualTo(1);
    assertThat(cache.stats().tokensSaved()).isEqualTo(12);
  }

  @Test
  void textMethodsAreCached() {
    assertThat(model.chat(PARIS)).isEqualTo(model.chat(PARIS)).isEqualTo("answer 1");
    assertThat(model.chatAsync(PARIS).join()).isEqualTo("answer 1");
    assertThat(model.doChat(request(PARIS).build()).aiMessage().text()).isEqualTo("answer 1");
    assertThat(fake.calls()).isEqualTo(1);
  }

  @Test
  void requestWithoutUserTextBypassesTheCache() {
    ChatRequest systemOnly =
        ChatRequest.builder().messages(SystemMessage.from("Say hello.")).build();

    model.chat(systemOnly);
    model.chat(systemOnly);

    assertThat(fake.calls()).isEqualTo(2);
    assertThat(cache.stats().requests()).isZero();
  }

  @Test
  void toolCallsAreStoredOnlyIfAdmitted() {
    fake.replying(toolCall());
    model.chat(PARIS_AGAIN);
    model.chat(PARIS_AGAIN);
    assertThat(fake.calls()).isEqualTo(2);

    try (SemanticCache admitting =
        SemanticCache.builder()
            .embedder(new FakeEmbedder())
            .admission(Admission.everything())
            .build()) {
      ChatModel cached = CachedChatModel.wrap(fake, admitting);
      ChatResponse miss = cached.chat(request(PARIS).build());
      ChatResponse hit = cached.chat(request(PARIS).build());
      assertThat(unmarked(hit)).isEqualTo(miss);
      assertThat(hit.aiMessage().toolExecutionRequests()).hasSize(1);
      assertThat(fake.calls()).isEqualTo(3);
    }
  }

  private static ChatResponse toolCall() {
    return ChatResponse.builder()
        .aiMessage(
            AiMessage.from(
                ToolExecutionRequest.builder().id("1").name("weather").arguments("{}").build()))
        .finishReason(FinishReason.TOOL_EXECUTION)
        .build();
  }

  @Test
  void optionsOfThePromptAreSetFromTheRequest() {
    ChatModel perTenant =
        CachedChatModel.builder(cache)
            .prompts(
                (request, prompt) -> prompt.tag("topP", String.valueOf(request.topP())).bypass())
            .build(fake);

    perTenant.chat(PARIS);
    perTenant.chat(PARIS);

    assertThat(fake.calls()).isEqualTo(2);
    assertThat(cache.stats().writes()).isZero();
  }

  @Test
  void labelsOfThePromptAreStoredAndReturnedWithAHit() {
    ChatModel labeled =
        CachedChatModel.builder(cache)
            .prompts((request, prompt) -> prompt.label("topic", "travel").label("price", 12.5))
            .build(fake);
    ChatModel ofOthers =
        CachedChatModel.builder(cache)
            .prompts((request, prompt) -> prompt.where(Labels.Filter.anyOf("topic", "billing")))
            .build(fake);

    ChatResponse miss = labeled.chat(request(PARIS).build());
    assertThat(miss.aiMessage().attributes()).doesNotContainKey(CachedChatModel.LABELS);
    ChatResponse hit = model.chat(request(PARIS_AGAIN).build());
    assertThat(hit.aiMessage().attributes())
        .containsEntry(CachedChatModel.LABELS, Map.of("topic", "travel", "price", 12.5));
    assertThat(unmarked(hit).aiMessage().attributes()).isEmpty();
    assertThat(fake.calls()).isEqualTo(1);
    ofOthers.chat(request(PARIS).build());
    assertThat(fake.calls()).isEqualTo(2);
  }

  @Test
  void exceptionOfTheModelReachesTheCallerUnwrapped() {
    IllegalStateException failure = new IllegalStateException("down");
    fake.failingWith(failure);

    assertThatThrownBy(() -> model.chat(PARIS)).isSameAs(failure);
    assertThatThrownBy(() -> model.chatAsync(PARIS).join()).hasRootCause(failure);
    assertThat(new Recorder().record(streaming, PARIS).failure()).isSameAs(failure);
    assertThat(cache.stats().modelErrors()).isEqualTo(3);
  }

  @Test
  void concurrentAsynchronousCallsAreCoalesced() {
    fake.waitingFor(gate);

    List<CompletableFuture<String>> calls =
        Stream.generate(() -> model.chatAsync(PARIS)).limit(6).toList();
    await().until(() -> cache.stats().coalesced() == 5);
    gate.countDown();

    assertThat(calls).allSatisfy(call -> assertThat(call.join()).isEqualTo("answer 1"));
    assertThat(fake.calls()).isEqualTo(1);
  }

  @Test
  void responseThatCannotBeSerializedReachesTheCallerAndIsNotStored() {
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
    assertThat(new Recorder().record(streaming, PARIS).response().aiMessage().text())
        .isEqualTo("Paris");
    assertThat(model.chat(PARIS)).isEqualTo("Paris");
    assertThat(fake.calls()).isEqualTo(4);
    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().adapterErrors()).isEqualTo(4);
    assertThat(cache.stats().modelErrors()).isZero();
  }

  @Test
  void requestThatCannotBeSerializedBypassesTheCache() {
    ChatRequest unserializable =
        ChatRequest.builder()
            .messages(
                UserMessage.builder()
                    .contents(List.of(TextContent.from(PARIS)))
                    .attributes(Map.of("unserializable", new Object()))
                    .build())
            .build();

    assertThat(model.chat(unserializable).aiMessage().text()).isEqualTo("answer 1");
    assertThat(model.chat(unserializable).aiMessage().text()).isEqualTo("answer 2");
    assertThat(model.chatAsync(unserializable).join().aiMessage().text()).isEqualTo("answer 3");
    CompletableFuture<ChatResponse> streamed = new CompletableFuture<>();
    streaming.chat(
        unserializable,
        new Recorder() {
          @Override
          public void onCompleteResponse(ChatResponse response) {
            streamed.complete(response);
          }
        });
    assertThat(streamed.join().aiMessage().text()).isEqualTo("answer 4");
    CacheStats stats = cache.stats();
    assertThat(stats.adapterErrors()).isEqualTo(4);
    assertThat(stats.requests()).isZero();
    assertThat(stats.modelErrors()).isZero();
  }

  @Test
  void failuresOfTheOptionFunctionReachTheCaller() {
    IllegalStateException failure = new IllegalStateException("no tenant");
    ChatModel failing =
        CachedChatModel.builder(cache)
            .prompts(
                (request, prompt) -> {
                  throw failure;
                })
            .build(fake);

    assertThatThrownBy(() -> failing.chat(PARIS)).isSameAs(failure);
    assertThat(cache.stats().adapterErrors()).isZero();
  }

  @Test
  void listenersAreNotifiedOfModelCallsOnly() {
    AtomicInteger notifications = new AtomicInteger();
    ChatModelListener listener =
        new ChatModelListener() {
          @Override
          public void onResponse(ChatModelResponseContext context) {
            notifications.incrementAndGet();
          }
        };
    ChatModel listening =
        new ChatModel() {
          @Override
          public ChatResponse doChat(ChatRequest request) {
            return fake.doChat(request);
          }

          @Override
          public ChatRequestParameters defaultRequestParameters() {
            return fake.defaultRequestParameters();
          }

          @Override
          public List<ChatModelListener> listeners() {
            return List.of(listener);
          }
        };
    ChatModel cached = CachedChatModel.wrap(listening, cache);

    cached.chat(PARIS);
    cached.chat(PARIS_AGAIN);

    assertThat(notifications).hasValue(1);
    assertThat(cached.listeners()).containsExactly(listener);
  }

  /** An AI service of LangChain4j. */
  interface Assistant {
    String answer(String question);
  }

  @Test
  void aiServiceWithMemoryIsAnsweredOnlyWithinTheSameConversation() {
    Assistant first = assistant();
    Assistant second = assistant();

    assertThat(first.answer(PARIS)).isEqualTo("answer 1");
    assertThat(second.answer(PARIS_AGAIN)).isEqualTo("answer 1");
    assertThat(first.answer("And of Spain?")).isEqualTo("answer 2");
    assertThat(second.answer("And of Spain?"))
        .as("asked in other words before")
        .isEqualTo("answer 3");
    assertThat(assistant().answer("And of Spain?")).isEqualTo("answer 4");
    Assistant third = assistant();
    third.answer(PARIS);
    assertThat(third.answer("And of Spain?")).as("the same conversation").isEqualTo("answer 2");
    assertThat(fake.calls()).isEqualTo(4);
  }

  private Assistant assistant() {
    return AiServices.builder(Assistant.class)
        .chatModel(model)
        .chatMemory(MessageWindowChatMemory.withMaxMessages(10))
        .build();
  }
}
