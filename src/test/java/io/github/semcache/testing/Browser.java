package io.github.semcache.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A headless browser that is controlled by chromedriver (the WebDriver protocol of the W3C). */
public final class Browser implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long WAIT_MILLIS = 30_000;
  private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process driver;
  private final String server;
  private final String session;

  private Browser(Process driver, String server) throws Exception {
    this.driver = driver;
    this.server = server;
    awaitDriver();
    List<String> arguments =
        List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars");
    Map<String, Object> options =
        Map.of("binary", binary().orElseThrow().toString(), "args", arguments);
    Map<String, Object> capabilities =
        Map.of("goog:chromeOptions", options, "goog:loggingPrefs", Map.of("browser", "ALL"));
    JsonNode created =
        send("POST", "/session", Map.of("capabilities", Map.of("alwaysMatch", capabilities)));
    this.session = "/session/" + created.get("sessionId").asText();
  }

  /** Starts a browser. */
  public static Browser start() throws Exception {
    int port = RedisProcess.freePort();
    Process driver =
        new ProcessBuilder(driver().orElseThrow().toString(), "--port=" + port)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return new Browser(driver, "http://127.0.0.1:" + port);
    } catch (Exception e) {
      driver.destroy();
      throw e;
    }
  }

  static Optional<Path> driver() {
    return onPath("chromedriver");
  }

  static Optional<Path> binary() {
    return Stream.of("chromium", "chromium-browser", "google-chrome", "chrome")
        .flatMap(name -> onPath(name).stream())
        .findFirst();
  }

  private static Optional<Path> onPath(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private void awaitDriver() throws Exception {
    long end = System.nanoTime() + WAIT_MILLIS * 1_000_000;
    while (true) {
      try {
        send("GET", "/status", null);
        return;
      } catch (IOException e) {
        if (System.nanoTime() > end || !driver.isAlive()) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private JsonNode send(String method, String path, @Nullable Object body)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server + path))
            .header("Content-Type", "application/json")
            .method(method, publisher)
            .build();
    JsonNode value =
        JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body()).get("value");
    if (value.hasNonNull("error")) {
      throw new IllegalStateException(value.get("error") + ": " + value.get("message"));
    }
    return value;
  }

  private JsonNode post(String path, Object body) throws Exception {
    return send("POST", session + path, body);
  }

  /** Sets the size of the window and the color scheme. */
  public void emulate(int width, int height, boolean isDark) throws Exception {
    devTools(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    devTools(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
  }

  private void devTools(String command, Map<String, ?> parameters) throws Exception {
    post("/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
  }

  /** Opens an address. */
  public void open(URI address) throws Exception {
    post("/url", Map.of("url", address.toString()));
  }

  /** Runs the body of a function in the page and returns its result. */
  public JsonNode run(String script, Object... arguments) throws Exception {
    return post("/execute/sync", Map.of("script", script, "args", List.of(arguments)));
  }

  /** Waits until an expression is true in the page. */
  public void await(String expression) throws Exception {
    long end = System.nanoTime() + WAIT_MILLIS * 1_000_000;
    while (!run("return Boolean(" + expression + ")").asBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "not true within 30 s: " + expression + "; the page: " + text("body"));
      }
      Thread.sleep(50);
    }
  }

  private String element(String selector) throws Exception {
    return "/element/"
        + post("/element", Map.of("using", "css selector", "value", selector))
            .get(ELEMENT)
            .asText();
  }

  /** Returns the visible text of an element. */
  public String text(String selector) throws Exception {
    return send("GET", session + element(selector) + "/text", null).asText();
  }

  /** Clicks on an element as a user does. */
  public void click(String selector) throws Exception {
    post(element(selector) + "/click", Map.of());
  }

  /** Types a text into an element. */
  public void type(String selector, String text) throws Exception {
    post(element(selector) + "/value", Map.of("text", text));
  }

  /** Returns the messages that the page wrote to the console, and its errors. */
  public List<String> console() throws Exception {
    return post("/se/log", Map.of("type", "browser")).findValuesAsText("message");
  }

  /** Writes what is visible to a PNG file. */
  public void screenshot(Path file) throws Exception {
    String png = send("GET", session + "/screenshot", null).asText();
    Files.write(file, Base64.getDecoder().decode(png));
  }

  @Override
  public void close() throws IOException {
    try {
      send("DELETE", session, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      driver.destroy();
    }
  }
}
