package io.github.semcache.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A chat model that answers at once: what it was told to, or "Answer to: " and the question. */
public final class FakeCompletions {
  private static final AtomicLong IDS = new AtomicLong();

  private final Map<String, String> answers = new ConcurrentHashMap<>();

  /** A model without scripted answers. */
  public FakeCompletions() {}

  void answer(String question, String answer) {
    answers.put(question, answer);
  }

  /** The reply to any request. */
  public FakeReply reply() {
    return (request, exchange) -> {
      String question = request.question();
      String answer = answers.getOrDefault(question, "Answer to: " + question);
      FakeReply reply =
          request.body().path("stream").asBoolean()
              ? FakeStream.completion(answer.split("(?<= )", -1))
              : text(answer, "stop");
      reply.send(request, exchange);
    };
  }

  /** A reply of a text that ended for a reason. */
  public static FakeReply text(String text, String finishReason) {
    return text(text, finishReason, body -> {});
  }

  /** A reply of a text, whose JSON is changed before it is sent. */
  public static FakeReply text(String text, String finishReason, Consumer<ObjectNode> change) {
    return completion(
        body -> {
          choice(body, finishReason).put("content", text);
          change.accept(body);
        });
  }

  /** A refusal, which OpenAI ends with {@code stop} and no content. */
  public static FakeReply refusal(String refusal) {
    return completion(body -> choice(body, "stop").putNull("content").put("refusal", refusal));
  }

  /** One call of a tool. */
  public static FakeReply toolCall(String name, String arguments, String finishReason) {
    return completion(
        body -> {
          ObjectNode message = choice(body, finishReason).putNull("content");
          ObjectNode call = message.putArray("tool_calls").addObject();
          call.put("id", "call_1").put("type", "function");
          call.putObject("function").put("name", name).put("arguments", arguments);
        });
  }

  /** The JSON of a completion, changed in any way before it is sent. */
  public static FakeReply completion(Consumer<ObjectNode> change) {
    return (request, exchange) -> {
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      body.put("id", "chatcmpl-" + IDS.incrementAndGet()).put("object", "chat.completion");
      body.put("created", 1_700_000_000).put("model", request.body().path("model").asText());
      body.putArray("choices");
      body.putObject("usage")
          .put("prompt_tokens", words(request.question()))
          .put("completion_tokens", 7)
          .put("total_tokens", words(request.question()) + 7);
      change.accept(body);
      FakeReply.json(200, body).send(request, exchange);
    };
  }

  /** Adds a choice without content and returns its message. */
  private static ObjectNode choice(ObjectNode body, String finishReason) {
    ObjectNode choice = body.withArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finishReason).putNull("logprobs");
    return choice.putObject("message").put("role", "assistant").putNull("refusal");
  }

  private static int words(String text) {
    return text.split("\\s+", -1).length;
  }
}
