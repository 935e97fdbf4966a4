package io.github.semcache.cli.ui;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server of the local page. It listens on the loopback address only, and serves only
 * requests that {@link RequestGuard} permits. Thread-safe.
 */
public final class UiServer implements AutoCloseable {
  private static final int THREADS = 8;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final String API = "/api/";
  private static final String REPORT = "/report/";

  private final HttpServer http;
  private final ExecutorService executor;
  private final RequestGuard guard;
  private final Page page;
  private final Endpoints endpoints;

  private UiServer(HttpServer http, UiOptions options) {
    this.http = http;
    this.guard = RequestGuard.newGuard(http.getAddress().getPort());
    this.page = Page.load();
    this.endpoints = new Endpoints(options);
    AtomicInteger threads = new AtomicInteger();
    this.executor =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "semcache-ui-" + threads.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts a server.
   *
   * @param options what the page shows
   * @param port the port, or 0 for any free port
   * @return the running server
   * @throws UncheckedIOException if the port is not available
   */
  public static UiServer start(UiOptions options, int port) {
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + " is not available: " + e.getMessage(), e);
    }
    UiServer server = new UiServer(http, options);
    http.setExecutor(server.executor);
    http.createContext("/", server::handle);
    http.start();
    return server;
  }

  /**
   * Returns the address of the page with the token that gives access to it.
   *
   * @return the address; its fragment, which browsers do not send, contains the token
   */
  public URI address() {
    return URI.create(
        "http://127.0.0.1:" + http.getAddress().getPort() + "/#token=" + guard.token());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Exchange reply = new Exchange(exchange);
      try {
        serve(exchange, reply);
      } catch (HttpFailure e) {
        Map<String, Object> error = new LinkedHashMap<>(e.details());
        error.put("error", String.valueOf(e.getMessage()));
        reply.sendJson(e.status(), error);
      } catch (StoreException | EmbedderException e) {
        reply.sendJson(HttpFailure.BAD_GATEWAY, error(e.getMessage()));
      } catch (IllegalArgumentException e) {
        reply.sendJson(HttpFailure.BAD_REQUEST, error(e.getMessage()));
      } catch (RuntimeException e) {
        reply.sendJson(HttpFailure.SERVER_ERROR, error("the request failed: " + e));
      }
    }
  }

  private static Map<String, String> error(@Nullable String message) {
    return Map.of("error", message == null ? "the request failed" : message);
  }

  private void serve(HttpExchange exchange, Exchange reply) throws IOException {
    Optional<String> refused = guard.refuse(exchange);
    if (refused.isPresent()) {
      throw new HttpFailure(HttpFailure.FORBIDDEN, refused.get());
    }
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    if (path.startsWith(API)) {
      if (!guard.hasToken(exchange)) {
        throw new HttpFailure(
            HttpFailure.FORBIDDEN, "the token is missing; open the address that ui printed");
      }
      reply.sendJson(200, endpoints.serve(method, path.substring(API.length()), reply));
      return;
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      throw new HttpFailure(HttpFailure.METHOD_NOT_ALLOWED, "the method must be GET");
    }
    if (path.startsWith(REPORT)) {
      reply.sendSandboxed(endpoints.report(path.substring(REPORT.length())));
      return;
    }
    Page.Resource file =
        page.file(path)
            .orElseThrow(() -> new HttpFailure(HttpFailure.NOT_FOUND, "there is no such page"));
    reply.sendFile(file.contentType(), file.bytes());
  }

  /** Stops the server and a running report. Requests in progress are interrupted. */
  @Override
  public void close() {
    http.stop(0);
    executor.shutdownNow();
    endpoints.close();
  }
}
