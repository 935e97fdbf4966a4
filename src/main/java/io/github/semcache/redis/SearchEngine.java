package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol.Command;

/**
 * The search module of the server, and which parts of the query language it understands. RediSearch
 * and valkey-search have the same commands, but valkey-search has no query plans ({@code
 * HYBRID_POLICY}), only FLOAT32 vectors, and before version 1.2 no queries without a vector.
 *
 * <p>The module is identified once: by the reply to HELLO, which every user may send, otherwise by
 * the reply to MODULE LIST, otherwise by the format of FT.INFO. If it remains unknown, queries are
 * sent as to RediSearch. If such a query fails and succeeds without a feature, the feature is not
 * used again.
 *
 * <p>This class is thread-safe.
 */
final class SearchEngine {
  private static final Logger log = LoggerFactory.getLogger(SearchEngine.class);

  /** The names under which the module is loaded. */
  private static final List<String> MODULE_NAMES = List.of("search", "searchlight", "ft");

  /** RediSearch 2.10. */
  private static final long FIRST_REDISEARCH_WITH_FLOAT16 = 21_000;

  /** valkey-search 1.2. */
  private static final long FIRST_VALKEY_WITH_TEXT_SEARCH = 0x1_02_00;

  private static final long VALKEY_1_1 = 0x1_01_00;

  /** The search modules. */
  enum Kind {
    REDISEARCH,
    VALKEY_SEARCH,
    UNKNOWN
  }

  /**
   * An identified module.
   *
   * @param version the version number as reported by the server; empty if unknown
   */
  record Module(Kind kind, OptionalLong version) {
    static final Module UNKNOWN = new Module(Kind.UNKNOWN, OptionalLong.empty());

    private boolean isOlderThan(long first) {
      return version.isPresent() && version.getAsLong() < first;
    }

    /**
     * Returns the kind of a module by its version number. RediSearch has decimal numbers: 20000 to
     * 29999 for version 2, 80000 and higher for the versions of Redis 8. valkey-search 1.0 has
     * 10000 to 10002, and later versions have 8 bits each for the minor and the patch version, so
     * that 1.1.0 is 65792.
     */
    static Kind kind(long version, boolean isValkey) {
      boolean inGap = version < 20_000 || (version >= 0x1_00_00 && version < 80_000);
      return inGap || (isValkey && version >= 80_000) ? Kind.VALKEY_SEARCH : Kind.REDISEARCH;
    }

    @Override
    public String toString() {
      String name =
          switch (kind) {
            case REDISEARCH -> "RediSearch";
            case VALKEY_SEARCH -> "valkey-search";
            case UNKNOWN -> "an unknown search module";
          };
      return version.isPresent() ? name + " (version " + version.getAsLong() + ")" : name;
    }
  }

  private final RedisCommands commands;
  private volatile @Nullable Module module;
  private volatile boolean hybridPolicyRejected;
  private volatile boolean filterQueriesRejected;

  SearchEngine(RedisCommands commands) {
    this.commands = commands;
  }

  /**
   * Identifies the module, unless it was identified before. Takes one round trip, or two if the
   * reply to HELLO does not list the modules.
   *
   * @throws StoreException if the server cannot be reached or is not ready
   */
  Module identify() {
    Module known = module;
    if (known == null) {
      known =
          identify(SearchEngine::ofHello, Command.HELLO)
              .or(() -> identify(SearchEngine::ofModules, Command.MODULE, Utf8.encode("LIST")))
              .orElse(Module.UNKNOWN);
      log.debug("The server has {}", known);
      module = known;
    }
    return known;
  }

  private Optional<Module> identify(
      Function<List<?>, Optional<Module>> parser, Command command, byte[]... arguments) {
    try {
      return parser.apply(
          (List<?>) commands.sendToAnyNode("identify the search module", command, arguments));
    } catch (StoreException e) {
      if (RedisExceptions.isTransient(e)) {
        throw e;
      }
      return Optional.empty(); // The command is unknown or forbidden.
    } catch (ClassCastException e) {
      return Optional.empty();
    }
  }

  private static Optional<Module> ofHello(List<?> reply) {
    Map<String, @Nullable Object> hello = ReplyParser.map(reply);
    boolean isValkey = ReplyParser.text(hello.get("server")).equals("valkey");
    Optional<Module> listed = ofModules(ReplyParser.list(hello.get("modules")), isValkey);
    return isValkey
        ? listed.or(() -> Optional.of(new Module(Kind.VALKEY_SEARCH, OptionalLong.empty())))
        : listed;
  }

  private static Optional<Module> ofModules(List<?> modules) {
    return ofModules(modules, false);
  }

  private static Optional<Module> ofModules(List<?> modules, boolean isValkey) {
    for (Object each : modules) {
      Map<String, @Nullable Object> properties = ReplyParser.map(ReplyParser.list(each));
      if (MODULE_NAMES.contains(ReplyParser.text(properties.get("name")))
          && properties.get("ver") instanceof Long version) {
        return Optional.of(new Module(Module.kind(version, isValkey), OptionalLong.of(version)));
      }
    }
    return Optional.empty();
  }

  /** Identifies a module that is still unknown by its description of an index. */
  void identifyBy(IndexDescription description) {
    Module known = module;
    if (known == null || known.kind() == Kind.UNKNOWN) {
      description
          .kind()
          .ifPresent(
              kind -> {
                module = new Module(kind, OptionalLong.empty());
                log.debug("The server has {}", module);
              });
    }
  }

  private Module known() {
    Module known = module;
    return known == null ? Module.UNKNOWN : known;
  }

  /** Returns whether queries may have a {@link HybridPolicy}. */
  boolean understandsHybridPolicy() {
    return known().kind() != Kind.VALKEY_SEARCH && !hybridPolicyRejected;
  }

  /**
   * Returns whether the module scales the vector of a query to length 1 before it computes cosine
   * distances. valkey-search 1.0 does not if it compares the vector with all entries that pass the
   * filter, which are then found at wrong distances, negative ones included.
   */
  boolean scalesQueries() {
    return known().kind() == Kind.REDISEARCH;
  }

  /** Returns whether FT.SEARCH accepts queries without a vector, as it does for text search. */
  boolean understandsFilterQueries() {
    return !filterQueriesRejected && mayUnderstandText();
  }

  /**
   * Returns the separator of the tags in {@code @field:{a|b}}, which finds the entries with either
   * tag. valkey-search 1.0 splits the tags of a query at the separator of the index, a comma.
   *
   * @return the separator; empty if it is not known, for later versions of valkey-search
   */
  Optional<String> tagSeparator() {
    if (known().kind() != Kind.VALKEY_SEARCH) {
      return Optional.of("|");
    }
    return known().isOlderThan(VALKEY_1_1) ? Optional.of(",") : Optional.empty();
  }

  /** Returns whether FLOAT16 vectors are supported, or true if that is unknown. */
  boolean mayUnderstandFloat16() {
    return known().kind() != Kind.VALKEY_SEARCH
        && !known().isOlderThan(FIRST_REDISEARCH_WITH_FLOAT16);
  }

  /** Returns whether TEXT fields are supported, or true if that is unknown. */
  boolean mayUnderstandText() {
    return known().kind() != Kind.VALKEY_SEARCH
        || !known().isOlderThan(FIRST_VALKEY_WITH_TEXT_SEARCH);
  }

  /** Records that the server rejected a query because of its {@link HybridPolicy}. */
  void onHybridPolicyRejected() {
    hybridPolicyRejected = true;
    log.info("The server does not understand HYBRID_POLICY; searches are sent without it");
  }

  /** Records that the server rejected a query without a vector. */
  void onFilterQueryRejected() {
    filterQueriesRejected = true;
    log.info("The server has no queries without a vector; entries are selected by scanning keys");
  }

  /** Returns whether a failed query may succeed without its {@link HybridPolicy}. */
  boolean mayHaveRejectedHybridPolicy(StoreException failure) {
    return known().kind() == Kind.UNKNOWN
        && RedisExceptions.isServerError(failure.getCause(), "hybrid_policy", "syntax error");
  }

  /** Returns whether a query failed because it has no vector. */
  boolean hasRejectedFilterQuery(StoreException failure) {
    return known().kind() != Kind.REDISEARCH
        && RedisExceptions.isServerError(
            failure.getCause(), "missing `=>`", "vector query clause is missing");
  }
}
