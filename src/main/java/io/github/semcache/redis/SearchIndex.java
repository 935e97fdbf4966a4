package io.github.semcache.redis;

import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.store.StoreException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** The search index of a store on the server. */
final class SearchIndex {
  private static final Logger log = LoggerFactory.getLogger(SearchIndex.class);

  private final RedisCommands commands;
  private final IndexSchema schema;
  private final SearchEngine engine;
  private final AtomicBoolean indexingFailuresLogged = new AtomicBoolean();

  SearchIndex(RedisCommands commands, IndexSchema schema, SearchEngine engine) {
    this.commands = commands;
    this.schema = schema;
    this.engine = engine;
  }

  String name() {
    return commands.keys().indexName();
  }

  /**
   * Creates the index. The server then indexes the existing entries in the background.
   *
   * @return false if the index exists already
   * @throws StoreException if a command fails, or if the search module does not support the schema
   */
  boolean create() {
    checkSupport(engine.identify());
    try {
      commands.sendToAnyNode(
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

  private void checkSupport(SearchEngine.Module module) {
    if (schema.vectorType() == VectorType.FLOAT16 && !engine.mayUnderstandFloat16()) {
      throw new StoreException(
          "vectorType is FLOAT16, but the server has "
              + module
              + "; it must have RediSearch 2.10 or later");
    }
    if (schema.textFields() && !engine.mayUnderstandText()) {
      throw new StoreException(
          "textFields is set, but the server has "
              + module
              + "; it must have RediSearch, or valkey-search 1.2 or later");
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
    IndexDescription found = info();
    engine.identifyBy(found);
    List<String> differences = schema.differences(found);
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
      IndexDescription info = info();
      String failures = info.indexingFailures();
      if (!failures.equals("0") && !indexingFailuresLogged.getAndSet(true)) {
        log.info(
            "Redis failed to add {} hashes to the index {}; removing the entries of a scope"
                + " therefore scans all keys",
            failures,
            name());
      }
      return failures.equals("0") && info.isIndexed();
    } catch (StoreException e) {
      return false;
    }
  }

  /** Returns the number of entries in the index, including expired ones that are not deleted. */
  long entryCount() {
    IndexDescription info = info();
    return RedisExceptions.translate("count the entries", info::documentCount);
  }

  /** Drops the index, if it exists, and keeps the entries. */
  void drop() {
    try {
      commands.sendToAnyNode(
          "drop the index " + name(), SearchCommand.DROPINDEX, Utf8.encode(name()));
    } catch (StoreException e) {
      if (!RedisExceptions.isMissingIndex(e.getCause())) {
        throw e;
      }
    }
  }

  private IndexDescription info() {
    String action = "describe the index " + name();
    Object reply = commands.sendToAnyNode(action, SearchCommand.INFO, Utf8.encode(name()));
    return RedisExceptions.translate(action, () -> new IndexDescription((List<?>) reply));
  }
}
