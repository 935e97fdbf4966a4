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

/** A reply in server-sent events, each of which is flushed before the next. Immutable. */
public final class FakeStream implements FakeReply {
  private final List<Step> steps;
  private final boolean whole;

  private FakeStream(List<Step> steps, boolean whole) {
    this.steps = steps;
    this.whole = whole;
  }

  /** One thing to do for the stream. */
  @FunctionalInterface
  private interface Step {
    void run(RecordedRequest request, OutputStream body) throws IOException, InterruptedException;
  }

  /** A stream of nothing. */
  public static FakeStream start() {
    return new FakeStream(List.of(), true);
  }

  /** A completion in so many pieces, with usage if it is asked for, up to its terminal marker. */
  public static FakeStream completion(String... pieces) {
    FakeStream stream = start().chunk(delta -> delta.put("role", "assistant").put("content", ""));
    for (String piece : pieces) {
      stream = stream.chunk(delta -> delta.put("content", piece));
    }
    return stream.end("stop").usage().done();
  }

  /** Raw text, which should be whole events. */
  public FakeStream raw(String events) {
    return with((request, body) -> body.write(events.getBytes(UTF_8)));
  }

  /** A chunk of the first choice. */
  public FakeStream chunk(java.util.function.Consumer<ObjectNode> delta) {
    return with(
        (request, body) -> {
          ObjectNode chunk = frame(request);
          ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
          delta.accept(choice.putObject("delta"));
          choice.putNull("logprobs").putNull("finish_reason");
          write(chunk, body);
        });
  }

  /** The chunk that says why the first choice ended. */
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

  /** The usage, if the request asks for it. */
  public FakeStream usage() {
    return with(
        (request, body) -> {
          if (asksForUsage(request)) {
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

  private static boolean asksForUsage(RecordedRequest request) {
    return request.body().path("stream_options").path("include_usage").asBoolean();
  }

  /** The terminal marker. */
  public FakeStream done() {
    return raw("data: [DONE]\n\n");
  }

  /** Waits for a latch; the events before have been sent. */
  public FakeStream await(CountDownLatch latch) {
    return with((request, body) -> latch.await());
  }

  /** Breaks the connection off after what was sent so far. */
  public FakeStream dies() {
    return new FakeStream(steps, false);
  }

  private FakeStream with(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return new FakeStream(List.copyOf(more), whole);
  }

  private static ObjectNode frame(RecordedRequest request) {
    ObjectNode chunk = JsonNodeFactory.instance.objectNode();
    chunk.put("id", "chatcmpl-streamed").put("object", "chat.completion.chunk");
    chunk.put("created", 1_700_000_000).put("model", request.body().path("model").asText());
    if (asksForUsage(request)) {
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
    exchange.sendResponseHeaders(200, whole ? 0 : 1_000_000);
    for (Step step : steps) {
      step.run(request, exchange.getResponseBody());
      exchange.getResponseBody().flush();
    }
  }
}
