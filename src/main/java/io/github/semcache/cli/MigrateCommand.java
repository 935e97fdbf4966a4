package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.migration.StoreMigration;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code migrate} command. */
@Command(
    name = "migrate",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Copies the entries of a store to the store of another embedding model, which is created if it"
          + " does not exist. The prompts are embedded again with --embedder; answers, tags,"
          + " dependencies, and times to live do not change, and neither does the old store.",
      "Entries that were copied before are skipped, so a migration that was interrupted continues"
          + " when the same command is run again."
    })
final class MigrateCommand implements Callable<Integer> {
  private final CliEnvironment environment;

  @Mixin private final ExistingStoreOptions store;

  @Option(
      names = "--from",
      paramLabel = "MODEL",
      description =
          "The embedding model to migrate from, as shown by caches. Needed only if the cache has"
              + " entries of several other models.")
  private @Nullable String from;

  @Option(
      names = "--from-store",
      paramLabel = "STORE",
      description =
          "The directory or the Redis server to migrate from (default: the same cache in Redis).")
  private @Nullable String fromStore;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "The maximum number of prompts that are embedded per second (default: no limit).")
  private @Nullable Double rate;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "The number of prompts that are embedded at a time (default: ${DEFAULT-VALUE}).")
  private int batchSize = 64;

  @Option(
      names = "--dry-run",
      description = "Print the number of entries that would be copied, and copy nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  MigrateCommand(CliEnvironment environment) {
    this.environment = environment;
    this.store = new ExistingStoreOptions(environment);
  }

  @Override
  public Integer call() {
    StoreMigration.Result result = store.withBoth(fromStore, from, !dryRun, this::migrate);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonOutput.print(out, toJson(result));
      return 0;
    }
    out.printf(
        "%d %s, %d already copied, %d expired or invalidated, %d failed%n",
        result.copied(),
        (result.copied() == 1 ? "entry " : "entries ") + (dryRun ? "would be copied" : "copied"),
        result.present(),
        result.expired(),
        result.failed());
    if (result.removed() > 0) {
      out.printf("copies removed because their original was removed: %d%n", result.removed());
    }
    if (result.isComplete()) {
      out.println("The migration is complete.");
    }
    out.flush();
    return 0;
  }

  private StoreMigration.Result migrate(
      OpenEmbedder embedder, Stores.OpenStore old, Stores.OpenStore target) {
    int total = (int) Math.min(Integer.MAX_VALUE, old.store().count(new EntrySelector.All()));
    try (ProgressBar bar =
        environment.progressBar(spec.commandLine().getErr(), "migrating", total)) {
      return builder(embedder, old, target)
          .onProgress(result -> bar.accept((int) Math.min(total, result.processed())))
          .build()
          .run();
    } catch (StoreException | EmbedderException e) {
      throw new CommandException(e.getMessage() + "; run the command again to continue", e);
    }
  }

  private StoreMigration.Builder builder(
      OpenEmbedder embedder, Stores.OpenStore old, Stores.OpenStore target) {
    StoreMigration.Builder builder =
        StoreMigration.builder(old.store(), target.store(), embedder.embedder());
    try {
      builder.batchSize(batchSize);
      if (rate != null) {
        builder.promptsPerSecond(rate);
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--rate or --batch-size: " + e.getMessage(), e);
    }
    return dryRun ? builder.dryRun() : builder;
  }

  private static Map<String, Object> toJson(StoreMigration.Result result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("total", result.total());
    json.put("copied", result.copied());
    json.put("alreadyCopied", result.present());
    json.put("expired", result.expired());
    json.put("failed", result.failed());
    json.put("removed", result.removed());
    json.put("complete", result.isComplete());
    return json;
  }
}
