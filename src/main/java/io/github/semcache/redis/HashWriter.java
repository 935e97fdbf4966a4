package io.github.semcache.redis;

import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.redis.WriteMethod.Hash;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Writes entries, each of them atomically, with the first {@link WriteMethod} that the user may
 * use.
 *
 * <p>This class is thread-safe.
 */
final class HashWriter {
  private static final Logger log = LoggerFactory.getLogger(HashWriter.class);
  static final String ACTION = "write an entry";
  private static final int ENTRIES_PER_ROUND_TRIP = 256;
  private static final byte[] EMPTY_SCRIPT = Utf8.encode("return 1");

  private final RedisCommands commands;
  private final VectorType vectorType;
  private volatile @Nullable WriteMethod selected;

  HashWriter(RedisCommands commands, VectorType vectorType) {
    this.commands = commands;
    this.vectorType = vectorType;
  }

  /**
   * Writes entries in batches. Each batch takes one round trip.
   *
   * @param afterBatch receives the number of entries of each batch after it was written
   */
  void write(List<NewEntry> newEntries, IntConsumer afterBatch) {
    WriteMethod method = method();
    for (int from = 0; from < newEntries.size(); from += ENTRIES_PER_ROUND_TRIP) {
      int to = Math.min(newEntries.size(), from + ENTRIES_PER_ROUND_TRIP);
      writeBatch(method, newEntries.subList(from, to));
      afterBatch.accept(to - from);
    }
  }

  private void writeBatch(WriteMethod method, List<NewEntry> newEntries) {
    try {
      send(method, newEntries);
    } catch (StoreException e) {
      if (RedisExceptions.isForbidden(e.getCause())) {
        selected = null; // A permission was revoked. The next write selects the method again.
      }
      throw e;
    }
  }

  /**
   * Returns the method that this store uses. The first call selects it, in up to two round trips,
   * and without an entry, because the server executes the commands of a forbidden transaction one
   * by one.
   *
   * @throws StoreException if the server cannot be reached
   */
  WriteMethod method() {
    WriteMethod known = selected;
    if (known == null) {
      known = select();
      log.debug("Entries are written with {}", known);
      selected = known;
    }
    return known;
  }

  private WriteMethod select() {
    return commands.pipelined(
        "select the method of writing entries",
        pipeline -> {
          if (pipeline instanceof Pipeline) {
            Response<Object> multi = pipeline.sendCommand(Command.MULTI, new byte[0][]);
            pipeline.sendCommand(Command.EXEC, new byte[0][]);
            pipeline.sync();
            if (!isForbidden(multi)) {
              return WriteMethod.TRANSACTION;
            }
          }
          Response<Object> eval = pipeline.eval(EMPTY_SCRIPT, List.of(documentKey("")), List.of());
          pipeline.sync();
          return isForbidden(eval) ? WriteMethod.RESTORE : WriteMethod.SCRIPT;
        });
  }

  private static boolean isForbidden(Response<Object> reply) {
    try {
      reply.get();
      return false;
    } catch (JedisDataException e) {
      // A redirection of a cluster, for example, means that the command is allowed.
      return RedisExceptions.isForbidden(e);
    }
  }

  private void send(WriteMethod method, List<NewEntry> newEntries) {
    List<NewEntry> redirected =
        commands.pipelined(
            ACTION,
            pipeline -> {
              List<List<Response<?>>> replies =
                  newEntries.stream().map(each -> send(method, pipeline, each)).toList();
              pipeline.sync();
              return redirected(newEntries, replies);
            });
    // A pipeline does not follow the redirections of a cluster; a single command does.
    redirected.forEach(
        newEntry -> commands.translate(ACTION, () -> write(commands.jedis(), method, newEntry)));
  }

  private List<Response<?>> send(WriteMethod method, AbstractPipeline pipeline, NewEntry newEntry) {
    List<Response<?>> replies = new ArrayList<>();
    Hash hash = Hash.of(newEntry, vectorType);
    method.send(pipeline, documentKey(newEntry.entry().key()), hash, replies);
    return replies;
  }

  private Object write(UnifiedJedis jedis, WriteMethod method, NewEntry newEntry) {
    byte[] key = documentKey(newEntry.entry().key());
    Hash hash = Hash.of(newEntry, vectorType);
    return method == WriteMethod.RESTORE
        ? jedis.restore(key, hash.millis(), RestorePayload.of(hash.fields()), WriteMethod.REPLACE)
        : jedis.eval(WriteMethod.WRITE_SCRIPT, List.of(key), WriteMethod.scriptArguments(hash));
  }

  private byte[] documentKey(String entryKey) {
    return commands.keys().documentKey(entryKey);
  }

  /**
   * Returns the entries that belong to another node of the cluster.
   *
   * @throws JedisDataException if a write failed for another reason
   */
  private static List<NewEntry> redirected(
      List<NewEntry> newEntries, List<List<Response<?>>> replies) {
    List<NewEntry> redirected = new ArrayList<>();
    for (int i = 0; i < newEntries.size(); i++) {
      try {
        replies.get(i).forEach(HashWriter::check);
      } catch (JedisRedirectionException e) {
        redirected.add(newEntries.get(i));
      }
    }
    return redirected;
  }

  private static void check(Response<?> reply) {
    // The reply to EXEC is a list that contains the failures of its commands.
    if (reply.get() instanceof List<?> results) {
      for (Object result : results) {
        if (result instanceof JedisDataException failure) {
          throw failure;
        }
      }
    }
  }
}
