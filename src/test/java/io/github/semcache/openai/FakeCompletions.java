package io.github.semcache.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A fake chat model. It returns the scripted answer to a question, or "Answer to: " followed by the
 * question.
 */
public final class FakeCompletions {
  private static final AtomicLong IDS = new AtomicLong();

  private final Map<String, String> answers = new ConcurrentHashMap<>();

  /** Creates a model without scripted answers. */
  public FakeCompletions() {}

  void answer(String question, String answer) {
    answers.put(question, answer);
  }

  /** Returns the reply to a blocking or streaming request. */
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

  /** Returns a reply with a text and a finish reason. */
  public static FakeReply text(String text, String finishReason) {
    return text(text, finishReason, body -> {});
  }

  /** Returns a reply with a text and a finish reason, whose JSON is modified before it is sent. */
  public static FakeReply text(
      String text, String finishReason, Consumer<ObjectNode> modification) {
    return completion(
        body -> {
          choice(body, finishReason).put("content", text);
          modification.accept(body);
        });
  }

  /** Returns a refusal, which OpenAI sends without content and with the reason {@code stop}. */
  public static FakeReply refusal(String refusal) {
    return completion(body -> choice(body, "stop").putNull("content").put("refusal", refusal));
  }

  /** Returns a reply with one tool call. */
  public static FakeReply toolCall(String name, String arguments, String finishReason) {
    return completion(
        body -> {
          ObjectNode message = choice(body, finishReason).putNull("content");
          ObjectNode call = message.putArray("tool_calls").addObject();
          call.put("id", "call_1").put("type", "function");
          call.putObject("function").put("name", name).put("arguments", arguments);
        });
  }

  /** Returns a reply without choices, whose JSON is modified before it is sent. */
  public static FakeReply completion(Consumer<ObjectNode> modification) {
    return (request, exchange) -> {
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      body.put("id", "chatcmpl-" + IDS.incrementAndGet()).put("object", "chat.completion");
      body.put("created", 1_700_000_000).put("model", request.body().path("model").asText());
      body.putArray("choices");
      body.putObject("usage")
          .put("prompt_tokens", words(request.question()))
          .put("completion_tokens", 7)
          .put("total_tokens", words(request.question()) + 7);
      modification.accept(body);
      FakeReply.json(200, body).send(request, exchange);
    };
  }

  /** Adds a choice without content, and returns its message. */
  private static ObjectNode choice(ObjectNode body, String finishReason) {
    ObjectNode choice = body.withArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finishReason).putNull("logprobs");
    return choice.putObject("message").put("role", "assistant").putNull("refusal");
  }

  private static int words(String text) {
    return text.split("\\s+", -1).length;
  }
}
