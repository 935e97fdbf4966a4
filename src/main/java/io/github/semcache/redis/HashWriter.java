package io.github.semcache.redis;

import io.github.semcache.store.NewEntry;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Writes entries, each whole or not at all. With one connection that is a transaction: it costs
 * less than a script. A cluster's pipeline cannot send one, so there it is a script of one key.
 */
final class HashWriter {
  private static final int ENTRIES_PER_TRIP = 256;
  private static final byte[][] NO_ARGUMENTS = {};

  /**
   * HSET comes first: where the server is out of memory it is the one that is refused, and then
   * nothing has been done. An entry that cannot get its expiry is not left behind without one.
   */
  static final byte[] SCRIPT =
      Utf8.encode(
          """
          local key, millis, embedded = KEYS[1], ARGV[1], ARGV[2]
          local function failed(reply) return type(reply) == 'table' and reply.err end
          local reply = redis.pcall('HSET', key, unpack(ARGV, 3))
          if failed(reply) then
            if not string.find(reply.err, 'WRONGTYPE', 1, true) then return reply end
            redis.call('DEL', key)
            reply = redis.call('HSET', key, unpack(ARGV, 3))
          end
          if embedded == '0' then reply = redis.pcall('HDEL', key, 'embedding') end
          if not failed(reply) then
            if millis == '0' then reply = redis.pcall('PERSIST', key)
            else reply = redis.pcall('PEXPIRE', key, millis) end
          end
          if failed(reply) then
            redis.call('DEL', key)
            return reply
          end
          return 1
          """);

  private final RedisCommands commands;

  HashWriter(RedisCommands commands) {
    this.commands = commands;
  }

  void write(List<NewEntry> insertions) {
    for (int from = 0; from < insertions.size(); from += ENTRIES_PER_TRIP) {
      writeTogether(insertions.subList(from, Math.min(insertions.size(), from + ENTRIES_PER_TRIP)));
    }
  }

  private void writeTogether(List<NewEntry> insertions) {
    List<NewEntry> redirected =
        commands.pipelined(
            "write an entry",
            pipeline -> {
              List<List<Response<Object>>> replies =
                  insertions.stream().map(insertion -> send(pipeline, insertion)).toList();
              pipeline.sync();
              return redirected(insertions, replies);
            });
    // A pipeline does not follow a cluster's redirections; a single command does.
    redirected.forEach(
        insertion ->
            commands.translating(
                "write an entry",
                () ->
                    commands
                        .jedis()
                        .eval(SCRIPT, List.of(documentKey(insertion)), arguments(insertion))));
  }

  private List<Response<Object>> send(AbstractPipeline pipeline, NewEntry insertion) {
    return pipeline instanceof Pipeline connection
        ? sendTransaction(connection, insertion)
        : List.of(pipeline.eval(SCRIPT, List.of(documentKey(insertion)), arguments(insertion)));
  }

  private List<Response<Object>> sendTransaction(Pipeline connection, NewEntry insertion) {
    byte[] key = documentKey(insertion);
    Arguments hash = new Arguments().add(key);
    HashCodec.encode(insertion).forEach(hash::add);
    List<Response<Object>> replies = new ArrayList<>();
    replies.add(connection.sendCommand(Command.MULTI, NO_ARGUMENTS));
    replies.add(connection.sendCommand(Command.DEL, key));
    replies.add(connection.sendCommand(Command.HSET, hash.toArray()));
    if (insertion.timeToLive().isPresent()) {
      replies.add(connection.sendCommand(Command.PEXPIRE, key, Utf8.encode(millis(insertion))));
    }
    replies.add(connection.sendCommand(Command.EXEC, NO_ARGUMENTS));
    return replies;
  }

  static List<byte[]> arguments(NewEntry insertion) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(Utf8.encode(millis(insertion)));
    arguments.add(Utf8.encode(insertion.embedding().isPresent() ? "1" : "0"));
    arguments.addAll(HashCodec.encode(insertion));
    return arguments;
  }

  private static String millis(NewEntry insertion) {
    return insertion.timeToLive().map(time -> Long.toString(time.toMillis())).orElse("0");
  }

  private byte[] documentKey(NewEntry insertion) {
    return commands.keys().documentKey(insertion.entry().key());
  }

  /**
   * The insertions that belong to another node of the cluster.
   *
   * @throws JedisDataException if one failed for another reason
   */
  private static List<NewEntry> redirected(
      List<NewEntry> insertions, List<List<Response<Object>>> replies) {
    List<NewEntry> redirected = new ArrayList<>();
    for (int i = 0; i < insertions.size(); i++) {
      try {
        replies.get(i).forEach(HashWriter::check);
      } catch (JedisRedirectionException e) {
        redirected.add(insertions.get(i));
      }
    }
    return redirected;
  }

  private static void check(Response<Object> reply) {
    // EXEC answers with a list in which the failures of its commands stand.
    if (reply.get() instanceof List<?> results) {
      for (Object result : results) {
        if (result instanceof JedisDataException failure) {
          throw failure;
        }
      }
    }
  }
}
