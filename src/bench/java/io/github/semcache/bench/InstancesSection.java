package io.github.semcache.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.bench.InterleavedRun.Variant;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import io.github.semcache.redis.NearCache;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Measures what several instances need: the near cache, dependencies, and leases. */
final class InstancesSection {
  private static final double MAX_DEPENDENCY_RATIO = 1.02;
  private static final double MAX_NEAR_MICROS = 5;
  private static final double MAX_NEAR_RATIO = 0.25;
  private static final double MAX_INVALIDATION_MICROS = 5_000;
  private static final int ENTRIES = 1_000;
  private static final int DIMENSION = 384;
  private static final int SMALL_DIMENSION = 4;
  private static final String DEPENDENCY = "price-list";

  private final Report report;
  private final RedisServer server;
  private final Duration duration;

  InstancesSection(Report report, RedisServer server, Duration duration) {
    this.report = report;
    this.server = server;
    this.duration = duration;
  }

  void run(int dependents) {
    Corpus corpus = new Corpus(ENTRIES, DIMENSION);
    measureHits(corpus);
    measureMisses(corpus);
    measureInvalidation(dependents);
  }

  private RedisVectorStore.Builder builder(Corpus corpus, String name) {
    return RedisVectorStore.builder(server.connection(), corpus.space)
        .cacheName("semcache-" + name)
        .vectorIndex(VectorIndex.flat());
  }

  private static SemanticCache cache(Corpus corpus, VectorStore store, boolean leases) {
    float[] vector = corpus.embedding(0).toArray();
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .embedder(Embedder.of(corpus.space.modelId(), corpus.space.dimension(), text -> vector))
            .verifier(PairVerifier.none())
            .chatClient(ChatClient.of("none", prompt -> "answer"))
            .maxDistance(0.01)
            .noGuards()
            .store(store);
    if (leases) {
      builder.singleFlightAcrossInstances(Duration.ofMinutes(1));
    }
    return builder.build();
  }

  private static Prompt[] prompts(boolean dependent) {
    return IntStream.range(0, ENTRIES)
        .mapToObj(Corpus::prompt)
        .map(prompt -> dependent ? prompt.dependsOn(DEPENDENCY) : prompt)
        .toArray(Prompt[]::new);
  }

  /** Compares exact hits with and without dependencies, and with and without a near cache. */
  private void measureHits(Corpus corpus) {
    Report.Table table =
        report.table(
            "Hits of a cache in Redis",
            "hit",
            "p50 µs",
            "p99 µs",
            "per second",
            "ratio to one without a dependency");
    RedisVectorStore far = builder(corpus, "instances").build();
    RedisVectorStore near =
        builder(corpus, "instances").nearCache(NearCache.of(2 * ENTRIES)).build();
    InMemoryVectorStore memory = InMemoryVectorStore.builder(corpus.space).build();
    Prompt[] plain = prompts(false);
    Prompt[] dependent = prompts(true);
    Prompt[] plainParaphrases = paraphrases(plain);
    Prompt[] dependentParaphrases = paraphrases(dependent);
    try (SemanticCache farCache = cache(corpus, far, false);
        SemanticCache nearCache = cache(corpus, near, false);
        SemanticCache memoryCache = cache(corpus, memory, false)) {
      for (Prompt prompt : concat(plain, dependent)) {
        farCache.put(prompt, "answer");
        memoryCache.put(prompt, "answer");
      }
      PlainJedis jedis = new PlainJedis(server.client, far.indexName());
      byte[][] documentKeys = documentKeys(jedis, farCache, dependent);
      byte[] versionKey =
          ("semcache-instances:dependency:" + Scope.dependencyTerm(DEPENDENCY)).getBytes(UTF_8);
      List<Sample> samples =
          InterleavedRun.of(1, duration)
              .run(
                  List.of(
                      hit(farCache, plain),
                      hit(farCache, dependent),
                      hit(farCache, plainParaphrases),
                      hit(farCache, dependentParaphrases),
                      hit(nearCache, plain),
                      hit(nearCache, dependent),
                      hit(memoryCache, plain),
                      hit(memoryCache, dependent),
                      Variant.of(i -> jedis.read(documentKeys[i % ENTRIES])),
                      Variant.of(i -> jedis.read(documentKeys[i % ENTRIES], versionKey))));
      String[] names = {
        "Redis, exact",
        "Redis, exact, with a dependency",
        "Redis, semantic",
        "Redis, semantic, with a dependency",
        "near cache, exact",
        "near cache, exact, with a dependency",
        "in-memory store, exact",
        "in-memory store, exact, with a dependency",
        "Jedis alone, HMGET",
        "Jedis alone, HMGET and GET"
      };
      for (int i = 0; i < names.length; i++) {
        row(table, names[i], samples.get(i), samples.get(i).ratioTo(samples.get(i & ~1)));
      }
      report.atMost(
          "exact hit in the near cache, µs", samples.get(4).medianMicros(), MAX_NEAR_MICROS);
      report.atMost(
          "exact hit in Redis with a dependency: ratio to one without",
          samples.get(1).ratioTo(samples.get(0)),
          MAX_DEPENDENCY_RATIO);
      report.atMost(
          "semantic hit in Redis with a dependency: ratio to one without",
          samples.get(3).ratioTo(samples.get(2)),
          MAX_DEPENDENCY_RATIO);
      report.atMost(
          "exact hit in the near cache: ratio to one in Redis",
          samples.get(4).ratioTo(samples.get(0)),
          MAX_NEAR_RATIO);
    } finally {
      far.dropIndex(true);
      far.close();
      near.close();
    }
  }

  private static byte[][] documentKeys(PlainJedis jedis, SemanticCache cache, Prompt[] prompts) {
    return Stream.of(prompts)
        .map(prompt -> cache.lookup(prompt).orElseThrow().entryId().orElseThrow())
        .map(jedis::documentKey)
        .toArray(byte[][]::new);
  }

  /** Returns prompts that are answered by the entries of others, at distance 0. */
  private static Prompt[] paraphrases(Prompt[] prompts) {
    return Stream.of(prompts)
        .map(prompt -> Prompt.of("Again: " + prompt.text()).scope(prompt.scope()))
        .toArray(Prompt[]::new);
  }

  private static Prompt[] concat(Prompt[] first, Prompt[] second) {
    List<Prompt> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(second));
    return all.toArray(Prompt[]::new);
  }

  private static Variant hit(SemanticCache cache, Prompt[] prompts) {
    return Variant.of(i -> cache.lookup(prompts[i % ENTRIES]).orElseThrow());
  }

  /** Compares misses with and without leases. */
  private void measureMisses(Corpus corpus) {
    Report.Table table =
        report.table(
            "Misses of a cache in Redis, with a model that answers immediately",
            "miss",
            "p50 µs",
            "p99 µs",
            "per second",
            "ratio");
    RedisVectorStore store = builder(corpus, "leases").build();
    Prompt[] prompts = prompts(false);
    try (SemanticCache plain = cache(corpus, store, false);
        SemanticCache leased = cache(corpus, store, true)) {
      Runnable cleanUp = plain::clear;
      List<Sample> samples =
          InterleavedRun.of(1, duration)
              .maxCalls(ENTRIES)
              .run(
                  List.of(
                      new Variant(i -> plain.ask(prompts[i]), cleanUp),
                      new Variant(i -> leased.ask(prompts[i]), cleanUp)));
      row(table, "without leases", samples.get(0), 1);
      row(table, "with leases", samples.get(1), samples.get(1).ratioTo(samples.get(0)));
    } finally {
      store.dropIndex(true);
      store.close();
    }
  }

  /** Measures the invalidation of a dependency on which all entries depend. */
  private void measureInvalidation(int dependents) {
    Report.Table table =
        report.table(
            "Invalidation by dependency in Redis, embeddings of dimension " + SMALL_DIMENSION,
            "entries that depend on it",
            "p50 µs",
            "p99 µs",
            "per second",
            "ratio");
    Corpus corpus = new Corpus(1, SMALL_DIMENSION);
    RedisVectorStore store = builder(corpus, "dependents").build();
    try (SemanticCache cache = cache(corpus, store, false)) {
      Variant invalidation =
          Variant.of(
              i -> {
                cache.invalidateDependents(DEPENDENCY);
                return i;
              });
      fill(store, corpus, 1);
      Sample few = InterleavedRun.of(1, duration).run(List.of(invalidation)).get(0);
      fill(store, corpus, dependents);
      Sample many = InterleavedRun.of(1, duration).run(List.of(invalidation)).get(0);
      row(table, "1", few, 1);
      row(table, "%,d".formatted(dependents), many, many.ratioTo(few));
      report.atMost(
          "invalidation of %,d entries by dependency, µs".formatted(dependents),
          many.medianMicros(),
          MAX_INVALIDATION_MICROS);
    } finally {
      store.dropIndex(true);
      store.close();
    }
  }

  private static void fill(RedisVectorStore store, Corpus corpus, int entries) {
    Scope scope = Scope.none().dependsOn(DEPENDENCY);
    String term = Scope.dependencyTerm(DEPENDENCY);
    Map<String, String> versions = store.versions(Set.of(term));
    Set<String> terms = new HashSet<>(scope.terms());
    versions.forEach((dependency, version) -> terms.add(Scope.versionTerm(dependency, version)));
    Corpus.fill(store, entries, number -> withTerms(corpus.newEntry(number, scope), terms));
  }

  private static NewEntry withTerms(NewEntry entry, Set<String> terms) {
    return new NewEntry(entry.entry(), entry.embedding(), entry.timeToLive(), terms);
  }

  private static void row(Report.Table table, String name, Sample sample, double ratio) {
    table.row(name, sample.medianMicros(), sample.p99Micros(), sample.perSecond(), ratio);
  }
}
