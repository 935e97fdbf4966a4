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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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

  /** What the AI service looks like. */
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

  @Test
  void snippetsStandInReadmeAndDocumentation() throws IOException {
    String page = Files.readString(Path.of("docs/integrations.md"));
    String readme = Files.readString(Path.of("README.md"));
    Map<Path, List<String>> snippets =
        Map.of(
            Path.of("src/test/java/io/github/semcache/examples/IntegrationsTest.java"),
            List.of("openai", "langchain4j"),
            Path.of("examples/spring-ai/src/test/java/example/SpringAiTest.java"),
            List.of("spring"));

    for (Map.Entry<Path, List<String>> file : snippets.entrySet()) {
      for (String name : file.getValue()) {
        String block = "```java\n" + snippet(file.getKey(), name) + "```";
        assertThat(page).contains(block);
        assertThat(readme).contains(block);
      }
    }
  }

  private static String snippet(Path file, String name) throws IOException {
    Matcher matcher =
        Pattern.compile("( *)// " + name + " begins\n(.*?) *// " + name + " ends", Pattern.DOTALL)
            .matcher(Files.readString(file));
    assertThat(matcher.find()).as(name).isTrue();
    return matcher.group(2).replaceAll("(?m)^" + matcher.group(1), "");
  }
}
