package io.github.semcache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.SemanticCache;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Labels;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.client.AdvisorParams;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.MessageChatMemoryAdvisor;
import org.springframework.ai.chat.client.advisor.vectorstore.QuestionAnswerAdvisor;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.converter.StructuredOutputConverter;
import org.springframework.ai.document.Document;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.rag.advisor.RetrievalAugmentationAdvisor;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.MimeTypeUtils;

class SemanticCacheAdvisorTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private static final String PASSAGE = "Paris has two million inhabitants.";
  private static final String OTHER_PASSAGE = "France has a new capital.";

  private final FakeEmbedder embedder = new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20);
  private final SemanticCache cache = SemanticCache.builder().embedder(embedder).build();
  private final FakeChatModel model = new FakeChatModel(prompt -> List.of(complete("Paris")));

  @AfterEach
  void close() {
    cache.close();
  }

  private static ChatResponse complete(String text) {
    return response(
        AssistantMessage.builder().content(text).build(),
        ChatGenerationMetadata.builder().finishReason("STOP").build());
  }

  private static ChatResponse response(AssistantMessage message, ChatGenerationMetadata metadata) {
    return new ChatResponse(
        List.of(new Generation(message, metadata)),
        ChatResponseMetadata.builder()
            .id("chatcmpl-1")
            .model("fake-1-2026")
            .usage(new DefaultUsage(5, 7, 12))
            .build());
  }

  private ChatClient client() {
    return client(model);
  }

  private ChatClient client(FakeChatModel chatModel) {
    return ChatClient.builder(chatModel).defaultAdvisors(SemanticCacheAdvisor.of(cache)).build();
  }

  private static Generation result(ChatResponse response) {
    return Objects.requireNonNull(response.getResult());
  }

  private static ChatResponse ask(ChatClient client, String question) {
    return Objects.requireNonNull(client.prompt(question).call().chatResponse());
  }

  private static String stream(ChatClient client, String question) {
    return String.join(
        "",
        Objects.requireNonNull(
            client.prompt(question).stream()
                .content()
                .collectList()
                .block(Duration.ofSeconds(20))));
  }

  @Test
  void questionInOtherWordsIsAnsweredFromTheCacheByCallsAndStreams() {
    ChatClient client = client();

    assertThat(client.prompt(PARIS).call().content()).isEqualTo("Paris");
    assertThat(client.prompt(PARIS_AGAIN).call().content()).isEqualTo("Paris");
    assertThat(stream(client, PARIS)).isEqualTo("Paris");
    assertThat(stream(client, PARIS_AGAIN)).isEqualTo("Paris");

    assertThat(model.calls()).isEqualTo(1);
    assertThat(cache.stats().exactHits()).isEqualTo(1);
    assertThat(cache.stats().semanticHits()).isEqualTo(2);
    assertThat(cache.stats().tokensSaved()).isEqualTo(36);
  }

  @Test
  void labelsAreSetByTheContextOfARequestAndReturnedWithAHit() {
    SemanticCacheAdvisor advisor =
        SemanticCacheAdvisor.builder(cache)
            .prompts(
                (request, prompt) -> {
                  Object topic = request.context().get("topic");
                  return topic == null
                      ? prompt
                      : prompt
                          .label("topic", topic.toString())
                          .where(Labels.Filter.anyOf("topic", topic.toString()));
                })
            .build();
    ChatClient client = ChatClient.builder(model).defaultAdvisors(advisor).build();

    askAbout(client, PARIS, "travel");
    ChatResponse hit = askAbout(client, PARIS_AGAIN, "travel");
    assertThat(model.calls()).isEqualTo(1);
    assertThat(hit.getMetadata().<Map<String, Object>>get(SemanticCacheAdvisor.LABELS))
        .isEqualTo(Map.of("topic", "travel"));
    askAbout(client, PARIS_AGAIN, "history");
    assertThat(model.calls()).isEqualTo(2);
    assertThat(ask(client, PARIS_AGAIN).getMetadata().containsKey(SemanticCacheAdvisor.SOURCE))
        .isTrue();
  }

  private static ChatResponse askAbout(ChatClient client, String question, String topic) {
    return Objects.requireNonNull(
        client
            .prompt(question)
            .advisors(parameters -> parameters.param("topic", topic))
            .call()
            .chatResponse());
  }

  @Test
  void hitEqualsTheResponseOfTheModel() {
    AssistantMessage message =
        AssistantMessage.builder()
            .content("Paris")
            .properties(
                Map.of(
                    "index",
                    0L,
                    "small",
                    7,
                    "created",
                    Instant.parse("2026-11-26T10:15:30.123456Z"),
                    "took",
                    Duration.ofMillis(1500),
                    "score",
                    0.25,
                    "annotations",
                    List.of(Map.of()),
                    "safe",
                    true))
            .media(
                List.of(
                    Media.builder()
                        .mimeType(MimeTypeUtils.IMAGE_PNG)
                        .data(new ByteArrayResource(new byte[] {1, 2, 3}))
                        .id("audio-1")
                        .build()))
            .build();
    ChatResponse original =
        new ChatResponse(
            List.of(
                new Generation(
                    message,
                    ChatGenerationMetadata.builder()
                        .finishReason("end_turn")
                        .contentFilters(Set.of("mild"))
                        .metadata("logprobs", List.of(-0.5, -1.25))
                        .build())),
            ChatResponseMetadata.builder()
                .id("msg_1")
                .model("claude")
                .usage(new DefaultUsage(5, 7, 12, Map.of("input_tokens", 5L), 3L, 2L))
                .keyValue("created", 1_700_000_000L)
                .keyValue("system_fingerprint", "fp_1")
                .build());
    FakeChatModel full = new FakeChatModel(prompt -> List.of(original));
    ChatClient client = client(full);

    ask(client, PARIS);
    ChatResponse hit = ask(client, PARIS_AGAIN);

    assertThat(full.calls()).isEqualTo(1);
    Generation generation = result(hit);
    assertThat(generation.getMetadata()).isEqualTo(result(original).getMetadata());
    assertThat(generation.getOutput().getMetadata()).isEqualTo(message.getMetadata());
    assertThat(generation.getOutput().getText()).isEqualTo("Paris");
    Media media = generation.getOutput().getMedia().get(0);
    assertThat(media.getDataAsByteArray()).containsExactly(1, 2, 3);
    assertThat(media.getName()).isEqualTo(message.getMedia().get(0).getName());
    assertThat(media.getId()).isEqualTo("audio-1");
    assertThat(hit.getMetadata().getId()).isEqualTo("msg_1");
    assertThat(hit.getMetadata().getModel()).isEqualTo("claude");
    assertThat(hit.getMetadata().getUsage()).isEqualTo(original.getMetadata().getUsage());
    assertThat(hit.getMetadata().<Long>get("created")).isEqualTo(1_700_000_000L);
    assertThat(hit.getMetadata().<String>get("system_fingerprint")).isEqualTo("fp_1");
  }

  @Test
  void onlyHitsAreMarked() {
    ChatClient client = client();

    ChatResponse miss = ask(client, PARIS);
    ChatResponse exact = ask(client, PARIS);
    ChatResponse semantic = ask(client, PARIS_AGAIN);

    assertThat(miss.getMetadata().containsKey(SemanticCacheAdvisor.SOURCE)).isFalse();
    assertThat(exact.getMetadata().<String>get(SemanticCacheAdvisor.SOURCE)).isEqualTo("EXACT");
    assertThat(semantic.getMetadata().<String>get(SemanticCacheAdvisor.SOURCE))
        .isEqualTo("SEMANTIC");
    assertThat(semantic.getMetadata().<Double>get(SemanticCacheAdvisor.DISTANCE))
        .isBetween(0.05, 0.07);
    assertThat(semantic.getMetadata().<String>get(SemanticCacheAdvisor.ENTRY))
        .isEqualTo(exact.getMetadata().get(SemanticCacheAdvisor.ENTRY))
        .isNotBlank();
  }

  @Test
  void streamIsForwardedAndStoredWithAllItsParts() {
    FakeChatModel streaming =
        new FakeChatModel(
            prompt ->
                List.of(
                    part("Pa", "", new DefaultUsage(0, 0, 0)),
                    part("ris", "", new DefaultUsage(0, 0, 0)),
                    part("", "STOP", new DefaultUsage(5, 7, 12, Map.of("audio", 3L), 4L, null))));
    ChatClient client = client(streaming);

    List<ChatResponse> parts =
        client.prompt(PARIS).stream().chatResponse().collectList().block(Duration.ofSeconds(20));
    List<ChatResponse> replayed =
        Objects.requireNonNull(
            client.prompt(PARIS).stream()
                .chatResponse()
                .collectList()
                .block(Duration.ofSeconds(20)));
    ChatResponse called = ask(client, PARIS_AGAIN);

    assertThat(parts).hasSize(3);
    assertThat(streaming.calls()).isEqualTo(1);
    assertThat(replayed).hasSize(1);
    for (ChatResponse hit : List.of(replayed.get(0), called)) {
      assertThat(result(hit).getOutput().getText()).isEqualTo("Paris");
      assertThat(result(hit).getMetadata().getFinishReason()).isEqualTo("STOP");
      assertThat(hit.getMetadata().getUsage())
          .isEqualTo(new DefaultUsage(5, 7, 12, Map.of("audio", 3L), 4L, null));
      assertThat(hit.getMetadata().<Long>get("created")).isEqualTo(17L);
      assertThat(hit.getMetadata().getId()).isEqualTo("chatcmpl-2");
    }
  }

  private static ChatResponse part(String text, String finishReason, DefaultUsage usage) {
    return new ChatResponse(
        List.of(
            new Generation(
                AssistantMessage.builder().content(text).build(),
                ChatGenerationMetadata.builder().finishReason(finishReason).build())),
        ChatResponseMetadata.builder()
            .id("chatcmpl-2")
            .model("fake-1")
            .usage(usage)
            .keyValue("created", 17L)
            .build());
  }

  @Test
  void streamThatIsCanceledOrFailsIsNotStored() {
    FakeChatModel streaming =
        new FakeChatModel(
            prompt ->
                List.of(
                    part("Pa", "", new DefaultUsage(0, 0, 0)),
                    part("ris", "STOP", new DefaultUsage(5, 7, 12))));
    ChatClient client = client(streaming);

    client.prompt(PARIS).stream().content().take(1).collectList().block(Duration.ofSeconds(20));
    assertThat(stream(client, PARIS)).isEqualTo("Paris");
    assertThat(streaming.calls()).isEqualTo(2);

    FakeChatModel failing =
        new FakeChatModel(
            prompt -> {
              throw new IllegalStateException("overloaded");
            });
    assertThatThrownBy(() -> stream(client(failing), "another question")).hasMessage("overloaded");
    assertThatThrownBy(() -> ask(client(failing), "another question")).hasMessage("overloaded");
    assertThat(cache.stats().modelErrors()).isEqualTo(2);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "STOP, true",
    "stop, true",
    "end_turn, true",
    "eos_token, true",
    "COMPLETE, true",
    ", true",
    "LENGTH, false",
    "max_tokens, false",
    "CONTENT_FILTER, false",
    "SAFETY, false",
    "MALFORMED_FUNCTION_CALL, false"
  })
  void onlyCompleteAnswersAreStored(String finishReason, boolean stored) {
    FakeChatModel reasons =
        new FakeChatModel(
            prompt ->
                List.of(
                    response(
                        new AssistantMessage("Paris"),
                        ChatGenerationMetadata.builder().finishReason(finishReason).build())));
    ChatClient client = client(reasons);

    ask(client, PARIS);
    ask(client, PARIS);

    assertThat(reasons.calls()).isEqualTo(stored ? 1 : 2);
  }

  @Test
  void valuesThatCannotBeReadBackAreNotStoredButCounted() {
    FakeChatModel odd =
        new FakeChatModel(
            prompt ->
                List.of(
                    response(
                        AssistantMessage.builder()
                            .content("Paris")
                            .properties(Map.of("thread", new BitSet()))
                            .build(),
                        ChatGenerationMetadata.builder().finishReason("STOP").build())));
    ChatClient client = client(odd);

    ask(client, PARIS);
    ask(client, PARIS);

    assertThat(odd.calls()).isEqualTo(2);
    assertThat(cache.stats().adapterErrors()).isEqualTo(2);
  }

  @Test
  void everythingButTheQuestionMustBeEqual() {
    ChatClient client = client();
    client.prompt(PARIS).call().content();

    client.prompt(PARIS_AGAIN).system("Answer in French").call().content();
    client
        .prompt(PARIS_AGAIN)
        .options(ToolCallingChatOptions.builder().temperature(0.9))
        .call()
        .content();
    client
        .prompt()
        .messages(new UserMessage("Hello"), new AssistantMessage("Hi"))
        .user(PARIS_AGAIN)
        .call()
        .content();
    client
        .prompt()
        .user(
            user ->
                user.text(PARIS_AGAIN)
                    .media(MimeTypeUtils.IMAGE_PNG, new ByteArrayResource(new byte[] {1})))
        .call()
        .content();
    client
        .prompt(PARIS_AGAIN)
        .tools(
            FunctionToolCallback.builder("time", (String zone) -> "12:00")
                .inputType(String.class)
                .inputSchema("{\"type\":\"string\"}")
                .description("the time")
                .build())
        .call()
        .content();

    assertThat(model.calls()).isEqualTo(6);
    assertThat(cache.stats().missesByReason()).containsOnlyKeys(MissReason.NO_NEIGHBOR);
    assertThat(cache.stats().adapterErrors()).isZero();
  }

  @Test
  void memoryIsPartOfTheScope() {
    ChatMemory memory = MessageWindowChatMemory.builder().build();
    ChatClient client =
        ChatClient.builder(model)
            .defaultAdvisors(
                SemanticCacheAdvisor.of(cache), MessageChatMemoryAdvisor.builder(memory).build())
            .build();

    for (String conversation : List.of("ann", "bob")) {
      conversation(client, conversation, "Tell me about " + conversation);
      conversation(client, conversation, PARIS);
    }
    assertThat(model.calls()).isEqualTo(4);
    for (String conversation : List.of("cid", "dan")) {
      conversation(client, conversation, "Hello");
      conversation(client, conversation, PARIS);
    }

    assertThat(model.calls()).isEqualTo(6);
    assertThat(memory.get("dan")).hasSize(4);
    assertThat(memory.get("dan").get(3).getText()).isEqualTo("Paris");
  }

  private static void conversation(ChatClient client, String id, String question) {
    client
        .prompt(question)
        .advisors(advisors -> advisors.param(ChatMemory.CONVERSATION_ID, id))
        .call()
        .content();
  }

  @Test
  void retrievedPassagesAreComparedForEqualityAndOnlyTheQuestionByMeaning() {
    embedder.place(PASSAGE, 40).place(OTHER_PASSAGE, 50);
    SimpleVectorStore passages =
        SimpleVectorStore.builder(new FakeEmbeddingModel("fake", embedder)).build();
    passages.add(List.of(new Document("1", PASSAGE, Map.of())));
    ChatClient client =
        ChatClient.builder(model)
            .defaultAdvisors(
                SemanticCacheAdvisor.of(cache),
                QuestionAnswerAdvisor.builder(passages)
                    .searchRequest(SearchRequest.builder().similarityThresholdAll().build())
                    .build())
            .build();

    ask(client, PARIS);
    ChatResponse hit = ask(client, PARIS_AGAIN);
    assertThat(hit.getMetadata().<String>get(SemanticCacheAdvisor.SOURCE)).isEqualTo("SEMANTIC");
    assertThat(model.prompts().get(0).getUserMessage().getText()).contains("two million");

    passages.add(List.of(new Document("2", OTHER_PASSAGE, Map.of())));
    ask(client, PARIS_AGAIN);
    assertThat(model.calls()).isEqualTo(2);
  }

  @Test
  void questionInTheTemplateOfTheRetrievalAugmentationAdvisorIsFound() {
    ChatClient client =
        ChatClient.builder(model)
            .defaultAdvisors(
                RetrievalAugmentationAdvisor.builder()
                    .documentRetriever(query -> List.of(new Document("Query: Answer: a passage")))
                    .build(),
                SemanticCacheAdvisor.of(cache))
            .build();

    ask(client, PARIS);
    ask(client, PARIS_AGAIN);

    assertThat(model.calls()).isEqualTo(1);
    assertThat(embedder.embedded()).containsExactly(PARIS, PARIS_AGAIN);
    assertThat(model.prompts().get(0).getUserMessage().getText()).contains("a passage");
  }

  @Test
  void toolCallsReachTheModelAndTheAnswerIsStoredForEqualResults() {
    String[] result = {"sunny"};
    FakeChatModel tools = new FakeChatModel(SemanticCacheAdvisorTest::weather);
    ChatClient client =
        ChatClient.builder(tools)
            .defaultAdvisors(SemanticCacheAdvisor.of(cache))
            .defaultTools(
                FunctionToolCallback.builder("weather", (String city) -> result[0])
                    .inputType(String.class)
                    .inputSchema("{\"type\":\"string\"}")
                    .description("the weather")
                    .build())
            .build();

    assertThat(client.prompt("Describe the weather.").call().content())
        .isEqualTo("It is \"sunny\"");
    assertThat(client.prompt("Describe the weather.").call().content())
        .isEqualTo("It is \"sunny\"");
    assertThat(tools.calls()).isEqualTo(3);
    result[0] = "rainy";
    assertThat(client.prompt("Describe the weather.").call().content())
        .isEqualTo("It is \"rainy\"");
    assertThat(tools.calls()).isEqualTo(5);
    assertThat(stream(client, "Describe the weather.")).isEqualTo("It is \"rainy\"");
    assertThat(tools.calls()).isEqualTo(6);
  }

  private static List<ChatResponse> weather(Prompt prompt) {
    List<org.springframework.ai.chat.messages.Message> messages = prompt.getInstructions();
    if (messages.get(messages.size() - 1) instanceof ToolResponseMessage tool) {
      return List.of(complete("It is " + tool.getResponses().get(0).responseData()));
    }
    return List.of(
        response(
            AssistantMessage.builder()
                .toolCalls(
                    List.of(
                        new AssistantMessage.ToolCall(
                            "call_" + Math.random(), "function", "weather", "\"Paris\"")))
                .build(),
            ChatGenerationMetadata.builder().finishReason("TOOL_CALLS").build()));
  }

  /** The instructions of {@code BeanOutputConverter} for a record with a city. */
  private static final class CityConverter implements StructuredOutputConverter<String> {
    private static final String SCHEMA =
        """
        {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}\
        """;

    private final String schema;

    CityConverter() {
      this(SCHEMA);
    }

    CityConverter(String schema) {
      this.schema = schema;
    }

    @Override
    public String getFormat() {
      return "Here is the JSON Schema instance your output must adhere to:\n```%s```\n"
          .formatted(schema);
    }

    @Override
    public String getJsonSchema() {
      return schema;
    }

    @Override
    public String convert(String text) {
      return text;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void structuredOutputIsStoredOnlyIfItConforms(boolean nativeOutput) {
    String[] json = {"{\"city\": \"Par"};
    FakeChatModel structured = new FakeChatModel(prompt -> List.of(complete(json[0])));
    ChatClient.Builder builder =
        ChatClient.builder(structured).defaultAdvisors(SemanticCacheAdvisor.of(cache));
    ChatClient client =
        nativeOutput
            ? builder.defaultAdvisors(AdvisorParams.ENABLE_NATIVE_STRUCTURED_OUTPUT).build()
            : builder.build();

    for (String malformed : List.of("{\"city\": \"Par", "[]", "{\"city\": 7}", "")) {
      json[0] = malformed;
      client.prompt(PARIS).call().entity(new CityConverter());
    }
    json[0] = "```json\n{\"city\": \"Paris\"}\n```";
    client.prompt(PARIS).call().entity(new CityConverter());
    assertThat(structured.calls()).isEqualTo(5);

    assertThat(client.prompt(PARIS_AGAIN).call().entity(new CityConverter())).contains("Paris");
    assertThat(structured.calls()).isEqualTo(5);
    json[0] = "prose";
    assertThat(client.prompt(PARIS).call().content()).isEqualTo("prose");
  }

  @Test
  void answersFromASearchOfTheWebAreNotStored() {
    ChatClient client = client();
    for (int i = 0; i < 2; i++) {
      client
          .prompt(PARIS)
          .options(ToolCallingChatOptions.builder().model("gpt-4o-search-preview"))
          .call()
          .content();
    }

    assertThat(model.calls()).isEqualTo(2);
    assertThat(cache.stats().notAdmitted()).isEqualTo(2);
  }

  @Test
  void hitsOfAQuietAdvisorTakeAsLongAsACallOfTheModel() {
    SemanticCacheProperties properties =
        new Binder(new MapConfigurationPropertySource(Map.of("semcache.advisor.quiet", "true")))
            .bindOrCreate("semcache", SemanticCacheProperties.class);
    FakeChatModel slow =
        new FakeChatModel(
            prompt -> {
              try {
                Thread.sleep(150);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return List.of(complete("Paris"));
            });
    ChatClient client =
        ChatClient.builder(slow)
            .defaultAdvisors(
                new SemanticCacheAdvisorAutoConfiguration().semanticCacheAdvisor(cache, properties))
            .build();
    ask(client, PARIS);

    long start = System.nanoTime();
    ask(client, PARIS_AGAIN);

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(140));
    assertThat(slow.calls()).isOne();
  }

  @Test
  void optionsOfTheAdvisorApply() {
    ChatClient client =
        ChatClient.builder(model)
            .defaultAdvisors(
                SemanticCacheAdvisor.builder(cache)
                    .normalizeRequest(
                        request ->
                            request
                                .mutate()
                                .prompt(request.prompt().augmentSystemMessage("It is now."))
                                .build())
                    .prompts(
                        (request, prompt) ->
                            prompt.tag("tenant", String.valueOf(request.context().get("tenant"))))
                    .build())
            .build();

    for (String tenant : List.of("acme", "acme", "other")) {
      client
          .prompt(PARIS)
          .system("It is " + System.nanoTime())
          .advisors(advisors -> advisors.param("tenant", tenant))
          .call()
          .content();
    }

    assertThat(model.calls()).isEqualTo(2);
    assertThat(model.prompts().get(0).getSystemMessage().getText()).matches("It is \\d+");
  }

  @Test
  void maximumWaitIsThatOfTheCache() {
    List<io.github.semcache.prompt.Prompt> prompts = new ArrayList<>();
    SemanticCacheAdvisor advisor =
        SemanticCacheAdvisor.builder(cache)
            .prompts(
                (request, prompt) -> {
                  prompts.add(prompt);
                  return prompt;
                })
            .build();

    ask(ChatClient.builder(model).defaultAdvisors(advisor).build(), PARIS);

    assertThat(prompts).singleElement().matches(prompt -> prompt.maxWait().isEmpty());
  }

  @Test
  void requestWhoseNormalizerThrowsIsNotCachedButCounted() {
    SemanticCacheAdvisor advisor =
        SemanticCacheAdvisor.builder(cache)
            .normalizeRequest(
                request -> {
                  throw new IllegalStateException("normalizer");
                })
            .build();
    ChatClient client = ChatClient.builder(model).defaultAdvisors(advisor).build();

    ask(client, PARIS);
    ask(client, PARIS);

    assertThat(model.calls()).isEqualTo(2);
    assertThat(cache.stats().adapterErrors()).isEqualTo(2);
  }

  @Test
  void outputForAMalformedSchemaIsNotStoredButCounted() {
    FakeChatModel structured = new FakeChatModel(prompt -> List.of(complete("{}")));
    ChatClient client = client(structured);

    for (int i = 0; i < 2; i++) {
      client.prompt(PARIS).call().entity(new CityConverter("{\"type\": \"object\""));
    }

    assertThat(structured.calls()).isEqualTo(2);
    assertThat(cache.stats().adapterErrors()).isEqualTo(2);
  }

  @Test
  void streamThatCannotBeAggregatedIsForwardedAndItsWaitingCallsContinue() {
    AtomicBoolean isAtItsEnd = new AtomicBoolean();
    ChatResponse unreadable =
        new ChatResponse(List.of(new Generation(new AssistantMessage("Paris")))) {
          @Override
          public List<Generation> getResults() {
            if (isAtItsEnd.get()) {
              throw new IllegalStateException("unreadable");
            }
            return super.getResults();
          }
        };
    FakeChatModel streaming = new FakeChatModel(prompt -> List.of(unreadable));
    List<ChatResponse> received = new ArrayList<>();

    client(streaming).prompt(PARIS).stream()
        .chatResponse()
        .doOnNext(received::add)
        .doOnNext(response -> isAtItsEnd.set(true))
        .blockLast(Duration.ofSeconds(20));

    assertThat(received).containsExactly(unreadable);
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
    assertThat(cache.stats().modelCalls()).as("abandoned").isEqualTo(1);
  }

  @Test
  void closedCacheIsBypassed() {
    cache.close();

    assertThat(client().prompt(PARIS).call().content()).isEqualTo("Paris");
    assertThat(stream(client(), PARIS)).isEqualTo("Paris");
    assertThat(model.calls()).isEqualTo(2);
  }
}
