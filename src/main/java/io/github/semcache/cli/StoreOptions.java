package io.github.semcache.cli;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayResult;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.VectorStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Where the entries of a replay are kept while it runs. */
final class StoreOptions {
  private static final String MEMORY = "memory";

  @Option(
      names = "--store",
      paramLabel = "STORE",
      defaultValue = MEMORY,
      description =
          "memory (default), or a directory, in which an embedded store is made for the replay and"
              + " removed at its end.")
  private String name = MEMORY;

  /**
   * What was typed.
   *
   * @throws CommandException if it is no store for a replay
   */
  String name() {
    if (Stores.isRedis(name)) {
      // Not quoted: the address may hold a password.
      throw new CommandException(
          "--store is in Redis, which goes by a clock of its own; a replay needs memory or a"
              + " directory",
          null);
    }
    return name;
  }

  ReplayResult run(Replay.Builder replay, List<LabeledPrompt> prompts, EmbeddingSpace space) {
    if (name().equals(MEMORY)) {
      return replay.build().run(prompts);
    }
    Path directory = Stores.directory(name);
    boolean isNew = Files.notExists(directory);
    try {
      Path own = Files.createTempDirectory(Files.createDirectories(directory), "replay-");
      try {
        return replay.store(time -> store(own, space, prompts.size(), time)).build().run(prompts);
      } finally {
        delete(isNew ? directory : own);
      }
    } catch (IOException e) {
      throw new CommandException("--store is '" + name + "'; no store can be made in it", e);
    }
  }

  private static VectorStore store(
      Path directory, EmbeddingSpace space, int maxEntries, InstantSource time) {
    return LuceneVectorStore.builder(directory, space)
        .maxEntries(maxEntries)
        .timeSource(time)
        .build();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
