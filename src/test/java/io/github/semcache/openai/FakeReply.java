package io.github.semcache.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** The reply of {@link FakeOpenAiServer} to one request. */
@FunctionalInterface
public interface FakeReply {

  /** Sends headers and body. The server closes the exchange. */
  void send(RecordedRequest request, HttpExchange exchange)
      throws IOException, InterruptedException;

  /** Returns a reply with a JSON body. */
  static FakeReply json(int status, JsonNode body) {
    return body(status, body.toString());
  }

  /** Returns a reply with any body and the content type of JSON. */
  static FakeReply body(int status, String body) {
    return (request, exchange) -> {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** Returns an error in the format of OpenAI. */
  static FakeReply error(int status, String message) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error").put("message", message).put("type", "fake_error").putNull("code");
    return json(status, body);
  }

  /** Returns an error with status 429 and a retry delay in milliseconds. */
  static FakeReply rateLimited(long retryAfterMillis) {
    return error(429, "slow down").header("Retry-After-Ms", Long.toString(retryAfterMillis));
  }

  /** Returns a reply that announces more bytes than it sends before the connection is closed. */
  static FakeReply truncated(String body) {
    return (request, exchange) -> {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length + 1000);
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().flush();
    };
  }

  /** Returns a reply that sends nothing until the server is closed. */
  static FakeReply hanging() {
    return (request, exchange) -> new CountDownLatch(1).await();
  }

  /** Returns a reply that waits for a latch and then sends another reply. */
  static FakeReply after(CountDownLatch latch, FakeReply reply) {
    return (request, exchange) -> {
      latch.await();
      reply.send(request, exchange);
    };
  }

  /** Returns this reply with an additional header. */
  default FakeReply header(String name, String value) {
    return (request, exchange) -> {
      exchange.getResponseHeaders().add(name, value);
      send(request, exchange);
    };
  }
}
