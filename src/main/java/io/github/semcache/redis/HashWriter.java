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
 * Writes entries, each of them atomically. On a single server each write is a transaction, which
 * costs less than a script. The pipeline of a cluster client cannot send transactions, so there
 * each write is a script with one key.
 */
final class HashWriter {
  private static final int ENTRIES_PER_ROUND_TRIP = 256;
  private static final byte[][] NO_ARGUMENTS = {};

  /**
   * Writes the fields (ARGV 3 onwards) and the expiry in milliseconds (ARGV 1, 0 for none); removes
   * an old embedding if the entry has none (ARGV 2 is 0). HSET is the first command because it
   * fails if the server is out of memory; the entry is unchanged in that case. If the expiry cannot
   * be set, the entry is deleted.
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

  /** The field with the token of the lease under which an entry was written; empty for none. */
  static final String FENCE = "fence";

  private final RedisCommands commands;

  HashWriter(RedisCommands commands) {
    this.commands = commands;
  }

  void write(List<NewEntry> newEntries) {
    for (int from = 0; from < newEntries.size(); from += ENTRIES_PER_ROUND_TRIP) {
      int to = Math.min(newEntries.size(), from + ENTRIES_PER_ROUND_TRIP);
      writeBatch(newEntries.subList(from, to));
    }
  }

  private void writeBatch(List<NewEntry> newEntries) {
    List<NewEntry> redirected =
        commands.pipelined(
            "write an entry",
            pipeline -> {
              List<List<Response<Object>>> replies =
                  newEntries.stream().map(newEntry -> send(pipeline, newEntry)).toList();
              pipeline.sync();
              return redirected(newEntries, replies);
            });
    // A pipeline does not follow the redirections of a cluster; a single command does.
    redirected.forEach(
        newEntry ->
            commands.translate(
                "write an entry",
                () ->
                    commands
                        .jedis()
                        .eval(SCRIPT, List.of(documentKey(newEntry)), arguments(newEntry))));
  }

  private List<Response<Object>> send(AbstractPipeline pipeline, NewEntry newEntry) {
    return pipeline instanceof Pipeline singleServer
        ? sendTransaction(singleServer, newEntry)
        : List.of(pipeline.eval(SCRIPT, List.of(documentKey(newEntry)), arguments(newEntry)));
  }

  private List<Response<Object>> sendTransaction(Pipeline pipeline, NewEntry newEntry) {
    byte[] key = documentKey(newEntry);
    Arguments hash = new Arguments().add(key);
    HashCodec.encode(newEntry).forEach(hash::add);
    List<Response<Object>> replies = new ArrayList<>();
    replies.add(pipeline.sendCommand(Command.MULTI, NO_ARGUMENTS));
    replies.add(pipeline.sendCommand(Command.DEL, key));
    replies.add(pipeline.sendCommand(Command.HSET, hash.toArray()));
    if (newEntry.timeToLive().isPresent()) {
      replies.add(pipeline.sendCommand(Command.PEXPIRE, key, Utf8.encode(millis(newEntry))));
    }
    replies.add(pipeline.sendCommand(Command.EXEC, NO_ARGUMENTS));
    return replies;
  }

  static List<byte[]> arguments(NewEntry newEntry) {
    return arguments(newEntry, "");
  }

  /** Returns the arguments of {@link #SCRIPT} for a write under a lease. */
  static List<byte[]> arguments(NewEntry newEntry, String token) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(Utf8.encode(millis(newEntry)));
    arguments.add(Utf8.encode(newEntry.embedding().isPresent() ? "1" : "0"));
    arguments.addAll(HashCodec.encode(newEntry));
    arguments.add(Utf8.encode(FENCE));
    arguments.add(Utf8.encode(token));
    return arguments;
  }

  private static String millis(NewEntry newEntry) {
    return newEntry.timeToLive().map(time -> Long.toString(time.toMillis())).orElse("0");
  }

  private byte[] documentKey(NewEntry newEntry) {
    return commands.keys().documentKey(newEntry.entry().key());
  }

  /**
   * Returns the entries that belong to another node of the cluster.
   *
   * @throws JedisDataException if a write failed for another reason
   */
  private static List<NewEntry> redirected(
      List<NewEntry> newEntries, List<List<Response<Object>>> replies) {
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

  private static void check(Response<Object> reply) {
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
