package io.github.semcache.redis;

import io.github.semcache.store.VectorStore.NewEntry;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.RestoreParams;

/** How an entry is written atomically. Which methods a user may use depends on its permissions. */
enum WriteMethod {
  /**
   * A transaction, which costs less than a script. The pipeline of a cluster client cannot send
   * transactions.
   */
  TRANSACTION {
    @Override
    void send(AbstractPipeline pipeline, byte[] key, Hash hash, List<Response<?>> replies) {
      replies.add(pipeline.sendCommand(Command.MULTI, NO_ARGUMENTS));
      replies.add(pipeline.sendCommand(Command.DEL, key));
      Arguments fields = new Arguments().add(key);
      hash.fields().forEach(fields::add);
      replies.add(pipeline.sendCommand(Command.HSET, fields.toArray()));
      if (hash.millis() > 0) {
        replies.add(pipeline.sendCommand(Command.PEXPIRE, key, text(hash.millis())));
      }
      replies.add(pipeline.sendCommand(Command.EXEC, NO_ARGUMENTS));
    }
  },

  /** A script with one key. */
  SCRIPT {
    @Override
    void send(AbstractPipeline pipeline, byte[] key, Hash hash, List<Response<?>> replies) {
      replies.add(pipeline.eval(WRITE_SCRIPT, List.of(key), scriptArguments(hash)));
    }
  },

  /**
   * RESTORE with a serialized hash: a single command that replaces the hash and sets its expiry. It
   * is in the ACL category {@code @write}, but also in {@code @dangerous}.
   */
  RESTORE {
    @Override
    void send(AbstractPipeline pipeline, byte[] key, Hash hash, List<Response<?>> replies) {
      replies.add(pipeline.restore(key, hash.millis(), RestorePayload.of(hash.fields()), REPLACE));
    }
  };

  private static final byte[][] NO_ARGUMENTS = {};
  static final RestoreParams REPLACE = RestoreParams.restoreParams().replace();

  /**
   * Writes the fields (ARGV 3 onwards) and the expiry in milliseconds (ARGV 1, 0 for none); removes
   * an old embedding if the entry has none (ARGV 2 is 0). HSET is the first command because it
   * fails if the server is out of memory; the entry is unchanged in that case. If the expiry cannot
   * be set, the entry is deleted.
   */
  static final byte[] WRITE_SCRIPT =
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

  /**
   * An entry as a hash.
   *
   * @param fields alternating names and values
   * @param millis the time to live in milliseconds, 0 for none
   * @param embedded whether the fields include an embedding
   */
  record Hash(List<byte[]> fields, long millis, boolean embedded) {
    static Hash of(NewEntry newEntry, RedisVectorStore.VectorType vectorType) {
      return new Hash(
          HashCodec.encode(newEntry, vectorType),
          newEntry.timeToLive().map(time -> time.toMillis()).orElse(0L),
          newEntry.embedding().isPresent());
    }
  }

  /** Adds the commands that write an entry to a pipeline, and their replies to a list. */
  abstract void send(AbstractPipeline pipeline, byte[] key, Hash hash, List<Response<?>> replies);

  static List<byte[]> scriptArguments(Hash hash) {
    return scriptArguments(hash, "");
  }

  /**
   * Returns the arguments of {@link #WRITE_SCRIPT} for a write under a lease. The script does not
   * delete the fields of the previous entry, so it also replaces the token of the previous lease.
   */
  static List<byte[]> scriptArguments(Hash hash, String token) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(text(hash.millis()));
    arguments.add(Utf8.encode(hash.embedded() ? "1" : "0"));
    arguments.addAll(hash.fields());
    arguments.add(Utf8.encode(HashCodec.FENCE));
    arguments.add(Utf8.encode(token));
    return arguments;
  }

  private static byte[] text(long number) {
    return Utf8.encode(Long.toString(number));
  }
}
