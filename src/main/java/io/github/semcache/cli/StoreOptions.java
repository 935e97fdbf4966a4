package io.github.semcache.cli;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.evaluation.LabelledPrompt;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayResult;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.Selection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the entries of a replay are kept while it runs. */
final class StoreOptions {
  private static final String MEMORY = "memory";

  @Option(
      names = "--store",
      paramLabel = "STORE",
      defaultValue = MEMORY,
      description =
          "memory (default), or a directory without entries for the embedded store; what the replay"
              + " puts there is removed at its end.")
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

  ReplayResult run(Replay.Builder replay, List<LabelledPrompt> prompts, EmbeddingSpace space) {
    if (name().equals(MEMORY)) {
      return replay.build().run(prompts);
    }
    Path directory = Stores.directory(name);
    if (Files.exists(directory)) {
      try (LuceneVectorStore store = LuceneVectorStore.open(directory, space)) {
        Stores.requireEmpty(store, directory.toString());
      }
    }
    try {
      return replay
          .store(
              time ->
                  LuceneVectorStore.builder(directory, space)
                      .maxEntries(prompts.size())
                      .timeSource(time)
                      .build())
          .build()
          .run(prompts);
    } finally {
      try (LuceneVectorStore store = LuceneVectorStore.open(directory, space)) {
        store.remove(new Selection.All());
      }
    }
  }
}
