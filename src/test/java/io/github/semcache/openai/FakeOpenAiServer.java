package io.github.semcache.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * An HTTP server on the loopback interface that implements embeddings and chat completions, so that
 * tests can use the real openai-java client. It sends the scripted reply for a request if there is
 * one, and the reply of {@link FakeVectors} or {@link FakeCompletions} otherwise. It records all
 * requests.
 *
 * <p>This class is thread-safe. Each request is handled on its own thread. Closing the server
 * interrupts these threads.
 */
public final class FakeOpenAiServer implements AutoCloseable {
  /** The path of chat requests. */
  public static final String CHAT = "/chat/completions";

  /** The path of embedding requests. */
  public static final String EMBEDDINGS = "/embeddings";

  private static final String BASE_PATH = "/v1";

  private final JsonMapper json = new JsonMapper();
  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Queue<FakeReply>> scripts = new ConcurrentHashMap<>();
  private final Map<String, FakeReply> replies = new ConcurrentHashMap<>();
  private final FakeVectors vectors = new FakeVectors();
  private final FakeCompletions completions = new FakeCompletions();

  private FakeOpenAiServer(HttpServer server) {
    this.server = server;
    always(EMBEDDINGS, vectors.reply());
    always(CHAT, completions.reply());
    server.createContext(BASE_PATH, this::handle);
    server.setExecutor(executor);
    server.start();
  }

  /** Starts a server on a free port. */
  public static FakeOpenAiServer start() {
    try {
      InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      return new FakeOpenAiServer(HttpServer.create(anyPort, 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the base URL for clients. */
  public String baseUrl() {
    InetSocketAddress address = server.getAddress();
    return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + BASE_PATH;
  }

  /** Returns a new client with two retries and a timeout of 10 s. The caller closes it. */
  public OpenAIClient client() {
    return client(options -> {});
  }

  /** Returns a new client with other options. The caller closes it. */
  public OpenAIClient client(Consumer<OpenAIOkHttpClient.Builder> options) {
    OpenAIOkHttpClient.Builder builder =
        OpenAIOkHttpClient.builder()
            .baseUrl(baseUrl())
            .apiKey("key-of-a-test")
            .timeout(Duration.ofSeconds(10))
            .maxRetries(2);
    options.accept(builder);
    return builder.build();
  }

  /** Adds replies to the script of a path. Each is sent once; then the default reply is sent. */
  public FakeOpenAiServer next(String path, FakeReply... next) {
    scripts.computeIfAbsent(path, absent -> new ConcurrentLinkedQueue<>()).addAll(List.of(next));
    return this;
  }

  /** Sets the default reply of a path. */
  public FakeOpenAiServer always(String path, FakeReply reply) {
    replies.put(path, reply);
    return this;
  }

  /** Sets the answer to a question. */
  public FakeOpenAiServer answer(String question, String answer) {
    completions.answer(question, answer);
    return this;
  }

  /** Places the vector of a text within a cosine distance of 0.1 of the vector of another. */
  public FakeOpenAiServer sameMeaning(String text, String as) {
    vectors.sameMeaning(text, as);
    return this;
  }

  /** Sets the dimension of vectors unless a request sets it; the default is 1,536. */
  public FakeOpenAiServer dimension(int dimension) {
    vectors.dimension(dimension);
    return this;
  }

  /** Sends vectors as arrays of numbers even if base64 is requested, as some services do. */
  public FakeOpenAiServer numbersOnly() {
    vectors.numbersOnly();
    return this;
  }

  /** Returns the vector of a text. */
  public float[] vector(String text, int length) {
    return vectors.vector(text, length);
  }

  /** Returns all requests in order. */
  public List<RecordedRequest> requests() {
    return List.copyOf(requests);
  }

  /** Returns the requests to a path in order. */
  public List<RecordedRequest> requests(String path) {
    return requests.stream().filter(request -> request.path().equals(path)).toList();
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      RecordedRequest request = read(exchange);
      requests.add(request);
      send(reply(request), request, exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The client closed the connection.
    }
  }

  private static void send(FakeReply reply, RecordedRequest request, HttpExchange exchange)
      throws IOException, InterruptedException {
    try {
      reply.send(request, exchange);
    } catch (RuntimeException e) {
      FakeReply.error(500, "the fake server failed: " + e).send(request, exchange);
    }
  }

  private RecordedRequest read(HttpExchange exchange) throws IOException {
    JsonNode body = json.readTree(exchange.getRequestBody());
    return new RecordedRequest(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getPath().substring(BASE_PATH.length()),
        Map.copyOf(exchange.getRequestHeaders()),
        body);
  }

  private FakeReply reply(RecordedRequest request) {
    Queue<FakeReply> script = scripts.get(request.path());
    FakeReply scripted = script == null ? null : script.poll();
    return scripted != null
        ? scripted
        : replies.getOrDefault(request.path(), FakeReply.error(404, "no such path"));
  }

  @Override
  public void close() {
    executor.shutdownNow();
    server.stop(0);
  }
}
