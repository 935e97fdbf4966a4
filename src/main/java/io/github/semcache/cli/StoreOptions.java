package io.github.semcache.cli;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.evaluation.LabelledPrompt;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayResult;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the entries of a replay are kept. */
final class StoreOptions {
  @Option(
      names = "--store",
      paramLabel = "STORE",
      defaultValue = "memory",
      description = "memory (default: ${DEFAULT-VALUE}).")
  private String name = "memory";

  String name() {
    return name;
  }

  ReplayResult run(Replay.Builder replay, List<LabelledPrompt> prompts, Embedder embedder) {
    if (!name.equals("memory")) {
      throw new CommandException("--store is '" + name + "'; it must be memory", null);
    }
    return replay.build().run(prompts);
  }
}
