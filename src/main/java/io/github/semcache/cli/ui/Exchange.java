package io.github.semcache.cli.ui;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One request and its reply. Reads bounded bodies, and sends the security headers. */
final class Exchange {
  /** The maximum size of a JSON request: a prompt and an answer of 64 KiB each, escaped. */
  private static final int MAX_JSON_BYTES = 1 << 18;

  private static final String PAGE_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  static {
    JSON.getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build());
  }

  private final HttpExchange http;

  Exchange(HttpExchange http) {
    this.http = http;
  }

  /** Returns the decoded parameters of the query string. */
  Map<String, String> parameters() {
    Map<String, String> parameters = new HashMap<>();
    String query = http.getRequestURI().getRawQuery();
    for (String parameter : query == null ? new String[0] : query.split("&")) {
      int equals = parameter.indexOf('=');
      if (equals > 0) {
        parameters.put(
            decode(parameter.substring(0, equals)), decode(parameter.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new HttpFailure(HttpFailure.BAD_REQUEST, "the query string is malformed");
    }
  }

  /** Reads the body, which must be a JSON object. */
  JsonObject json() throws IOException {
    String type = Optional.ofNullable(http.getRequestHeaders().getFirst("Content-Type")).orElse("");
    if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      throw new HttpFailure(HttpFailure.WRONG_TYPE, "the body must be application/json");
    }
    byte[] body = body(MAX_JSON_BYTES);
    try {
      JsonNode node = JSON.readTree(body);
      if (node == null || !node.isObject()) {
        throw new HttpFailure(HttpFailure.BAD_REQUEST, "the body must be a JSON object");
      }
      return new JsonObject(node);
    } catch (JsonProcessingException e) {
      throw new HttpFailure(HttpFailure.BAD_REQUEST, "the body is not valid JSON");
    }
  }

  /**
   * Reads the body.
   *
   * @throws HttpFailure if it has more than {@code maxBytes} bytes; no more than these are read
   */
  byte[] body(int maxBytes) throws IOException {
    try (InputStream in = http.getRequestBody()) {
      byte[] body = in.readNBytes(maxBytes + 1);
      if (body.length > maxBytes) {
        throw new HttpFailure(
            HttpFailure.TOO_LARGE, "the body has more than " + maxBytes + " bytes");
      }
      return body;
    }
  }

  void sendJson(int status, Object value) throws IOException {
    send(status, "application/json; charset=utf-8", PAGE_POLICY, JSON.writeValueAsBytes(value));
  }

  /** Sends a file of the page. */
  void sendFile(String contentType, byte[] content) throws IOException {
    send(200, contentType, PAGE_POLICY, content);
  }

  /** Sends a page with inline scripts, in a sandbox without access to this server. */
  void sendSandboxed(String html) throws IOException {
    send(
        200,
        "text/html; charset=utf-8",
        "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src"
            + " 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        html.getBytes(StandardCharsets.UTF_8));
  }

  private void send(int status, String contentType, String policy, byte[] content)
      throws IOException {
    Headers headers = http.getResponseHeaders();
    headers.set("Content-Type", contentType);
    headers.set("Content-Security-Policy", policy);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
    boolean isHead = http.getRequestMethod().equals("HEAD");
    http.sendResponseHeaders(status, isHead || content.length == 0 ? -1 : content.length);
    if (!isHead && content.length > 0) {
      try (OutputStream out = http.getResponseBody()) {
        out.write(content);
      }
    }
  }
}
