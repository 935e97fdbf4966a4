package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.FinishReason;
import io.github.semcache.chat.TokenUsage;
import io.github.semcache.prompt.QuestionFinder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Chat completions. */
final class ChatCompletionsApi implements ModelApi {
  /** A completion that the service is asked to store is not stored again on a hit. */
  private static final Set<String> DELIVERY =
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

  /** Fields of chunks that a whole completion has otherwise or, as random padding, not at all. */
  private static final Set<String> OF_STREAMS = Set.of("choices", "obfuscation");

  private static final String WHOLE = "chat.completion";
  private static final String CHUNK = "chat.completion.chunk";
  private static final String DONE = "[DONE]";

  @Override
  public List<String> path() {
    return List.of("chat", "completions");
  }

  @Override
  public Set<String> deliveryFields() {
    return DELIVERY;
  }

  @Override
  public Set<String> echoedFields() {
    return Set.of("metadata");
  }

  @Override
  public Set<String> streamedEchoes() {
    return Set.of();
  }

  @Override
  public boolean streamsTellUsage() {
    return false;
  }

  @Override
  public Optional<Question> question(ObjectNode body, QuestionFinder finder) {
    return Question.take(body, "messages", "text", finder);
  }

  /** Reads the tree itself: openai-java's types would cost ten times as much. */
  @Override
  public ChatReply reply(ObjectNode answer) {
    JsonNode choices = answer.path("choices");
    JsonNode message = choices.path(0).path("message");
    if (!message.isObject()) {
      throw new IllegalArgumentException("`message` is missing: the model gave no answer");
    }
    return new ChatReply(
        message.path("content").asText(message.path("refusal").asText("")),
        Optional.ofNullable(answer.path("model").textValue()),
        choices.size() == 1 ? finishReason(choices.get(0)) : FinishReason.OTHER,
        usage(answer.path("usage")),
        Optional.empty());
  }

  /** What the message holds says more than the reason: a forced tool call ends with "stop". */
  private static FinishReason finishReason(JsonNode choice) {
    JsonNode message = choice.path("message");
    if (!message.path("refusal").asText("").isBlank()) {
      return FinishReason.REFUSAL;
    }
    if (!message.path("tool_calls").isEmpty() || !message.path("function_call").isEmpty()) {
      return FinishReason.TOOL_CALLS;
    }
    return switch (choice.path("finish_reason").asText()) {
      case "stop" -> FinishReason.STOP;
      case "length" -> FinishReason.LENGTH;
      case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
      case "content_filter" -> FinishReason.CONTENT_FILTER;
      default -> FinishReason.OTHER;
    };
  }

  private static Optional<TokenUsage> usage(JsonNode usage) {
    return Json.usage(usage, "prompt_tokens", "completion_tokens");
  }

  @Override
  public ObjectNode answer(ChatReply reply) {
    ObjectNode answer = Json.newObject().put("id", "chatcmpl-cached").put("object", WHOLE);
    answer.put("created", 0).put("model", reply.model().orElse("unknown"));
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    choice.putObject("message").put("role", "assistant").put("content", reply.text());
    choice.put("finish_reason", "stop");
    return answer;
  }

  /** For each choice its role, then all it says, then its end; then the usage where asked for. */
  @Override
  public String stream(ObjectNode answer, boolean includeUsage) {
    EventWriter events = new EventWriter();
    for (JsonNode choice : answer.path("choices")) {
      events.data(chunk(answer, part(choice, role(choice))));
      events.data(chunk(answer, content(choice)));
      events.data(chunk(answer, end(choice)));
    }
    if (includeUsage && Json.has(answer, "usage")) {
      ObjectNode usage = frame(answer);
      usage.putArray("choices");
      events.data(usage.<ObjectNode>set("usage", answer.get("usage")));
    }
    return events.data(DONE).text();
  }

  private static ObjectNode frame(ObjectNode answer) {
    ObjectNode frame = answer.deepCopy().put("object", CHUNK);
    return frame.without(List.of("choices", "usage"));
  }

  private static ObjectNode chunk(ObjectNode answer, ObjectNode choice) {
    ObjectNode chunk = frame(answer);
    chunk.putArray("choices").add(choice);
    return chunk;
  }

  private static ObjectNode part(JsonNode choice, ObjectNode delta) {
    ObjectNode part = Json.newObject();
    part.set("index", choice.path("index"));
    part.set("delta", delta);
    return part.putNull("finish_reason");
  }

  private static ObjectNode role(JsonNode choice) {
    return Json.newObject().put("role", choice.path("message").path("role").asText("assistant"));
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
    return part.putNull("finish_reason");
  }

  private static ObjectNode end(JsonNode choice) {
    ObjectNode end = part(choice, Json.newObject());
    end.set("finish_reason", choice.path("finish_reason"));
    return end;
  }

  @Override
  public Assembly assembly() {
    return new Chunks();
  }

  /** Chunks of one completion. */
  private static final class Chunks implements Assembly {
    private final ObjectNode answer = Json.newObject();
    private final ChunkMerger choices = new ChunkMerger();

    @Override
    public Optional<ObjectNode> accept(String data) throws IOException {
      if (data.startsWith(DONE)) {
        return Optional.of(whole());
      }
      ObjectNode chunk = Json.object(data);
      if (chunk.has("error")) {
        throw new IOException("the stream holds an error");
      }
      choices.add(chunk.path("choices"));
      chunk.without(OF_STREAMS).properties().stream()
          .filter(field -> !field.getValue().isNull())
          .forEach(field -> answer.set(field.getKey(), field.getValue()));
      return Optional.empty();
    }

    private ObjectNode whole() {
      ArrayNode merged = choices.merged();
      answer.put("object", WHOLE).set("choices", merged);
      return answer;
    }
  }
}
