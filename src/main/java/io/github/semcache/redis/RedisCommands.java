package io.github.semcache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.semcache.store.StoreException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;
import redis.clients.jedis.ScanIteration;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/**
 * The commands of one cache, each in one round trip. They are sent as they are: Jedis's own search
 * methods would decode whole documents into strings and maps.
 *
 * <p>Every method throws {@link io.github.semcache.store.StoreException} for whatever Jedis throws.
 */
final class RedisCommands {
  private final StoreClient client;
  private final KeySpace keys;

  RedisCommands(StoreClient client, KeySpace keys) {
    this.client = client;
    this.keys = keys;
  }

  KeySpace keys() {
    return keys;
  }

  /** The values of some fields of a hash; null where one is missing. */
  @SuppressWarnings("unchecked") // HMGET answers with a list of bulk strings or nulls
  List<byte @Nullable []> fields(byte[] documentKey, List<byte[]> names) {
    Arguments arguments = new Arguments().add(documentKey);
    names.forEach(arguments::add);
    return (List<byte @Nullable []>)
        translating("find an entry", () -> send(documentKey, Command.HMGET, arguments.toArray()));
  }

  /**
   * Searches.
   *
   * @throws StoreException also if the server says that its result is incomplete
   */
  SearchReply search(String action, byte[]... arguments) {
    SearchReply reply =
        translating(action, () -> SearchReply.of(send(anyKey(), SearchCommand.SEARCH, arguments)));
    if (!reply.warnings().isEmpty()) {
      throw new StoreException(
          "Redis failed to " + action + ": its result is incomplete: " + reply.warnings());
    }
    return reply;
  }

  /** Sends a command about the index. */
  Object index(String action, SearchCommand command, byte[]... arguments) {
    return translating(action, () -> send(anyKey(), command, arguments));
  }

  /**
   * A command about the index concerns no key. But without one, the cluster's client of Jedis 7
   * looks for a node that answers a PING first. So it gets a random one, to spread the work over
   * the nodes. Other clients ignore it.
   */
  private static byte[] anyKey() {
    return Integer.toString(ThreadLocalRandom.current().nextInt()).getBytes(US_ASCII);
  }

  // What Jedis 8 has in its place fails with the cluster's client of Jedis 7.
  @SuppressWarnings("deprecation")
  private Object send(byte[] key, ProtocolCommand command, byte[]... arguments) {
    return jedis().sendCommand(key, command, arguments);
  }

  /** Sends commands together and reads their replies. */
  <T> T pipelined(String action, Function<AbstractPipeline, T> commands) {
    return translating(
        action,
        () -> {
          try (AbstractPipeline pipeline = jedis().pipelined()) {
            return commands.apply(pipeline);
          }
        });
  }

  /**
   * Sends a command for each of some keys, all of them in one round trip. A pipeline does not
   * follow a cluster's redirections; what was redirected is sent again on its own, which does.
   *
   * @param together sends it through the pipeline
   * @param alone sends it on its own
   * @return the replies; null where the key does not hold what the command is for
   */
  <T> List<@Nullable T> each(
      String action,
      List<byte[]> keys,
      BiFunction<AbstractPipeline, byte[], Response<T>> together,
      BiFunction<UnifiedJedis, byte[], @Nullable T> alone) {
    List<Response<T>> replies =
        pipelined(
            action,
            pipeline -> {
              List<Response<T>> sent =
                  keys.stream().map(key -> together.apply(pipeline, key)).toList();
              pipeline.sync();
              return sent;
            });
    return translating(
        action,
        () -> {
          List<@Nullable T> results = new ArrayList<>();
          for (int i = 0; i < keys.size(); i++) {
            results.add(result(replies.get(i), keys.get(i), alone));
          }
          return results;
        });
  }

  private <T> @Nullable T result(
      Response<T> reply, byte[] key, BiFunction<UnifiedJedis, byte[], @Nullable T> alone) {
    try {
      try {
        return reply.get();
      } catch (JedisRedirectionException e) {
        return alone.apply(jedis(), key);
      }
    } catch (JedisDataException e) {
      if (RedisFailures.isWrongType(e)) {
        return null;
      }
      throw e;
    }
  }

  /** The keys of all entries, read from all nodes: each batch is a round trip of its own. */
  Stream<List<byte[]>> keyBatches(int size) {
    String action = "list entries";
    // A prefix has no glob characters.
    ScanIteration scan =
        translating(action, () -> jedis().scanIteration(size, keys.prefix() + "*"));
    Supplier<Optional<Collection<String>>> next =
        () -> scan.isIterationCompleted() ? Optional.empty() : Optional.of(scan.nextBatchList());
    return Stream.generate(() -> translating(action, next))
        .takeWhile(Optional::isPresent)
        .map(batch -> batch.orElseThrow().stream().map(Utf8::encode).toList())
        .filter(batch -> !batch.isEmpty());
  }

  /** Runs what Jedis does; see {@link RedisFailures#translating}. */
  <T> T translating(String action, Supplier<T> jedis) {
    try {
      return RedisFailures.translating(action, jedis);
    } catch (StoreException e) {
      client.failed(e);
      throw e;
    }
  }

  /**
   * The client.
   *
   * @throws StoreException if it is not open, and cannot be opened
   */
  UnifiedJedis jedis() {
    return client.jedis();
  }
}
