package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.FinishReason;
import io.github.semcache.chat.TokenUsage;
import io.github.semcache.prompt.QuestionFinder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The responses API. */
final class ResponsesApi implements ModelApi {
  /** Whether the service stores an answer matters: only then can a later request refer to it. */
  private static final Set<String> DELIVERY =
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

  private static final Set<String> ECHOED =
      Set.of(
          "metadata",
          "prompt_cache_key",
          "prompt_cache_options",
          "prompt_cache_retention",
          "safety_identifier",
          "user");

  /** The kinds of output that are an answer; all others are calls of tools. */
  private static final Set<String> ANSWER = Set.of("message", "reasoning");

  private static final Set<String> LAST_EVENTS =
      Set.of("response.completed", "response.incomplete", "response.failed");

  @Override
  public List<String> path() {
    return List.of("responses");
  }

  @Override
  public Set<String> deliveryFields() {
    return DELIVERY;
  }

  @Override
  public Set<String> echoedFields() {
    return ECHOED;
  }

  @Override
  public Set<String> streamedEchoes() {
    return ECHOED;
  }

  @Override
  public boolean streamsTellUsage() {
    return true;
  }

  @Override
  public Optional<Question> question(ObjectNode body, QuestionFinder finder) {
    if (body.path("background").asBoolean() || Json.has(body, "conversation")) {
      return Optional.empty();
    }
    return Question.take(body, "input", "input_text", finder);
  }

  @Override
  public ChatReply reply(ObjectNode answer) {
    if (!answer.path("output").isArray()) {
      throw new IllegalArgumentException("`output` is missing: the model gave no answer");
    }
    return new ChatReply(
        text(answer),
        Optional.ofNullable(answer.path("model").textValue()),
        finishReason(answer),
        usage(answer.path("usage")),
        Optional.empty());
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
    for (JsonNode item : answer.path("output")) {
      if (!ANSWER.contains(item.path("type").asText())) {
        return FinishReason.TOOL_CALLS;
      }
      for (JsonNode part : item.path("content")) {
        if (isOfType(part, "refusal")) {
          return FinishReason.REFUSAL;
        }
      }
    }
    if (answer.path("status").asText().equals("completed")) {
      return FinishReason.STOP;
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
    return Json.usage(usage, "input_tokens", "output_tokens");
  }

  @Override
  public ObjectNode answer(ChatReply reply) {
    ObjectNode answer = Json.newObject().put("id", "resp_cached").put("object", "response");
    answer.put("created_at", 0).put("status", "completed").put("model", reply.model().orElse(""));
    ObjectNode message = answer.putArray("output").addObject().put("type", "message");
    message.put("id", "msg_cached").put("role", "assistant").put("status", "completed");
    ObjectNode part = message.putArray("content").addObject().put("type", "output_text");
    part.put("text", reply.text()).putArray("annotations");
    answer.put("parallel_tool_calls", true).put("tool_choice", "auto").putArray("tools");
    return answer;
  }

  @Override
  public String stream(ObjectNode answer, boolean includeUsage) {
    return new ResponseEvents(answer).text();
  }

  @Override
  public Assembly assembly() {
    return data -> {
      ObjectNode event = Json.object(data);
      if (isOfType(event, "error")) {
        throw new IOException("the stream holds an error");
      }
      return LAST_EVENTS.contains(event.path("type").asText())
          ? Optional.of(event.withObject("/response"))
          : Optional.empty();
    };
  }
}
