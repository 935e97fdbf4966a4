package io.github.semcache.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** What {@link FakeOpenAiServer} sends back for one request. */
@FunctionalInterface
public interface FakeReply {

  /** Sends headers and body; the server closes the exchange. Runs on a thread of its own. */
  void send(RecordedRequest request, HttpExchange exchange)
      throws IOException, InterruptedException;

  /** A JSON body. */
  static FakeReply json(int status, JsonNode body) {
    return body(status, body.toString());
  }

  /** Any body, said to be JSON. */
  static FakeReply body(int status, String body) {
    return (request, exchange) -> {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** An error in OpenAI's form. */
  static FakeReply error(int status, String message) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error").put("message", message).put("type", "fake_error").putNull("code");
    return json(status, body);
  }

  /** Status 429 that asks to try again after so many milliseconds. */
  static FakeReply rateLimited(long retryAfterMillis) {
    return error(429, "slow down").header("Retry-After-Ms", Long.toString(retryAfterMillis));
  }

  /** Promises more bytes than it sends, then closes the connection. */
  static FakeReply cutOff(String body) {
    return (request, exchange) -> {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length + 1000);
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().flush();
    };
  }

  /** Nothing, until the server is closed. */
  static FakeReply hanging() {
    return (request, exchange) -> new CountDownLatch(1).await();
  }

  /** Another reply, once a latch is open. */
  static FakeReply after(CountDownLatch latch, FakeReply reply) {
    return (request, exchange) -> {
      latch.await();
      reply.send(request, exchange);
    };
  }

  /** This reply with a further header. */
  default FakeReply header(String name, String value) {
    return (request, exchange) -> {
      exchange.getResponseHeaders().add(name, value);
      send(request, exchange);
    };
  }
}
