package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** A store's index in the server. */
final class SearchIndex {
  private static final Logger log = LoggerFactory.getLogger(SearchIndex.class);

  private final RedisCommands commands;
  private final IndexSchema schema;
  private final AtomicBoolean failuresTold = new AtomicBoolean();

  SearchIndex(RedisCommands commands, IndexSchema schema) {
    this.commands = commands;
    this.schema = schema;
  }

  String name() {
    return commands.keys().index();
  }

  /**
   * Makes the index. The server then indexes the entries that it has, in the background.
   *
   * @return false if there is one already
   */
  boolean create() {
    try {
      commands.index("make the index " + name(), SearchCommand.CREATE, schema.createArguments());
      return true;
    } catch (StoreException e) {
      if (RedisFailures.isExistingIndex(e.getCause())) {
        return false;
      }
      // A replica gets its index from its master.
      if (RedisFailures.isReadOnly(e.getCause()) && exists()) {
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

  /** Compares the index with what the store needs. */
  void verify() {
    List<String> differences = schema.differences(info());
    if (!differences.isEmpty()) {
      throw new StoreException(
          "Redis has an index "
              + name()
              + " that is not the one this store needs: "
              + String.join("; ", differences)
              + ". Give the store the options that the index was made with, or another cacheName; or"
              + " make the index anew: FT.DROPINDEX "
              + name()
              + " keeps the entries, and the next start makes the index of them");
    }
  }

  /** Whether all entries are in the index, as far as the server says. */
  boolean isComplete() {
    try {
      Map<String, @Nullable Object> info = info();
      String failures = ReplyParser.text(info.get("hash_indexing_failures"));
      if (!failures.equals("0") && !failuresTold.getAndSet(true)) {
        log.info(
            "Index {} has left out {} hashes since it was made, so the entries of a scope are looked"
                + " for among all keys when they are removed",
            name(),
            failures);
      }
      return failures.equals("0") && ReplyParser.text(info.get("indexing")).equals("0");
    } catch (StoreException e) {
      return false;
    }
  }

  /** Drops the index, if there is one, and keeps the entries. */
  void drop() {
    try {
      commands.index("drop the index " + name(), SearchCommand.DROPINDEX, Utf8.encode(name()));
    } catch (StoreException e) {
      if (!RedisFailures.isMissingIndex(e.getCause())) {
        throw e;
      }
    }
  }

  private Map<String, @Nullable Object> info() {
    String action = "describe the index " + name();
    Object reply = commands.index(action, SearchCommand.INFO, Utf8.encode(name()));
    return RedisFailures.translating(action, () -> ReplyParser.map((List<?>) reply));
  }
}
