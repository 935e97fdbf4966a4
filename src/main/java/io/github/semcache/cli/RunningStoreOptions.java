package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.ListableStore.ListedEntry;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A store that is there, and the embedder that it was made with. */
final class RunningStoreOptions {
  private static final String DEFAULT_CACHE_NAME = "sem_cache";

  @Option(
      names = "--store",
      paramLabel = "STORE",
      required = true,
      description = {
        "The directory of an embedded store that no other process has open,",
        "or redis[s]://[[user]:password@]host[:port] for a store in Redis."
      })
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private String name;

  @Option(
      names = "--cache-name",
      paramLabel = "NAME",
      description = "The name of the cache in Redis (default: " + DEFAULT_CACHE_NAME + ").")
  private @Nullable String cacheName;

  @Option(names = "--cluster", description = "The Redis server is a node of a cluster.")
  private boolean cluster;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin private final EmbedderOptions embedder;

  RunningStoreOptions(CliEnvironment surroundings) {
    this.embedder = new EmbedderOptions(surroundings);
  }

  /** What was typed, without a password. */
  String name() {
    return Stores.isRedis(name) ? Stores.redis(name, cluster).address() : name;
  }

  /** Opens embedder and store, and closes both. */
  <T> T with(BiFunction<OpenEmbedder, Stores.Opened, T> action) {
    if (!Stores.isRedis(name) && (cluster || cacheName != null)) {
      throw new ParameterException(
          spec.commandLine(), "--cluster and --cache-name need a --store in Redis");
    }
    try (OpenEmbedder open = embedder.open();
        Stores.Opened store = open(EmbeddingSpace.of(open.remembered()))) {
      return action.apply(open, store);
    }
  }

  private Stores.Opened open(EmbeddingSpace space) {
    return Stores.isRedis(name)
        ? Stores.inRedis(
            Stores.redis(name, cluster),
            Objects.requireNonNullElse(cacheName, DEFAULT_CACHE_NAME),
            space)
        : Stores.inDirectory(name, space);
  }

  /** The one scope that begins with these digits, among those of the entries. */
  static String scope(List<ListedEntry> entries, String prefix) {
    List<String> scopes =
        entries.stream()
            .map(listed -> listed.entry().scope())
            .distinct()
            .filter(scope -> scope.startsWith(prefix))
            .toList();
    if (scopes.size() == 1) {
      return scopes.get(0);
    }
    throw new CommandException(
        prefix.isEmpty()
            ? "the store holds " + scopes.size() + " scopes; choose one with --scope (see ls)"
            : "--scope is '" + prefix + "'; " + scopes.size() + " scopes begin so (see ls)",
        null);
  }
}
