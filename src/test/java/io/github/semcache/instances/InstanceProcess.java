package io.github.semcache.instances;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.migration.StoreMigration;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.redis.NearCache;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.verify.PairVerifier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * One instance of an application: a cache in Redis, controlled by lines on its standard input. Each
 * command is answered by one line. The options are passed as {@code name=value}.
 */
final class InstanceProcess {
  static final String DEPENDENCY = "price-list";
  private static final int PROMPTS = 20;
  private static final int TIMEOUT_MILLIS = 60_000;

  private final Map<String, String> options;
  private final RedisClient redis;
  private final SharedVersion version;
  private final SemanticCache cache;

  private InstanceProcess(Map<String, String> options) throws IOException {
    this.options = options;
    // The processes and the server compete for the processors.
    URI uri = URI.create(option("redis"));
    this.redis =
        RedisClient.builder()
            .hostAndPort(JedisURIHelper.getHostAndPort(uri))
            .clientConfig(
                DefaultJedisClientConfig.builder()
                    .user(JedisURIHelper.getUser(uri))
                    .password(JedisURIHelper.getPassword(uri))
                    .socketTimeoutMillis(TIMEOUT_MILLIS)
                    .build())
            .build();
    this.version = SharedVersion.open(Path.of(option("version")));
    this.cache = newCache();
  }

  /**
   * Runs the commands until the end of the input.
   *
   * @param args the options
   */
  public static void main(String[] args) throws Exception {
    InstanceProcess instance =
        new InstanceProcess(
            Stream.of(args)
                .map(option -> option.split("=", 2))
                .collect(Collectors.toMap(option -> option[0], option -> option[1])));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(instance.run(line.split(" ", 3)));
    }
    instance.cache.close();
  }

  private String option(String name) {
    return options.getOrDefault(name, "");
  }

  private SemanticCache newCache() {
    Embedder embedder = embedder(options.getOrDefault("embedding", "instances"));
    RedisVectorStore.Builder store = store(embedder);
    if (!option("near").isEmpty()) {
      store.nearCache(NearCache.of(1_000).maxStaleness(Duration.parse(option("near"))));
    }
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(ChatClient.of("instances", this::answer))
            .ownedStore(store.build())
            .maxDistance(0)
            .verifier(PairVerifier.none())
            .deadline(Duration.ofSeconds(5))
            .maxWait(Duration.parse(options.getOrDefault("maxWait", "PT1M")))
            .timeSource(
                Clock.offset(
                    Clock.systemUTC(), Duration.parse(options.getOrDefault("clock", "PT0S"))));
    if (!option("lease").isEmpty()) {
      builder.singleFlightAcrossInstances(Duration.parse(option("lease")));
    }
    if (!option("softTimeToLive").isEmpty()) {
      builder.staleWhileRevalidate(Duration.parse(option("softTimeToLive")));
    }
    if (!option("previous").isEmpty()) {
      builder.previousStore(store(embedder(option("previous"))).build());
    }
    return builder.build();
  }

  /** Returns an embedder whose dimension is the length of the name of its model. */
  private static Embedder embedder(String model) {
    return Embedder.of(
        model,
        model.length(),
        text -> {
          float[] vector = new float[model.length()];
          vector[0] = 1;
          vector[1] = text.hashCode() % 97;
          return vector;
        });
  }

  private RedisVectorStore.Builder store(Embedder embedder) {
    URI uri = URI.create(options.getOrDefault("store", option("redis")));
    RedisConnection node = RedisConnection.of(uri).socketTimeout(Duration.ofSeconds(5));
    return RedisVectorStore.builder(
            Boolean.parseBoolean(option("cluster")) ? node.cluster() : node,
            EmbeddingSpace.of(embedder))
        .cacheName(option("cache"));
  }

  /** Answers with the number of the call and the current version, after the configured time. */
  private String answer(Prompt prompt) {
    long call = redis.incr(option("cache") + "-calls");
    String answer = version.current() + " " + call;
    try {
      Thread.sleep(Duration.parse(options.getOrDefault("model", "PT0S")).toMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return answer;
  }

  private String run(String[] command) throws Exception {
    return switch (command[0]) {
      case "ask" -> ask(Integer.parseInt(command[1]), command[2]);
      case "lookups" -> lookUp(Integer.parseInt(command[1]), command[2].split(" "));
      case "put" -> put(Integer.parseInt(command[1]));
      case "invalidate" -> "" + cache.invalidate(Prompt.of(command[2]));
      case "invalidateDependents" -> invalidateDependents(command[2]);
      case "migrate" -> migrate(Double.parseDouble(command[1]));
      case "stats" -> cache.stats().toString();
      default -> throw new IllegalArgumentException(command[0]);
    };
  }

  private String put(int count) {
    return ""
        + cache.putAll(
            IntStream.range(0, count)
                .mapToObj(i -> Map.entry(Prompt.of("question " + i), "answer " + i))
                .toList(),
            stored -> {});
  }

  private String invalidateDependents(String dependency) {
    cache.invalidateDependents(dependency);
    return dependency;
  }

  /** Migrates the entries of the previous store in small batches. */
  private String migrate(double promptsPerSecond) {
    Embedder embedder = embedder(option("embedding"));
    try (RedisVectorStore from = store(embedder(option("previous"))).build();
        RedisVectorStore to = store(embedder).build()) {
      return StoreMigration.builder(from, to, embedder)
          .promptsPerSecond(promptsPerSecond)
          .batchSize(5)
          .build()
          .run()
          .toString();
    }
  }

  /** Asks a prompt on several threads and returns the distinct answers and the sources. */
  private String ask(int threads, String text) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      Prompt prompt = Prompt.of(text);
      Prompt asked = text.startsWith("price") ? prompt.dependsOn(DEPENDENCY) : prompt;
      Callable<Answer> ask = () -> cache.ask(asked);
      List<Callable<Answer>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        tasks.add(ask);
      }
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> answered : executor.invokeAll(tasks)) {
        answers.add(answered.get());
      }
      return answers.stream().map(Answer::text).distinct().sorted().collect(Collectors.joining(","))
          + ";"
          + answers.stream()
              .map(answer -> answer.source() + (answer.isStale() ? " stale" : ""))
              .distinct()
              .sorted()
              .collect(Collectors.joining(","));
    } finally {
      executor.shutdown();
    }
  }

  /**
   * Asks prompts that depend on the version, again and again. Returns the number of answers that
   * were older than the version that was published before the lookup began: of all such answers,
   * and of those whose version was published longer ago than a window.
   *
   * @param lookups the number of lookups of all threads
   * @param options the window in milliseconds, and the number of threads
   */
  private String lookUp(int lookups, String[] options) throws Exception {
    long windowMillis = Long.parseLong(options[0]);
    int threads = Integer.parseInt(options[1]);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<long[]>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        tasks.add(() -> lookUp(lookups / threads, windowMillis));
      }
      long[] sums = new long[3];
      for (Future<long[]> counted : executor.invokeAll(tasks)) {
        long[] counts = counted.get();
        for (int i = 0; i < sums.length; i++) {
          sums[i] += counts[i];
        }
      }
      return sums[0] + "," + sums[1] + "," + sums[2];
    } finally {
      executor.shutdown();
    }
  }

  /** Returns the number of stale answers, of those after the window, and of hits. */
  private long[] lookUp(int lookups, long windowMillis) {
    long stale = 0;
    long staleAfterWindow = 0;
    long hits = 0;
    for (int i = 0; i < lookups; i++) {
      long published = version.published();
      long publishedAt = version.publishedAtMillis();
      long now = System.currentTimeMillis();
      Answer answer = cache.ask(Prompt.of("prompt " + i % PROMPTS).dependsOn(DEPENDENCY));
      hits += answer.isHit() ? 1 : 0;
      if (Long.parseLong(answer.text().split(" ", 2)[0]) < published) {
        stale++;
        staleAfterWindow += now - publishedAt > windowMillis ? 1 : 0;
      }
    }
    return new long[] {stale, staleAfterWindow, hits};
  }
}
