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

/** The options of an existing store and its embedder. */
final class ExistingStoreOptions {
  private static final String DEFAULT_CACHE_NAME = "sem_cache";

  @Option(
      names = "--store",
      paramLabel = "STORE",
      required = true,
      description = {
        "The directory of an embedded store that no other process uses,",
        "or redis[s]://[[user]:password@]host[:port] for a store in Redis."
      })
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private String name;

  @Option(
      names = "--cache-name",
      paramLabel = "NAME",
      description = "The name of the cache in Redis (default: " + DEFAULT_CACHE_NAME + ").")
  private @Nullable String cacheName;

  @Option(names = "--cluster", description = "The Redis server is a node of a Redis cluster.")
  private boolean cluster;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin private final EmbedderOptions embedder;

  ExistingStoreOptions(CliEnvironment environment) {
    this.embedder = new EmbedderOptions(environment);
  }

  /** Returns the store as given on the command line, without a password. */
  String name() {
    return Stores.isRedis(name) ? Stores.redis(name, cluster).address() : name;
  }

  /** Opens the embedder and the store, runs an action, and closes both. */
  <T> T with(BiFunction<OpenEmbedder, Stores.OpenStore, T> action) {
    if (!Stores.isRedis(name) && (cluster || cacheName != null)) {
      throw new ParameterException(
          spec.commandLine(), "--cluster and --cache-name require a Redis URI as --store");
    }
    try (OpenEmbedder open = embedder.open();
        Stores.OpenStore store = open(EmbeddingSpace.of(open.embedder()))) {
      return action.apply(open, store);
    }
  }

  private Stores.OpenStore open(EmbeddingSpace space) {
    return Stores.isRedis(name)
        ? Stores.inRedis(
            Stores.redis(name, cluster),
            Objects.requireNonNullElse(cacheName, DEFAULT_CACHE_NAME),
            space)
        : Stores.inDirectory(name, space);
  }

  /**
   * Returns the scope that starts with a prefix.
   *
   * @throws CommandException if the entries have no such scope or several
   */
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
            ? "--scope is missing; the store has " + scopes.size() + " scopes (see ls)"
            : "--scope is '"
                + prefix
                + "'; it must match one scope, but it matches "
                + scopes.size()
                + " (see ls)",
        null);
  }
}
