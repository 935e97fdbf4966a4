package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testkit.FakeEmbedder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrateCommandTest {
  @TempDir private Path directory;

  private final FakeEmbedder old = new FakeEmbedder();
  private final AtomicInteger embedded = new AtomicInteger();
  private int failsAfter = Integer.MAX_VALUE;
  private final Embedder embedder =
      Embedder.of(
          "new-model",
          4,
          text -> {
            if (embedded.incrementAndGet() > failsAfter) {
              throw new EmbedderException("the service is down", null);
            }
            return new float[] {1, text.hashCode() % 97, 0, 0};
          });

  private Path from;
  private Path to;

  @BeforeEach
  void fillOldStore() {
    from = directory.resolve("old");
    to = directory.resolve("new");
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(old)
            .ownedStore(LuceneVectorStore.open(from, old))
            .build()) {
      cache.put(Prompt.of("Where is my card?").tag("tenant", "acme"), "On its way.");
      cache.put(Prompt.of("How do I pay?"), "In the app.");
      cache.put(Prompt.of("How do I close my account?"), "In a branch.");
    }
  }

  private CliRun run(String... args) {
    List<String> all = new ArrayList<>(List.of("migrate", "--store", to.toString()));
    all.addAll(List.of(args));
    all.add("--no-embedding-cache");
    return CliRun.of(embedder, all.toArray(String[]::new));
  }

  private Optional<Answer> lookup(Prompt prompt) {
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .ownedStore(LuceneVectorStore.open(to, embedder))
            .build()) {
      return cache.lookup(prompt);
    }
  }

  @Test
  void entriesOfADirectoryAreMigratedToANewOne() {
    CliRun run = run("--from-store", from.toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualToNormalizingNewlines(
            """
            3 entries copied, 0 already copied, 0 expired or invalidated, 0 failed
            The migration is complete.
            """);
    assertThat(run.exitCode()).isZero();
    assertThat(embedded).hasValue(3);
    assertThat(lookup(Prompt.of("Where is my card?").tag("tenant", "acme")))
        .map(Answer::text)
        .contains("On its way.");
    assertThat(run("--from-store", from.toString(), "--json").json().toString())
        .isEqualTo(
            "{\"total\":3,\"copied\":0,\"alreadyCopied\":3,\"expired\":0,\"failed\":0,"
                + "\"removed\":0,\"complete\":true}");
  }

  @Test
  void dryRunCreatesNoStore() {
    CliRun run = run("--from-store", from.toString(), "--dry-run");

    assertThat(run.out()).startsWith("3 entries would be copied, 0 already copied");
    assertThat(run.out()).doesNotContain("complete");
    assertThat(to).doesNotExist();
    assertThat(embedded).hasValue(0);
  }

  @Test
  void interruptedMigrationContinues() {
    failsAfter = 2;
    run("--from-store", from.toString(), "--batch-size", "1")
        .assertFailed(1, "the service is down; run the command again to continue");
    failsAfter = Integer.MAX_VALUE;

    assertThat(run("--from-store", from.toString()).out())
        .startsWith("1 entry copied, 2 already copied");
  }

  @Test
  void invalidOptionsAreReported() {
    run().assertFailed(2, "--from-store is missing; a directory has one embedding model");
    run("--from-store", from.toString(), "--from", "another")
        .assertFailed(
            1,
            "there are no entries to migrate: "
                + from
                + " has embeddings of fake-embedder with dimension 64");
    Path none = directory.resolve("none");
    run("--from-store", none.toString())
        .assertFailed(1, "--store is '" + none + "'; the directory does not exist");
    run("--from-store", from.toString(), "--rate", "0")
        .assertFailed(2, "--rate or --batch-size: promptsPerSecond is 0.0; it must be above 0");
    run("--from-store", from.toString(), "--model", "fake")
        .assertFailed(2, "--model is set; the model to migrate from is --from");
  }

  @Test
  void encryptedEntriesAreNotCopied() {
    try (LuceneVectorStore raw = LuceneVectorStore.open(from, EmbeddingSpace.of(old))) {
      raw.put(
          List.of(
              new NewEntry(
                  new CacheEntry(
                      "a".repeat(64), "b".repeat(64), "", "encrypted", Map.of(), Instant.EPOCH),
                  Optional.empty(),
                  Optional.empty())));
    }

    assertThat(run("--from-store", from.toString()).out())
        .startsWith("3 entries copied, 0 already copied, 0 expired or invalidated, 1 failed");
  }
}
