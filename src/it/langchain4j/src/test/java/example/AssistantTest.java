package example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import io.github.semcache.SemanticCache;
import io.github.semcache.langchain4j.CachedChatModel;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AssistantTest {
  interface Assistant {
    String answer(String question);
  }

  @Test
  void questionInOtherWordsIsAnsweredFromTheCache() {
    AtomicInteger calls = new AtomicInteger();
    ChatModel model =
        new ChatModel() {
          @Override
          public ChatRequestParameters defaultRequestParameters() {
            return ChatRequestParameters.builder().modelName("atlas").build();
          }

          @Override
          public ChatResponse doChat(ChatRequest request) {
            calls.incrementAndGet();
            return ChatResponse.builder().aiMessage(AiMessage.from("Paris")).build();
          }
        };
    try (SemanticCache cache =
        SemanticCache.builder().embedder(MiniLmEmbedder.create()).build()) {
      Assistant assistant =
          AiServices.create(Assistant.class, CachedChatModel.wrap(model, cache));

      assertThat(assistant.answer("What is the capital of France?")).isEqualTo("Paris");
      assertThat(assistant.answer("Which city serves as France's capital?")).isEqualTo("Paris");
      assertThat(calls).hasValue(1);
    }
  }
}
