package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** The search index of a store on the server. */
final class SearchIndex {
  private static final Logger log = LoggerFactory.getLogger(SearchIndex.class);

  private final RedisCommands commands;
  private final IndexSchema schema;
  private final AtomicBoolean indexingFailuresLogged = new AtomicBoolean();

  SearchIndex(RedisCommands commands, IndexSchema schema) {
    this.commands = commands;
    this.schema = schema;
  }

  String name() {
    return commands.keys().indexName();
  }

  /**
   * Creates the index. The server then indexes the existing entries in the background.
   *
   * @return false if the index exists already
   */
  boolean create() {
    try {
      commands.sendIndexCommand(
          "create the index " + name(), SearchCommand.CREATE, schema.createArguments());
      return true;
    } catch (StoreException e) {
      if (RedisExceptions.isExistingIndex(e.getCause())) {
        return false;
      }
      // A replica has the index of its master.
      if (RedisExceptions.isReadOnly(e.getCause()) && exists()) {
        return false;
      }
      throw e;
    }
  }

  private boolean exists() {
    try {
      return !info().isEmpty();
    } catch (StoreException e) {
      return false;
    }
  }

  /**
   * Compares the index on the server with the required schema.
   *
   * @throws StoreException if they differ
   */
  void verify() {
    List<String> differences = schema.differences(info());
    if (!differences.isEmpty()) {
      throw new StoreException(
          "the index "
              + name()
              + " in Redis has a different schema: "
              + String.join("; ", differences)
              + ". Build the store with the options of that index, or with another cacheName; or"
              + " drop the index with FT.DROPINDEX "
              + name()
              + ", which keeps the entries: the next store that is built creates the index and"
              + " Redis indexes the entries again");
    }
  }

  /** Returns whether all entries are in the index, according to the server. */
  boolean isComplete() {
    try {
      Map<String, @Nullable Object> info = info();
      String failures = ReplyParser.text(info.get("hash_indexing_failures"));
      if (!failures.equals("0") && !indexingFailuresLogged.getAndSet(true)) {
        log.info(
            "Redis failed to add {} hashes to the index {}; removing the entries of a scope"
                + " therefore scans all keys",
            failures,
            name());
      }
      return failures.equals("0") && ReplyParser.text(info.get("indexing")).equals("0");
    } catch (StoreException e) {
      return false;
    }
  }

  /** Drops the index, if it exists, and keeps the entries. */
  void drop() {
    try {
      commands.sendIndexCommand(
          "drop the index " + name(), SearchCommand.DROPINDEX, Utf8.encode(name()));
    } catch (StoreException e) {
      if (!RedisExceptions.isMissingIndex(e.getCause())) {
        throw e;
      }
    }
  }

  private Map<String, @Nullable Object> info() {
    String action = "describe the index " + name();
    Object reply = commands.sendIndexCommand(action, SearchCommand.INFO, Utf8.encode(name()));
    return RedisExceptions.translate(action, () -> ReplyParser.map((List<?>) reply));
  }
}
