package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.internal.json.AnswerCheck;
import io.github.semcache.internal.json.LiveData;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The chat completions API. */
final class ChatCompletionsApi implements ModelApi {
  /** Includes {@code store}: a hit does not store the completion at the service again. */
  private static final Set<String> DELIVERY_FIELDS =
      Set.of(
          "metadata",
          "prompt_cache_key",
          "prompt_cache_options",
          "prompt_cache_retention",
          "safety_identifier",
          "service_tier",
          "store",
          "stream",
          "stream_options",
          "user");

  /** Fields of chunks that are merged separately, or are random padding. */
  private static final Set<String> CHUNK_FIELDS = Set.of("choices", "obfuscation");

  private static final String COMPLETION = "chat.completion";
  private static final String CHUNK = "chat.completion.chunk";
  private static final String DONE = "[DONE]";
  private static final String FINISH_REASON = "finish_reason";

  @Override
  public List<String> pathSuffix() {
    return List.of("chat", "completions");
  }

  @Override
  public Set<String> deliveryFields() {
    return DELIVERY_FIELDS;
  }

  @Override
  public Set<String> echoedFields() {
    return Set.of("metadata");
  }

  @Override
  public Set<String> streamedEchoedFields() {
    return Set.of();
  }

  @Override
  public boolean alwaysStreamsUsage() {
    return false;
  }

  @Override
  public String messagesField() {
    return "messages";
  }

  @Override
  public String textType() {
    return "text";
  }

  @Override
  public boolean dependsOnState(ObjectNode body) {
    return false;
  }

  /** Completions are stored only on request, and cannot be continued by their id. */
  @Override
  public boolean isStoredByService(ObjectNode body) {
    return body.path("store").asBoolean();
  }

  @Override
  public String idPrefix() {
    return "chatcmpl-semcache-";
  }

  @Override
  public AnswerCheck check(ObjectNode body) {
    return AnswerCheck.ofChat(body);
  }

  /** Reads the tree, because the types of openai-java would cost ten times as much. */
  @Override
  public ChatReply parseReply(ObjectNode answer, AnswerCheck check) {
    JsonNode choices = answer.path("choices");
    JsonNode message = choices.path(0).path("message");
    if (!message.isObject()) {
      throw new IllegalArgumentException("`message` is missing in the completion");
    }
    String text = message.path("content").asText(message.path("refusal").asText(""));
    ChatReply reply =
        new ChatReply(
            text,
            Optional.ofNullable(answer.path("model").textValue()),
            choices.size() == 1 ? finishReason(answer, choices.get(0)) : FinishReason.OTHER,
            usage(answer.path("usage")),
            Optional.empty());
    return check.apply(reply, text, OpenAiJson.hasText(choices.path(0), FINISH_REASON));
  }

  /** The message takes precedence, because a forced tool call ends with the reason "stop". */
  private static FinishReason finishReason(ObjectNode answer, JsonNode choice) {
    JsonNode message = choice.path("message");
    if (!message.path("refusal").asText("").isBlank()) {
      return FinishReason.REFUSAL;
    }
    if (!message.path("tool_calls").isEmpty() || !message.path("function_call").isEmpty()) {
      return FinishReason.TOOL_CALLS;
    }
    FinishReason reason = FinishReason.parse(choice.path(FINISH_REASON).textValue());
    boolean cites = LiveData.isCitedIn(message) || LiveData.isCitedIn(answer);
    return (cites && reason == FinishReason.STOP) ? FinishReason.LIVE_DATA : reason;
  }

  private static Optional<TokenUsage> usage(JsonNode usage) {
    return OpenAiJson.usage(usage, "prompt_tokens", "completion_tokens");
  }

  @Override
  public ObjectNode createAnswer(ChatReply reply) {
    ObjectNode answer = OpenAiJson.newObject().put("id", "chatcmpl-cached");
    answer.put("object", COMPLETION).put("created", 0);
    answer.put("model", reply.model().orElse("unknown"));
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    choice.putObject("message").put("role", "assistant").put("content", reply.text());
    choice.put(FINISH_REASON, "stop");
    return answer;
  }

  /** Writes a chunk each for the role, the content, and the end of each choice; then the usage. */
  @Override
  public String toStream(ObjectNode answer, boolean includeUsage) {
    SseWriter events = new SseWriter();
    for (JsonNode choice : answer.path("choices")) {
      events.data(chunk(answer, choiceWithDelta(choice, role(choice))));
      events.data(chunk(answer, content(choice)));
      events.data(chunk(answer, end(choice)));
    }
    if (includeUsage && OpenAiJson.hasValue(answer, "usage")) {
      ObjectNode usage = chunkWithoutChoices(answer);
      usage.putArray("choices");
      events.data(usage.<ObjectNode>set("usage", answer.get("usage")));
    }
    return events.data(DONE).text();
  }

  private static ObjectNode chunk(ObjectNode answer, ObjectNode choice) {
    ObjectNode chunk = chunkWithoutChoices(answer);
    chunk.putArray("choices").add(choice);
    return chunk;
  }

  private static ObjectNode chunkWithoutChoices(ObjectNode answer) {
    ObjectNode chunk = answer.deepCopy().put("object", CHUNK);
    return chunk.without(List.of("choices", "usage"));
  }

  private static ObjectNode choiceWithDelta(JsonNode choice, ObjectNode delta) {
    ObjectNode part = OpenAiJson.newObject();
    part.set("index", choice.path("index"));
    part.set("delta", delta);
    return part.putNull(FINISH_REASON);
  }

  private static ObjectNode role(JsonNode choice) {
    String role = choice.path("message").path("role").asText("assistant");
    return OpenAiJson.newObject().put("role", role);
  }

  private static ObjectNode content(JsonNode choice) {
    ObjectNode delta = choice.path("message").deepCopy();
    delta.remove("role");
    int index = 0;
    for (JsonNode call : delta.path("tool_calls")) {
      ((ObjectNode) call).put("index", index++);
    }
    ObjectNode part = choice.<ObjectNode>deepCopy().without("message");
    part.set("delta", delta);
    return part.putNull(FINISH_REASON);
  }

  private static ObjectNode end(JsonNode choice) {
    ObjectNode end = choiceWithDelta(choice, OpenAiJson.newObject());
    end.set(FINISH_REASON, choice.path(FINISH_REASON));
    return end;
  }

  @Override
  public AnswerAccumulator newAccumulator() {
    return new ChunkAccumulator();
  }

  /** Accumulates the chunks of one completion. */
  private static final class ChunkAccumulator implements AnswerAccumulator {
    private final ObjectNode answer = OpenAiJson.newObject();
    private final ChunkMerger choices = new ChunkMerger();

    @Override
    public Optional<ObjectNode> add(String data) throws IOException {
      if (data.startsWith(DONE)) {
        return Optional.of(complete());
      }
      ObjectNode chunk = OpenAiJson.parseObject(data);
      if (chunk.has("error")) {
        throw new IOException("the stream contains an error");
      }
      choices.add(chunk.path("choices"));
      chunk.without(CHUNK_FIELDS).properties().stream()
          .filter(field -> !field.getValue().isNull())
          .forEach(field -> answer.set(field.getKey(), field.getValue()));
      return Optional.empty();
    }

    /** Some compatible services end the stream after the finish reason, without a marker. */
    @Override
    public Optional<ObjectNode> end() {
      return choices.areFinished() ? Optional.of(complete()) : Optional.empty();
    }

    private ObjectNode complete() {
      ArrayNode merged = choices.merged();
      answer.put("object", COMPLETION).set("choices", merged);
      return answer;
    }
  }
}
