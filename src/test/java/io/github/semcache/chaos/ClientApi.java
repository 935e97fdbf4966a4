package io.github.semcache.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.core.ClientOptions;
import com.openai.core.RequestOptions;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpResponse;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.langchain4j.CachedChatModel;
import io.github.semcache.openai.proxy.CacheControl;
import io.github.semcache.openai.proxy.CachedOpenAi;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.spring.SemanticCacheAdvisor;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.core.publisher.Flux;

/** The APIs of a cache: the core, and the wrapped clients. All models give unique answers. */
enum ClientApi {
  CORE {
    @Override
    Client client(SemanticCache cache) {
      AtomicLong answers = new AtomicLong();
      return request ->
          cache
              .ask(
                  request.prompt(),
                  new io.github.semcache.chat.ChatClient() {
                    @Override
                    public ChatReply chat(Prompt prompt) {
                      return ChatReply.of("answer " + answers.incrementAndGet());
                    }

                    @Override
                    public Map<String, String> settings() {
                      return Map.of(
                          "model", request.model(),
                          "temperature", Double.toString(request.temperature()));
                    }
                  })
              .text();
    }
  },
  OPENAI {
    @Override
    Client client(SemanticCache cache) {
      OpenAIClient plain =
          new OpenAIClientImpl(
              ClientOptions.builder().httpClient(new FakeService()).apiKey("key").build());
      OpenAIClient client = CachedOpenAi.wrap(plain, cache);
      return request ->
          client
              .chat()
              .completions()
              .create(openAi(request))
              .choices()
              .get(0)
              .message()
              .content()
              .orElseThrow();
    }
  },
  LANGCHAIN4J {
    @Override
    Client client(SemanticCache cache) {
      ThreadLocal<Map<String, String>> tags = ThreadLocal.withInitial(Map::of);
      ChatModel model =
          CachedChatModel.builder(cache)
              .modelName("fake")
              .prompts((request, prompt) -> tagged(prompt, tags.get()))
              .build(new LangChain4jModel());
      return request -> {
        tags.set(request.tags());
        return model.chat(langChain4j(request)).aiMessage().text();
      };
    }
  },
  SPRING {
    @Override
    Client client(SemanticCache cache) {
      ThreadLocal<Map<String, String>> tags = ThreadLocal.withInitial(Map::of);
      SemanticCacheAdvisor advisor =
          SemanticCacheAdvisor.builder(cache)
              .prompts((request, prompt) -> tagged(prompt, tags.get()))
              .build();
      ChatClient client = ChatClient.builder(new SpringModel()).defaultAdvisors(advisor).build();
      return request -> {
        tags.set(request.tags());
        return Objects.requireNonNull(client.prompt(spring(request)).call().content());
      };
    }
  };

  /** Asks a cache and returns the answer. */
  interface Client {
    String ask(RandomRequest request);
  }

  /** Returns a client of a cache. It is thread-safe. */
  abstract Client client(SemanticCache cache);

  private static Prompt tagged(Prompt prompt, Map<String, String> tags) {
    Prompt tagged = prompt;
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      tagged = tagged.tag(tag.getKey(), tag.getValue());
    }
    return tagged;
  }

  private static ChatCompletionCreateParams openAi(RandomRequest request) {
    ChatCompletionCreateParams.Builder params =
        ChatCompletionCreateParams.builder()
            .model(request.model())
            .temperature(request.temperature());
    request.system().ifPresent(params::addSystemMessage);
    for (Prompt.Message message : request.history()) {
      if (message.role().equals("user")) {
        params.addUserMessage(message.text());
      } else {
        params.addAssistantMessage(message.text());
      }
    }
    params.addUserMessage(request.question());
    CacheControl control = CacheControl.use();
    for (Map.Entry<String, String> tag : request.tags().entrySet()) {
      control = control.tag(tag.getKey(), tag.getValue());
    }
    return control.on(params.build());
  }

  private static ChatRequest langChain4j(RandomRequest request) {
    List<ChatMessage> messages = new ArrayList<>();
    request.system().map(SystemMessage::from).ifPresent(messages::add);
    for (Prompt.Message message : request.history()) {
      messages.add(
          message.role().equals("user")
              ? UserMessage.from(message.text())
              : AiMessage.from(message.text()));
    }
    messages.add(UserMessage.from(request.question()));
    return ChatRequest.builder()
        .messages(messages)
        .modelName(request.model())
        .temperature(request.temperature())
        .build();
  }

  private static org.springframework.ai.chat.prompt.Prompt spring(RandomRequest request) {
    List<Message> messages = new ArrayList<>();
    request
        .system()
        .map(org.springframework.ai.chat.messages.SystemMessage::new)
        .ifPresent(messages::add);
    for (Prompt.Message message : request.history()) {
      messages.add(
          message.role().equals("user")
              ? new org.springframework.ai.chat.messages.UserMessage(message.text())
              : new AssistantMessage(message.text()));
    }
    messages.add(new org.springframework.ai.chat.messages.UserMessage(request.question()));
    return new org.springframework.ai.chat.prompt.Prompt(
        messages,
        ToolCallingChatOptions.builder()
            .model(request.model())
            .temperature(request.temperature())
            .build());
  }

  /** A service without a network. */
  private static final class FakeService implements HttpClient {
    private final AtomicLong answers = new AtomicLong();

    @Override
    public HttpResponse execute(HttpRequest request, RequestOptions options) {
      String body =
          """
          {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[\
          {"index":0,"finish_reason":"stop","logprobs":null,"message":{"role":"assistant",\
          "refusal":null,"content":"answer %d"}}]}"""
              .formatted(answers.incrementAndGet());
      InputStream stream = new ByteArrayInputStream(body.getBytes(UTF_8));
      return new HttpResponse() {
        @Override
        public int statusCode() {
          return 200;
        }

        @Override
        public Headers headers() {
          return Headers.builder().put("Content-Type", "application/json").build();
        }

        @Override
        public InputStream body() {
          return stream;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public CompletableFuture<HttpResponse> executeAsync(
        HttpRequest request, RequestOptions options) {
      return CompletableFuture.completedFuture(execute(request, options));
    }

    @Override
    public void close() {}
  }

  private static final class LangChain4jModel implements ChatModel {
    private final AtomicLong answers = new AtomicLong();

    @Override
    public ChatResponse doChat(ChatRequest request) {
      return ChatResponse.builder()
          .aiMessage(AiMessage.from("answer " + answers.incrementAndGet()))
          .finishReason(FinishReason.STOP)
          .build();
    }
  }

  private static final class SpringModel implements org.springframework.ai.chat.model.ChatModel {
    private final AtomicLong answers = new AtomicLong();

    @Override
    public org.springframework.ai.chat.model.ChatResponse call(
        org.springframework.ai.chat.prompt.Prompt prompt) {
      return new org.springframework.ai.chat.model.ChatResponse(
          List.of(
              new Generation(
                  new AssistantMessage("answer " + answers.incrementAndGet()),
                  ChatGenerationMetadata.builder().finishReason("STOP").build())));
    }

    @Override
    public Flux<org.springframework.ai.chat.model.ChatResponse> stream(
        org.springframework.ai.chat.prompt.Prompt prompt) {
      return Flux.just(call(prompt));
    }

    @Override
    public ChatOptions getOptions() {
      return ToolCallingChatOptions.builder().model("fake").build();
    }
  }
}
