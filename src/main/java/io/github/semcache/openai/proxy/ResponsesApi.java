package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
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

/** The responses API. */
final class ResponsesApi implements ModelApi {
  /** Excludes {@code store}, because only a stored response can be referenced by later requests. */
  private static final Set<String> DELIVERY_FIELDS =
      Set.of(
          "metadata",
          "prompt_cache_key",
          "prompt_cache_options",
          "prompt_cache_retention",
          "safety_identifier",
          "service_tier",
          "stream",
          "stream_options",
          "user");

  private static final Set<String> ECHOED_FIELDS =
      Set.of(
          "metadata",
          "prompt_cache_key",
          "prompt_cache_options",
          "prompt_cache_retention",
          "safety_identifier",
          "user");

  /** The types of output items that are not tool calls. */
  private static final Set<String> ANSWER_TYPES = Set.of("message", "reasoning");

  private static final Set<String> TERMINAL_EVENTS =
      Set.of("response.completed", "response.incomplete", "response.failed");

  @Override
  public List<String> pathSuffix() {
    return List.of("responses");
  }

  @Override
  public Set<String> deliveryFields() {
    return DELIVERY_FIELDS;
  }

  @Override
  public Set<String> echoedFields() {
    return ECHOED_FIELDS;
  }

  @Override
  public Set<String> streamedEchoedFields() {
    return ECHOED_FIELDS;
  }

  @Override
  public boolean alwaysStreamsUsage() {
    return true;
  }

  @Override
  public String messagesField() {
    return "input";
  }

  @Override
  public String textType() {
    return "input_text";
  }

  /** A conversation grows with each call; a previous response may have been deleted. */
  @Override
  public boolean dependsOnState(ObjectNode body) {
    return body.path("background").asBoolean()
        || OpenAiJson.hasValue(body, "conversation")
        || OpenAiJson.hasValue(body, "previous_response_id");
  }

  /** Responses are stored unless the request declines it. */
  @Override
  public boolean isStoredByService(ObjectNode body) {
    return body.path("store").asBoolean(true);
  }

  @Override
  public String idPrefix() {
    return "resp_semcache_";
  }

  @Override
  public AnswerCheck check(ObjectNode body) {
    return AnswerCheck.ofResponse(body);
  }

  @Override
  public ChatReply parseReply(ObjectNode answer, AnswerCheck check) {
    if (!answer.path("output").isArray()) {
      throw new IllegalArgumentException("`output` is missing in the response");
    }
    ChatReply reply =
        new ChatReply(
            text(answer),
            Optional.ofNullable(answer.path("model").textValue()),
            finishReason(answer),
            usage(answer.path("usage")),
            Optional.empty());
    return check.apply(reply, lastText(answer), OpenAiJson.hasText(answer, "status"));
  }

  /** Returns the last text, which has the requested format; others may comment on it. */
  private static String lastText(ObjectNode answer) {
    String last = "";
    for (JsonNode item : answer.path("output")) {
      for (JsonNode part : item.path("content")) {
        last = isOfType(part, "output_text") ? part.path("text").asText() : last;
      }
    }
    return last;
  }

  private static String text(ObjectNode answer) {
    StringBuilder text = new StringBuilder();
    for (JsonNode item : answer.path("output")) {
      for (JsonNode part : item.path("content")) {
        if (isOfType(item, "message")) {
          text.append(part.path("text").asText()).append(part.path("refusal").asText());
        }
      }
    }
    return text.toString();
  }

  private static FinishReason finishReason(ObjectNode answer) {
    boolean isLive = false;
    for (JsonNode item : answer.path("output")) {
      isLive |= LiveData.isUsedIn(item);
      if (!ANSWER_TYPES.contains(item.path("type").asText()) && !LiveData.isUsedIn(item)) {
        return FinishReason.TOOL_CALLS;
      }
      for (JsonNode part : item.path("content")) {
        isLive |= LiveData.isCitedIn(part);
        if (isOfType(part, "refusal")) {
          return FinishReason.REFUSAL;
        }
      }
    }
    boolean hasStatus = OpenAiJson.hasText(answer, "status");
    if (answer.path("status").asText().equals("completed")
        || !(hasStatus || OpenAiJson.hasValue(answer, "incomplete_details"))) {
      return isLive ? FinishReason.LIVE_DATA : FinishReason.STOP;
    }
    return switch (answer.path("incomplete_details").path("reason").asText()) {
      case "max_output_tokens" -> FinishReason.LENGTH;
      case "content_filter" -> FinishReason.CONTENT_FILTER;
      default -> FinishReason.OTHER;
    };
  }

  private static boolean isOfType(JsonNode node, String type) {
    return node.path("type").asText().equals(type);
  }

  private static Optional<TokenUsage> usage(JsonNode usage) {
    return OpenAiJson.usage(usage, "input_tokens", "output_tokens");
  }

  @Override
  public ObjectNode createAnswer(ChatReply reply) {
    ObjectNode answer = OpenAiJson.newObject().put("id", "resp_cached").put("object", "response");
    answer.put("created_at", 0).put("status", "completed").put("model", reply.model().orElse(""));
    ObjectNode message = answer.putArray("output").addObject().put("type", "message");
    message.put("id", "msg_cached").put("role", "assistant").put("status", "completed");
    ObjectNode part = message.putArray("content").addObject().put("type", "output_text");
    part.put("text", reply.text()).putArray("annotations");
    answer.put("parallel_tool_calls", true).put("tool_choice", "auto").putArray("tools");
    return answer;
  }

  @Override
  public String toStream(ObjectNode answer, boolean includeUsage) {
    return ResponseEvents.of(answer);
  }

  @Override
  public AnswerAccumulator newAccumulator() {
    return data -> {
      ObjectNode event = OpenAiJson.parseObject(data);
      if (isOfType(event, "error")) {
        throw new IOException("the stream contains an error");
      }
      return TERMINAL_EVENTS.contains(event.path("type").asText())
          ? Optional.of(event.withObject("/response"))
          : Optional.empty();
    };
  }
}
