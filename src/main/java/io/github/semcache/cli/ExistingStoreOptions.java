package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.openai.OpenAiChatClient;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it, except for ui
  private String name;

  @Option(
      names = "--cache-name",
      paramLabel = "NAME",
      description = "The name of the cache in Redis (default: " + DEFAULT_CACHE_NAME + ").")
  private @Nullable String cacheName;

  @Option(names = "--cluster", description = "The Redis server is a node of a Redis cluster.")
  private boolean cluster;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "The embedding model of the entries, as shown by caches. Needed only if the cache has"
              + " entries of several models.")
  private @Nullable String model;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin private final EmbedderOptions embedder;

  @Mixin private final EncryptionOptions encryption;

  ExistingStoreOptions(CliEnvironment environment) {
    this.embedder = new EmbedderOptions(environment);
    this.encryption = new EncryptionOptions(environment);
  }

  /** Returns the store as given on the command line, without a password. */
  String name() {
    return display(name);
  }

  /** Opens the embedder and the store, runs an action, and closes both. */
  <T> T with(BiFunction<OpenEmbedder, Stores.OpenStore, T> action) {
    checkOptions();
    try (OpenEmbedder open = embedder.open()) {
      EmbeddingSpace space = EmbeddingSpace.of(open.embedder());
      checkSpace(space);
      try (Stores.OpenStore store = open(space)) {
        return action.apply(open, store);
      }
    }
  }

  /**
   * Opens the embedder and the store as {@link #with} does, and creates a store if there is none.
   */
  <T> T withOrCreate(BiFunction<OpenEmbedder, Stores.OpenStore, T> action) {
    checkOptions();
    try (OpenEmbedder open = embedder.open()) {
      EmbeddingSpace space = EmbeddingSpace.of(open.embedder());
      try (Stores.OpenStore store = exists(space) ? open(space) : create(space)) {
        return action.apply(open, store);
      }
    }
  }

  /** Returns whether the store exists. Fails if it has another embedding model. */
  private boolean exists(EmbeddingSpace space) {
    if (!Stores.isRedis(name) && !Stores.isStoreDirectory(name)) {
      return false;
    }
    List<EmbeddingSpace> spaces = spaces();
    checkSpace(space, spaces);
    return !spaces.isEmpty();
  }

  private Stores.OpenStore create(EmbeddingSpace space) {
    return encryption.apply(
        Stores.isRedis(name)
            ? Stores.createInRedis(Stores.redis(name, cluster), cacheName(), space)
            : Stores.createInDirectory(name, space));
  }

  /** Returns whether a store is given; only {@code ui} does not require one. */
  boolean isGiven() {
    return spec.commandLine().getParseResult().hasMatchedOption("--store");
  }

  /** Opens the embedder, runs an action with an empty store in memory, and closes both. */
  <T> T inMemory(BiFunction<OpenEmbedder, Stores.OpenStore, T> action) {
    if (cluster || cacheName != null || model != null) {
      throw new ParameterException(
          spec.commandLine(), "--cluster, --cache-name, and --model require --store");
    }
    if (encryption.isGiven()) {
      throw new ParameterException(spec.commandLine(), "--encryption-key-file requires --store");
    }
    try (OpenEmbedder open = embedder.open();
        Stores.OpenStore store = Stores.inMemory(EmbeddingSpace.of(open.embedder()))) {
      return action.apply(open, store);
    }
  }

  /** Opens a chat model of the service of the embedder options. The caller closes it. */
  OpenAiChatClient openChatModel(String chatModel) {
    return embedder.openChatModel(chatModel);
  }

  /**
   * Opens the embedder and the store as {@link #with} does. If the embedder of the store is not
   * available, because no {@code --embedder} is given or its API key is missing, prompts are looked
   * up by their key only.
   *
   * @param action receives the embedder, the store, and whether prompts are looked up by their key
   *     only
   */
  <T> T withOrExactOnly(UiAction<T> action) {
    if (embedder.isAvailable() && (embedder.isGiven() || hasModelOfEmbedder())) {
      return with((open, store) -> action.apply(open, store, false));
    }
    return withoutEmbedder(
        (space, store) ->
            action.apply(
                new OpenEmbedder(CachingEmbedder.inMemory(new ExactOnlyEmbedder(space)), () -> {}),
                store,
                true));
  }

  /** An action on a store whose embedder may not be available. */
  interface UiAction<T> {
    T apply(OpenEmbedder embedder, Stores.OpenStore store, boolean isExactOnly);
  }

  /** Returns whether the store has embeddings of the default embedder, or none. */
  private boolean hasModelOfEmbedder() {
    checkOptions();
    List<EmbeddingSpace> spaces = spaces();
    return spaces.isEmpty()
        || spaces.stream().anyMatch(space -> space.modelId().equals(embedder.modelId()));
  }

  /**
   * Opens the store without an embedder, runs an action, and closes the store. The store itself
   * names its embedding model.
   */
  <T> T withoutEmbedder(BiFunction<EmbeddingSpace, Stores.OpenStore, T> action) {
    checkOptions();
    EmbeddingSpace space = storedSpace();
    try (Stores.OpenStore store = open(space)) {
      return action.apply(space, store);
    }
  }

  /**
   * Opens the embedder, the store of another model, and the store of the embedder's model, runs an
   * action, and closes all of them.
   *
   * @param fromStore the store of the other model; null for the same cache in Redis
   * @param fromModel the other model; null if the store has only one
   * @param creates whether the store of the embedder's model is created if it does not exist;
   *     otherwise the action receives an empty one
   */
  <T> T withBoth(
      @Nullable String fromStore,
      @Nullable String fromModel,
      boolean creates,
      MigrationAction<T> action) {
    checkOptions();
    if (model != null) {
      throw new ParameterException(
          spec.commandLine(), "--model is set; the model to migrate from is --from");
    }
    String from = fromStore == null ? name : fromStore;
    if (fromStore == null && !Stores.isRedis(name)) {
      throw new ParameterException(
          spec.commandLine(), "--from-store is missing; a directory has one embedding model");
    }
    try (OpenEmbedder open = embedder.open()) {
      EmbeddingSpace space = EmbeddingSpace.of(open.embedder());
      EmbeddingSpace old = oldSpace(from, fromModel, from.equals(name) ? space : null);
      try (Stores.OpenStore source = open(from, old);
          Stores.OpenStore target = openOrCreate(space, creates)) {
        return action.apply(open, source, target);
      }
    }
  }

  /** An action on an embedder, the store of another model, and the store of its model. */
  interface MigrationAction<T> {
    T apply(OpenEmbedder embedder, Stores.OpenStore from, Stores.OpenStore to);
  }

  /** Returns the vector space to migrate from. */
  private EmbeddingSpace oldSpace(
      String from, @Nullable String fromModel, @Nullable EmbeddingSpace current) {
    List<EmbeddingSpace> spaces = spaces(from);
    List<EmbeddingSpace> selected =
        spaces.stream()
            .filter(space -> !space.equals(current))
            .filter(space -> fromModel == null || fromModel.equals(space.modelId()))
            .toList();
    if (selected.size() == 1) {
      return selected.get(0);
    }
    String found = spaces.isEmpty() ? "no embeddings" : describe(spaces);
    throw new CommandException(
        selected.isEmpty()
            ? "there are no entries to migrate: " + display(from) + " has " + found
            : display(from) + " has " + found + "; select one of them with --from",
        null);
  }

  private Stores.OpenStore openOrCreate(EmbeddingSpace space, boolean creates) {
    boolean exists =
        Stores.isRedis(name)
            ? spaces().contains(space)
            : Stores.isStoreDirectory(name) && exists(space);
    if (exists) {
      return open(space);
    }
    return creates ? create(space) : Stores.inMemory(space);
  }

  private String display(String store) {
    return Stores.isRedis(store) ? Stores.redis(store, cluster).address() : store;
  }

  private Stores.OpenStore open(EmbeddingSpace space) {
    return open(name, space);
  }

  private Stores.OpenStore open(String store, EmbeddingSpace space) {
    return encryption.apply(
        Stores.isRedis(store)
            ? Stores.inRedis(
                Stores.redis(store, cluster), cacheName(), space, vectorType(store, space))
            : Stores.inDirectory(store, space));
  }

  private EmbeddingSpace storedSpace() {
    List<EmbeddingSpace> spaces = spaces();
    Optional<String> wanted =
        Optional.ofNullable(model)
            .or(() -> embedder.isGiven() ? Optional.of(embedder.modelId()) : Optional.empty());
    List<EmbeddingSpace> selected =
        spaces.stream()
            .filter(space -> wanted.isEmpty() || wanted.get().equals(space.modelId()))
            .toList();
    if (selected.size() == 1) {
      return selected.get(0);
    }
    if (spaces.isEmpty()) {
      throw new CommandException(
          "there is no cache '" + cacheName() + "' in " + name() + " (see caches)", null);
    }
    throw selected.isEmpty()
        ? anotherModel(wanted.orElse(""), spaces)
        : new CommandException(
            name() + " has " + describe(spaces) + "; select one of them with --model", null);
  }

  /** Fails if the store has embeddings, but none of the given vector space. */
  private void checkSpace(EmbeddingSpace space) {
    List<EmbeddingSpace> spaces;
    try {
      spaces = spaces();
    } catch (StoreException e) {
      return; // The action reports the failure, unless only the listing is denied.
    }
    checkSpace(space, spaces);
  }

  private void checkSpace(EmbeddingSpace space, List<EmbeddingSpace> spaces) {
    if (!spaces.isEmpty() && !spaces.contains(space)) {
      throw anotherModel(describe(space), spaces);
    }
  }

  private CommandException anotherModel(String wanted, List<EmbeddingSpace> spaces) {
    return new CommandException(
        "the embedding model is " + wanted + ", but " + name() + " has " + describe(spaces), null);
  }

  private static String describe(List<EmbeddingSpace> spaces) {
    return "embeddings of "
        + spaces.stream().map(ExistingStoreOptions::describe).collect(Collectors.joining(" and "));
  }

  private static String describe(EmbeddingSpace space) {
    return space.modelId() + " with dimension " + space.dimension();
  }

  /** Returns the vector spaces of the embeddings in the cache. */
  private List<EmbeddingSpace> spaces() {
    return spaces(name);
  }

  private List<EmbeddingSpace> spaces(String store) {
    return Stores.isRedis(store)
        ? storedCaches(store).map(RedisVectorStore.StoredCache::space).distinct().toList()
        : List.of(Stores.spaceOf(store));
  }

  private Stream<RedisVectorStore.StoredCache> storedCaches(String store) {
    return RedisVectorStore.caches(Stores.redis(store, cluster)).stream()
        .filter(cache -> cache.cacheName().equals(cacheName()));
  }

  /** Returns the type of the vectors; FLOAT32 if there are both, or if the listing is denied. */
  private VectorType vectorType(String store, EmbeddingSpace space) {
    try {
      Set<VectorType> types =
          storedCaches(store)
              .filter(cache -> cache.space().equals(space))
              .map(RedisVectorStore.StoredCache::vectorType)
              .collect(Collectors.toSet());
      return types.equals(Set.of(VectorType.FLOAT16)) ? VectorType.FLOAT16 : VectorType.FLOAT32;
    } catch (StoreException e) {
      return VectorType.FLOAT32;
    }
  }

  private String cacheName() {
    return Objects.requireNonNullElse(cacheName, DEFAULT_CACHE_NAME);
  }

  private void checkOptions() {
    if (!Stores.isRedis(name) && (cluster || cacheName != null)) {
      throw new ParameterException(
          spec.commandLine(), "--cluster and --cache-name require a Redis URI as --store");
    }
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
