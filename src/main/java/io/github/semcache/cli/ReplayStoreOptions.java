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

/** The option that selects the store of a replay. */
final class ReplayStoreOptions {
  private static final String MEMORY = "memory";

  @Option(
      names = "--store",
      paramLabel = "STORE",
      defaultValue = MEMORY,
      description =
          "memory (default), or a directory in which the replay creates an embedded store and"
              + " deletes it at the end.")
  private String name = MEMORY;

  /**
   * Returns the store as given on the command line.
   *
   * @throws CommandException if a replay cannot use the store
   */
  String name() {
    if (Stores.isRedis(name)) {
      // The message does not quote the URI, which may contain a password.
      throw new CommandException(
          "--store is a Redis URI; it must be memory or a directory, because Redis cannot use the"
              + " clock of the replay",
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
        return replay.store(clock -> store(own, space, prompts.size(), clock)).build().run(prompts);
      } finally {
        delete(isNew ? directory : own);
      }
    } catch (IOException e) {
      throw new CommandException("--store is '" + name + "'; cannot create a store in it: " + e, e);
    }
  }

  private static VectorStore store(
      Path directory, EmbeddingSpace space, int maxEntries, InstantSource clock) {
    return LuceneVectorStore.builder(directory, space)
        .maxEntries(maxEntries)
        .timeSource(clock)
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
