package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.ListedEntry;
import java.util.List;
import java.util.function.BiFunction;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A store that is there, and the embedder that it was made with. */
final class RunningStoreOptions {
  @Option(
      names = "--store",
      paramLabel = "STORE",
      required = true,
      description = "The directory of an embedded store that no other process has open.")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private String name;

  @Mixin private final EmbedderOptions embedder;

  RunningStoreOptions(Surroundings surroundings) {
    this.embedder = new EmbedderOptions(surroundings);
  }

  String name() {
    return name;
  }

  /** Opens embedder and store, and closes both. */
  <T> T with(BiFunction<OpenEmbedder, Stores.Opened, T> action) {
    try (OpenEmbedder open = embedder.open();
        Stores.Opened store = Stores.open(name, EmbeddingSpace.of(open.remembered()))) {
      return action.apply(open, store);
    }
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
