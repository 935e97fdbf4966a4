package io.github.semcache.cli.ui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.verify.PairVerifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** A running page on a store in memory, with an HTTP client that has its token. */
final class UiFixture implements AutoCloseable {
  static final JsonMapper JSON = new JsonMapper();

  final InMemoryVectorStore store;
  final UiServer server;
  private final HttpClient http = HttpClient.newHttpClient();

  private UiFixture(Embedder embedder, Optional<ChatClient> model) {
    this.store = InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build();
    this.server =
        UiServer.start(
            new UiOptions(
                "in memory",
                store,
                store,
                CachingEmbedder.inMemory(embedder),
                Scope.none().settings(model.map(ChatClient::settings).orElse(Map.of())),
                model,
                false,
                "default",
                UiFixture::configure),
            0);
  }

  private static void configure(SemanticCacheBuilder builder) {
    builder.verifier(PairVerifier.none()).noGuards();
  }

  static UiFixture without(Embedder embedder) {
    return new UiFixture(embedder, Optional.empty());
  }

  static UiFixture with(Embedder embedder, ChatClient model) {
    return new UiFixture(embedder, Optional.of(model));
  }

  static UiFixture demo(Embedder embedder) {
    return new UiFixture(embedder, Optional.of(new DemoAnswers()));
  }

  int port() {
    return server.address().getPort();
  }

  String token() {
    return server.address().getFragment().substring("token=".length());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).header("X-Semcache-Token", token()).build());
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("X-Semcache-Token", token())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  HttpResponse<String> send(HttpRequest request) throws Exception {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Posts a JSON object and returns the reply, which must be a success. */
  JsonNode ok(String endpoint, String body) throws Exception {
    return ok(post("/api/" + endpoint, body));
  }

  /** Gets a reply, which must be a success. */
  JsonNode ok(String endpoint) throws Exception {
    return ok(get("/api/" + endpoint));
  }

  private static JsonNode ok(HttpResponse<String> response) throws IOException {
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }

  /** Sends lines as they are and returns the status line of the reply. */
  String raw(String... lines) throws IOException {
    try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port())) {
      socket.setSoTimeout(10_000);
      String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return reply.lines().findFirst().orElse("");
    }
  }

  @Override
  public void close() {
    server.close();
    store.close();
  }
}
