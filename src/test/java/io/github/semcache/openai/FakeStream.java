package io.github.semcache.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** A reply of server-sent events. Each event is flushed. This class is immutable. */
public final class FakeStream implements FakeReply {
  private final List<Step> steps;
  private final boolean complete;

  private FakeStream(List<Step> steps, boolean complete) {
    this.steps = steps;
    this.complete = complete;
  }

  /** One step of the stream. */
  @FunctionalInterface
  private interface Step {
    void run(RecordedRequest request, OutputStream body) throws IOException, InterruptedException;
  }

  /** Returns an empty stream. */
  public static FakeStream start() {
    return new FakeStream(List.of(), true);
  }

  /**
   * Returns the stream of a completion: a chunk for each piece, the usage if it is requested, and
   * the terminal marker.
   */
  public static FakeStream completion(String... pieces) {
    FakeStream stream = start().chunk(delta -> delta.put("role", "assistant").put("content", ""));
    for (String piece : pieces) {
      stream = stream.chunk(delta -> delta.put("content", piece));
    }
    return stream.end("stop").usage().done();
  }

  /** Adds raw text, which should consist of complete events. */
  public FakeStream raw(String events) {
    return with((request, body) -> body.write(events.getBytes(UTF_8)));
  }

  /** Adds a chunk of the first choice. */
  public FakeStream chunk(Consumer<ObjectNode> delta) {
    return with(
        (request, body) -> {
          ObjectNode chunk = frame(request);
          ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
          delta.accept(choice.putObject("delta"));
          choice.putNull("logprobs").putNull("finish_reason");
          write(chunk, body);
        });
  }

  /** Adds the chunk with the finish reason of the first choice. */
  public FakeStream end(String finishReason) {
    return with(
        (request, body) -> {
          ObjectNode chunk = frame(request);
          ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
          choice.putObject("delta");
          write(withReason(chunk, choice, finishReason), body);
        });
  }

  private static ObjectNode withReason(ObjectNode chunk, ObjectNode choice, String reason) {
    choice.putNull("logprobs").put("finish_reason", reason);
    return chunk;
  }

  /** Adds the usage if the request includes it. */
  public FakeStream usage() {
    return with(
        (request, body) -> {
          if (includesUsage(request)) {
            ObjectNode chunk = frame(request);
            chunk.putArray("choices");
            chunk
                .putObject("usage")
                .put("prompt_tokens", 5)
                .put("completion_tokens", 7)
                .put("total_tokens", 12);
            write(chunk, body);
          }
        });
  }

  private static boolean includesUsage(RecordedRequest request) {
    return request.body().path("stream_options").path("include_usage").asBoolean();
  }

  /** Adds the terminal marker. */
  public FakeStream done() {
    return raw("data: [DONE]\n\n");
  }

  /** Adds a wait for a latch. The previous events are sent before. */
  public FakeStream await(CountDownLatch latch) {
    return with((request, body) -> latch.await());
  }

  /** Returns this stream without a proper end: the connection is closed instead. */
  public FakeStream disconnect() {
    return new FakeStream(steps, false);
  }

  private FakeStream with(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return new FakeStream(List.copyOf(more), complete);
  }

  private static ObjectNode frame(RecordedRequest request) {
    ObjectNode chunk = JsonNodeFactory.instance.objectNode();
    chunk.put("id", "chatcmpl-streamed").put("object", "chat.completion.chunk");
    chunk.put("created", 1_700_000_000).put("model", request.body().path("model").asText());
    if (includesUsage(request)) {
      chunk.putNull("usage");
    }
    return chunk.put("system_fingerprint", "fp_1").put("x_unknown", "kept");
  }

  private static void write(ObjectNode event, OutputStream body) throws IOException {
    body.write(("data: " + event + "\n\n").getBytes(UTF_8));
  }

  @Override
  public void send(RecordedRequest request, HttpExchange exchange)
      throws IOException, InterruptedException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, complete ? 0 : 1_000_000);
    for (Step step : steps) {
      step.run(request, exchange.getResponseBody());
      exchange.getResponseBody().flush();
    }
  }
}
