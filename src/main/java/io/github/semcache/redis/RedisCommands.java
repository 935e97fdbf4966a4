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
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;
import redis.clients.jedis.ScanIteration;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/**
 * Sends the commands of one cache. Each method takes one round trip. Search commands are sent
 * unparsed, because the search methods of Jedis decode whole documents into strings and maps.
 *
 * <p>Every method throws {@link StoreException} if Jedis throws an exception.
 */
final class RedisCommands {
  private final JedisProvider provider;
  private final KeyNaming keys;

  RedisCommands(JedisProvider provider, KeyNaming keys) {
    this.provider = provider;
    this.keys = keys;
  }

  KeyNaming keys() {
    return keys;
  }

  /** Returns the values of some fields of a hash, null for a missing field. */
  @SuppressWarnings("unchecked") // the reply to HMGET is a list of bulk strings or nulls
  List<byte @Nullable []> fields(byte[] documentKey, List<byte[]> names) {
    Arguments arguments = new Arguments().add(documentKey);
    names.forEach(arguments::add);
    return (List<byte @Nullable []>)
        translate("find an entry", () -> send(documentKey, Command.HMGET, arguments.toArray()));
  }

  /**
   * Searches the index.
   *
   * @throws StoreException also if the server reports that the result is incomplete
   */
  SearchReply search(String action, byte[]... arguments) {
    return complete(
        action,
        translate(
            action, () -> SearchReply.of(send(randomKey(), SearchCommand.SEARCH, arguments))));
  }

  /**
   * Searches the index several times in one round trip.
   *
   * @return the replies; empty in a cluster, whose pipelines send no commands without a key
   * @throws StoreException also if the server reports that a result is incomplete
   */
  Optional<List<SearchReply>> searchAll(String action, List<byte[][]> searches) {
    Optional<List<Response<Object>>> replies =
        pipelined(action, pipeline -> sendSearches(pipeline, searches));
    return replies
        .map(
            sent ->
                translate(
                    action, () -> sent.stream().map(Response::get).map(SearchReply::of).toList()))
        .map(found -> found.stream().map(reply -> complete(action, reply)).toList());
  }

  private static Optional<List<Response<Object>>> sendSearches(
      AbstractPipeline pipeline, List<byte[][]> searches) {
    if (!(pipeline instanceof Pipeline)) {
      return Optional.empty();
    }
    List<Response<Object>> sent =
        searches.stream()
            .map(arguments -> pipeline.sendCommand(SearchCommand.SEARCH, arguments))
            .toList();
    pipeline.sync();
    return Optional.of(sent);
  }

  private static SearchReply complete(String action, SearchReply reply) {
    if (!reply.warnings().isEmpty()) {
      throw new StoreException(
          "Redis failed to " + action + ": the result is incomplete: " + reply.warnings());
    }
    return reply;
  }

  /** Sends a command without a key, for example one that creates or describes the index. */
  Object sendToAnyNode(String action, ProtocolCommand command, byte[]... arguments) {
    return translate(action, () -> send(randomKey(), command, arguments));
  }

  /**
   * Returns a key that selects the node of an index command, which itself has no key. A random key
   * distributes the commands over the nodes. Without a key, the cluster client of Jedis 7 sends a
   * PING first to find a node. Other clients ignore the key.
   */
  private static byte[] randomKey() {
    return Integer.toString(ThreadLocalRandom.current().nextInt()).getBytes(US_ASCII);
  }

  // The replacement in Jedis 8 fails with the cluster client of Jedis 7.
  @SuppressWarnings("deprecation")
  private Object send(byte[] key, ProtocolCommand command, byte[]... arguments) {
    return jedis().sendCommand(key, command, arguments);
  }

  /** Sends commands in a pipeline and reads their replies. */
  <T> T pipelined(String action, Function<AbstractPipeline, T> commands) {
    return translate(
        action,
        () -> {
          try (AbstractPipeline pipeline = JedisClients.pipelined(jedis())) {
            return commands.apply(pipeline);
          }
        });
  }

  /**
   * Sends a command for each item in one round trip. A pipeline does not follow the redirections of
   * a cluster, so the commands that were redirected are sent again without it.
   *
   * @param items the keys of the commands, or objects with a key each
   * @param pipelined sends the command through the pipeline
   * @param single sends the command without a pipeline
   * @return the replies, null if the key holds a value of another type
   */
  <K, T> List<@Nullable T> sendForEach(
      String action,
      List<K> items,
      BiFunction<AbstractPipeline, K, Response<T>> pipelined,
      BiFunction<UnifiedJedis, K, @Nullable T> single) {
    List<Response<T>> replies =
        pipelined(
            action,
            pipeline -> {
              List<Response<T>> sent =
                  items.stream().map(item -> pipelined.apply(pipeline, item)).toList();
              pipeline.sync();
              return sent;
            });
    return translate(
        action,
        () -> {
          List<@Nullable T> results = new ArrayList<>();
          for (int i = 0; i < items.size(); i++) {
            results.add(result(replies.get(i), items.get(i), single));
          }
          return results;
        });
  }

  private <K, T> @Nullable T result(
      Response<T> reply, K item, BiFunction<UnifiedJedis, K, @Nullable T> single) {
    try {
      return result(reply, jedis -> single.apply(jedis, item));
    } catch (JedisDataException e) {
      if (RedisExceptions.isWrongType(e)) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Returns the reply to a command of a pipeline. If a cluster redirected the command, it is sent
   * again without the pipeline.
   *
   * @param single sends the command without a pipeline
   */
  <T extends @Nullable Object> T reply(
      String action, Response<T> reply, Function<UnifiedJedis, T> single) {
    return translate(action, () -> result(reply, single));
  }

  private <T extends @Nullable Object> T result(
      Response<T> reply, Function<UnifiedJedis, T> single) {
    try {
      return reply.get();
    } catch (JedisRedirectionException e) {
      return single.apply(jedis());
    }
  }

  /** Returns the keys of all entries on all nodes. Each batch takes one round trip. */
  Stream<List<byte[]>> scanKeys(int batchSize) {
    String action = "list entries";
    // The prefix contains no glob characters.
    ScanIteration scan =
        translate(action, () -> jedis().scanIteration(batchSize, keys.entryPrefix() + "*"));
    Supplier<Optional<Collection<String>>> nextBatch =
        () -> scan.isIterationCompleted() ? Optional.empty() : Optional.of(scan.nextBatchList());
    return Stream.generate(() -> translate(action, nextBatch))
        .takeWhile(Optional::isPresent)
        .map(batch -> batch.orElseThrow().stream().map(Utf8::encode).toList())
        .filter(batch -> !batch.isEmpty());
  }

  /** Calls Jedis; see {@link RedisExceptions#translate}. */
  <T> T translate(String action, Supplier<T> call) {
    try {
      return RedisExceptions.translate(action, call);
    } catch (StoreException e) {
      provider.onFailure(e);
      throw e;
    }
  }

  /**
   * Returns the client.
   *
   * @throws StoreException if it is not open and cannot be opened
   */
  UnifiedJedis jedis() {
    return provider.get();
  }
}
