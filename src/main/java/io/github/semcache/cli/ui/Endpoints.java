package io.github.semcache.cli.ui;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.prompt.Labels;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The endpoints of the page. Thread-safe. */
final class Endpoints implements AutoCloseable {
  private static final int MAX_TEXT = 64 * 1024;
  private static final int MAX_NAME = 200;
  private static final int MAX_LISTED = 200;
  private static final double MAX_TTL_SECONDS = 100L * 365 * 24 * 3600;
  private static final int DEFAULT_REPORT_LIMIT = 2_000;
  private static final int MAX_REPORT_LIMIT = 20_000;
  private static final double DEFAULT_ERROR_RATE = 0.01;
  private static final Set<String> READS = Set.of("state", "stats", "report");
  private static final Set<String> WRITES =
      Set.of("ask", "decide", "answer", "entries", "entries/remove", "report", "report/cancel");

  private final UiOptions options;
  private final Questions questions;
  private final Entries entries;
  private final ReportJob report;

  Endpoints(UiOptions options) {
    this.options = options;
    this.questions = new Questions(options);
    this.entries = new Entries(options, questions::hits);
    this.report = new ReportJob(options.embedder());
    options.demo().ifPresent(demo -> demo.storeSamples(questions.cache(), options.scope()));
  }

  /** Serves a request and returns the reply, to be sent as JSON. */
  Object serve(String method, String name, Exchange exchange) throws IOException {
    boolean isRead = method.equals("GET") && READS.contains(name);
    boolean isWrite = method.equals("POST") && WRITES.contains(name);
    if (!isRead && !isWrite) {
      throw READS.contains(name) || WRITES.contains(name)
          ? new HttpFailure(HttpFailure.METHOD_NOT_ALLOWED, "the method is not allowed")
          : new HttpFailure(HttpFailure.NOT_FOUND, "there is no such endpoint");
    }
    return isRead ? read(name) : write(name, exchange);
  }

  private Object read(String name) {
    return switch (name) {
      case "state" -> state();
      case "stats" -> Counters.describe(questions.stats());
      default -> report.status();
    };
  }

  private Object write(String name, Exchange exchange) throws IOException {
    return switch (name) {
      case "ask" -> ask(exchange.json());
      case "decide" -> questions.decide(threshold(exchange.json()));
      case "answer" -> answer(exchange.json());
      case "entries" -> list(exchange.json());
      case "entries/remove" -> Map.of("removed", entries.remove(key(exchange.json())));
      case "report" -> startReport(exchange);
      default -> cancelReport();
    };
  }

  private Map<String, @Nullable Object> state() {
    Embedder embedder = options.embedder();
    OptionalDouble threshold = embedder.maxDistance();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("store", options.storeName());
    json.put("embedder", embedder.modelId());
    json.put("dimension", embedder.dimension());
    json.put("policy", options.policyName());
    json.put("threshold", threshold.isPresent() ? threshold.getAsDouble() : null);
    json.put("isDemo", options.demo().isPresent());
    json.put("isExactOnly", options.isExactOnly());
    json.put(
        "model",
        options.model().map(model -> model.settings().getOrDefault("model", "model")).orElse(null));
    json.put("scopeParts", scopeParts());
    json.put("scopes", entries.scopes());
    return json;
  }

  private Map<String, Object> scopeParts() {
    Map<String, Object> parts = new LinkedHashMap<>();
    parts.put("tags", options.scope().tags());
    parts.put("settings", options.scope().settings());
    parts.put("hasSystem", options.scope().system().isPresent());
    return parts;
  }

  private Map<String, @Nullable Object> ask(JsonObject body) {
    return questions.ask(body.text("prompt", MAX_TEXT), scope(body), threshold(body));
  }

  /** Returns the scope of a request; by default that of new answers. */
  private String scope(JsonObject body) {
    return body.optionalText("scope", MAX_NAME)
        .filter(scope -> !scope.isBlank())
        .orElse(options.scope().hash());
  }

  private static OptionalDouble threshold(JsonObject body) {
    return body.number("maxDistance", 0, 2);
  }

  private Map<String, Object> answer(JsonObject body) {
    if (options.isExactOnly()) {
      throw new HttpFailure(
          HttpFailure.BAD_REQUEST,
          "answers cannot be stored without the embedding model; use --embedder");
    }
    if (!questions.isOwn(scope(body))) {
      throw new HttpFailure(
          HttpFailure.BAD_REQUEST,
          "answers cannot be stored in a scope of which only the hash is known; use --tag,"
              + " --system, and --setting");
    }
    Optional<Duration> timeToLive =
        body.number("ttlSeconds", 1, MAX_TTL_SECONDS).stream()
            .mapToObj(seconds -> Duration.ofSeconds((long) seconds))
            .findFirst();
    questions.put(body.text("prompt", MAX_TEXT), body.text("answer", MAX_TEXT), timeToLive);
    return Map.of("stored", 1);
  }

  private Map<String, @Nullable Object> list(JsonObject body) {
    int limit = (int) body.number("limit", 1, MAX_LISTED).orElse(50);
    return entries.list(
        body.optionalText("search", MAX_NAME).orElse(""),
        body.optionalText("scope", MAX_NAME).orElse(""),
        body.optionalText("labels", MAX_TEXT)
            .filter(labels -> !labels.isBlank())
            .map(Endpoints::filter),
        limit);
  }

  private static Labels.Filter filter(String labels) {
    try {
      return Labels.Filter.parse(labels);
    } catch (IllegalArgumentException e) {
      throw new HttpFailure(
          HttpFailure.BAD_REQUEST,
          "labels must be conditions such as topic=billing or price:10..20: " + e.getMessage());
    }
  }

  private static String key(JsonObject body) {
    return body.text("key", MAX_NAME);
  }

  private Map<String, @Nullable Object> startReport(Exchange exchange) throws IOException {
    Map<String, String> parameters = exchange.parameters();
    return report.start(
        new ReportJob.Request(
            name(parameters),
            text(parameters, "prompt"),
            text(parameters, "label"),
            (int) number(parameters, "limit", DEFAULT_REPORT_LIMIT, 10, MAX_REPORT_LIMIT),
            number(parameters, "errorRate", DEFAULT_ERROR_RATE, 1e-6, 0.5),
            !"false".equals(parameters.get("shuffle"))),
        exchange.body(ReportJob.MAX_BYTES));
  }

  /** Returns the name of the file, of which some browsers send the path. */
  private static String name(Map<String, String> parameters) {
    String path = text(parameters, "name").orElse("");
    String name = path.substring(1 + Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')));
    return name.isBlank() ? "file.csv" : name;
  }

  private static Optional<String> text(Map<String, String> parameters, String name) {
    Optional<String> text =
        Optional.ofNullable(parameters.get(name)).filter(value -> !value.isBlank());
    if (text.filter(value -> value.length() > MAX_NAME).isPresent()) {
      throw new HttpFailure(
          HttpFailure.BAD_REQUEST, name + " has more than " + MAX_NAME + " characters");
    }
    return text;
  }

  private static double number(
      Map<String, String> parameters, String name, double byDefault, double min, double max) {
    Optional<String> text = text(parameters, name);
    double number;
    try {
      number = text.map(Double::parseDouble).orElse(byDefault);
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (!(number >= min && number <= max)) {
      throw new HttpFailure(
          HttpFailure.BAD_REQUEST, name + " must be a number between " + min + " and " + max);
    }
    return number;
  }

  private Map<String, @Nullable Object> cancelReport() {
    report.cancel();
    return report.status();
  }

  /**
   * Returns a report.
   *
   * @throws HttpFailure if there is none with this ID
   */
  String report(String id) {
    return report
        .html(id)
        .orElseThrow(() -> new HttpFailure(HttpFailure.NOT_FOUND, "there is no such report"));
  }

  @Override
  public void close() {
    report.close();
    questions.close();
  }
}
