package io.github.semcache.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.AiServices;
import io.github.semcache.SemanticCache;
import io.github.semcache.langchain4j.CachedChatModel;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.OpenAiEmbedder;
import io.github.semcache.openai.proxy.CacheControl;
import io.github.semcache.openai.proxy.CachedOpenAi;
import io.github.semcache.prompt.QuestionFinder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs the examples of {@code docs/integrations.md}. */
class IntegrationsTest {
  private static final String QUESTION = "What is the capital of France?";
  private static final String AGAIN = "Which city serves as France's capital?";

  private final FakeOpenAiServer server =
      FakeOpenAiServer.start().answer(QUESTION, "Paris").sameMeaning(AGAIN, QUESTION);
  private final OpenAIClient client = server.client();
  private final SemanticCache cache =
      SemanticCache.builder().embedder(OpenAiEmbedder.of(client)).build();

  @AfterEach
  void close() {
    cache.close();
    client.close();
    server.close();
  }

  private static ChatCompletionCreateParams params(String question) {
    return ChatCompletionCreateParams.builder()
        .model("gpt-4o-mini")
        .addUserMessage(question)
        .build();
  }

  @Test
  void openAiClientIsWrapped() {
    ChatCompletionCreateParams params = params(QUESTION);

    // openai begins
    OpenAIClient cached = CachedOpenAi.wrap(client, cache);
    cached.chat().completions().create(CacheControl.use().tag("tenant", "acme").on(params));
    // openai ends

    cached.chat().completions().create(CacheControl.use().tag("tenant", "acme").on(params(AGAIN)));
    assertThat(server.requests(FakeOpenAiServer.CHAT)).hasSize(1);
  }

  /** An AI service of LangChain4j. */
  interface Assistant {
    String answer(String question);
  }

  @Test
  void langChain4jModelIsWrapped() {
    NumberingModel model = new NumberingModel();

    // langchain4j begins
    ChatModel cached = CachedChatModel.wrap(model, cache);
    Assistant assistant = AiServices.create(Assistant.class, cached);
    // langchain4j ends

    assertThat(assistant.answer(QUESTION)).isEqualTo("answer 1");
    assertThat(assistant.answer(AGAIN)).isEqualTo("answer 1");
  }

  @Test
  void assistantAnswersTheQuestionInOtherWordsFromTheCache() {
    NumberingModel model = new NumberingModel();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      CachedAssistant.run(model);
    } finally {
      System.setOut(out);
    }

    assertThat(model.calls).hasValue(1);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("answer 1, 1 semantic hit");
  }

  @Test
  void langChain4jQuestionIsFoundInAMessageWithRetrievedPassages() {
    NumberingModel model = new NumberingModel();

    // langchain4j-retrieval begins
    ChatModel cached =
        CachedChatModel.builder(cache)
            .question(QuestionFinder.before("\n\nUse these documents:\n"))
            .build(model);
    // langchain4j-retrieval ends

    String passage = "\n\nUse these documents:\nParis is the capital of France.";
    assertThat(cached.chat(QUESTION + passage)).isEqualTo("answer 1");
    assertThat(cached.chat(AGAIN + passage)).isEqualTo("answer 1");
    assertThat(cached.chat(AGAIN + passage + " It has been since 987.")).isEqualTo("answer 2");
  }

  private static final class NumberingModel implements ChatModel {
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public ChatRequestParameters defaultRequestParameters() {
      return ChatRequestParameters.builder().modelName("numbering").build();
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
      return ChatResponse.builder()
          .aiMessage(AiMessage.from("answer " + calls.incrementAndGet()))
          .finishReason(FinishReason.STOP)
          .build();
    }
  }
}
