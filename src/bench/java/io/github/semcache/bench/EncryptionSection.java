package io.github.semcache.bench;

import io.github.semcache.bench.InterleavedRun.Variant;
import io.github.semcache.encryption.StoreEncryption;
import io.github.semcache.prompt.Scope;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/** Compares an encrypted store with the same store without encryption. */
final class EncryptionSection {
  private static final int ENTRIES = 1_000;
  private static final int DIMENSION = 384;

  private final Report.Table table;
  private final Optional<RedisServer> server;
  private final Duration duration;

  EncryptionSection(Report report, Optional<RedisServer> server, Duration duration) {
    this.server = server;
    this.duration = duration;
    table =
        report.table(
            "Encryption, 1,000 entries of dimension 384, answers of 800 bytes",
            "store",
            "operation",
            "p50 µs without",
            "p50 µs with",
            "ratio");
  }

  void run() {
    Corpus corpus = new Corpus(ENTRIES, DIMENSION);
    measure(
        "memory",
        corpus,
        InMemoryVectorStore.builder(corpus.space).maxEntries(2 * ENTRIES).build(),
        encrypted(InMemoryVectorStore.builder(corpus.space).maxEntries(2 * ENTRIES).build()));
    server.ifPresent(
        redis ->
            measure(
                "Redis",
                corpus,
                redis.store(corpus, "unencrypted", VectorIndex.hnsw()),
                encrypted(redis.store(corpus, "encrypted", VectorIndex.hnsw()))));
  }

  private static VectorStore encrypted(VectorStore store) {
    byte[] lookupKey = new byte[32];
    byte[] key = new byte[32];
    SplittableRandom random = new SplittableRandom(1);
    random.nextBytes(lookupKey);
    random.nextBytes(key);
    return StoreEncryption.of(StoreEncryption.Keys.of(lookupKey, "1", Map.of("1", key)))
        .encrypt(store);
  }

  private void measure(String name, Corpus corpus, VectorStore plain, VectorStore encrypted) {
    plain.remove(new EntrySelector.All());
    encrypted.remove(new EntrySelector.All());
    corpus.fill(plain);
    corpus.fill(encrypted);
    compare(
        name,
        "lookup by key",
        plain,
        encrypted,
        (store, i) -> store.find(corpus.key(corpus.scattered(i))));
    compare(
        name,
        "10 nearest neighbors",
        plain,
        encrypted,
        (store, i) ->
            store.nearest(
                Corpus.nearestQuery(corpus.paraphrase(corpus.scattered(i)), Scope.none())));
    List<NewEntry> entries = corpus.newEntries(StoresSection.WRITES_PER_ROUND);
    compare(
        name,
        "write of an entry",
        plain,
        encrypted,
        (store, i) -> store.put(List.of(entries.get(i % entries.size()))));
    plain.remove(new EntrySelector.All());
    encrypted.remove(new EntrySelector.All());
  }

  private void compare(
      String name,
      String operation,
      VectorStore plain,
      VectorStore encrypted,
      BiFunction<VectorStore, Integer, Object> call) {
    List<Sample> samples =
        InterleavedRun.of(1, duration)
            .run(
                List.of(
                    Variant.of(i -> call.apply(plain, i)),
                    Variant.of(i -> call.apply(encrypted, i))));
    table.row(
        name,
        operation,
        samples.get(0).medianMicros(),
        samples.get(1).medianMicros(),
        samples.get(1).ratioTo(samples.get(0)));
  }
}
