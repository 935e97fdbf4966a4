package io.github.semcache.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.NewEntry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.search.FTSearchParams;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;
import redis.clients.jedis.search.SearchResult;

/**
 * The commands that the store sends, sent with Jedis alone: everything that can be made ready is,
 * and replies are left as they come, but for {@link #search(String, Embedding)}.
 */
final class PlainJedis {
  private static final String[] RETURNED = {
    "scope", "created_at", "prompt", "answer", "attributes", "distance"
  };
  private static final byte[][] ENTRY_FIELDS = {
    bytes("scope"), bytes("created_at"), bytes("prompt"), bytes("answer"), bytes("attributes")
  };
  private static final String MILLIS = "3600000";

  private final RedisClient client;
  private final String index;

  /** The keys of the entries begin with the name of the index and a colon. */
  PlainJedis(RedisClient client, String index) {
    this.client = client;
    this.index = index;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] bytes(Embedding embedding) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * embedding.dimension()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(embedding.toArray());
    return bytes.array();
  }

  byte[] documentKey(String entryKey) {
    return bytes(index + ":" + entryKey);
  }

  /** HMGET of what makes an entry. */
  List<byte[]> read(byte[] documentKey) {
    return client.hmget(documentKey, ENTRY_FIELDS);
  }

  /** HGET of the answer alone. */
  byte[] readAnswer(byte[] documentKey) {
    return client.hget(documentKey, ENTRY_FIELDS[3]);
  }

  /** The arguments of FT.SEARCH. */
  byte[][] searchArguments(String query, Embedding probe) {
    List<byte[]> arguments =
        new ArrayList<>(List.of(bytes(index), bytes(query), bytes("PARAMS"), bytes("2")));
    arguments.add(bytes("v"));
    arguments.add(bytes(probe));
    arguments.add(bytes("RETURN"));
    arguments.add(bytes(Integer.toString(RETURNED.length)));
    for (String field : RETURNED) {
      arguments.add(bytes(field));
    }
    for (String text : List.of("LIMIT", "0", Integer.toString(Corpus.K), "DIALECT", "2")) {
      arguments.add(bytes(text));
    }
    return arguments.toArray(byte[][]::new);
  }

  /** FT.SEARCH with a raw reply. */
  @SuppressWarnings("deprecation") // what the store uses too
  Object search(byte[][] arguments) {
    return client.sendCommand(arguments[0], SearchCommand.SEARCH, arguments);
  }

  /** FT.SEARCH as Jedis's users write it, with the reply in Jedis's classes. */
  SearchResult search(String query, Embedding probe) {
    return client.ftSearch(
        index,
        query,
        FTSearchParams.searchParams()
            .addParam("v", bytes(probe))
            .returnFields(RETURNED)
            .limit(0, Corpus.K)
            .dialect(2));
  }

  /** The arguments of HSET, its key first. */
  byte[][] hash(NewEntry insertion) {
    CacheEntry entry = insertion.entry();
    List<byte[]> hash = new ArrayList<>(List.of(documentKey(entry.key())));
    List<byte[]> values =
        List.of(
            bytes(entry.scope()),
            bytes(Long.toString(entry.createdAt().toEpochMilli())),
            bytes(entry.prompt()),
            bytes(entry.answer()),
            bytes("{\"finish_reason\":\"STOP\",\"model\":\"bench\"}"));
    for (int i = 0; i < ENTRY_FIELDS.length; i++) {
      hash.addAll(List.of(ENTRY_FIELDS[i], values.get(i)));
    }
    hash.addAll(List.of(bytes("embedding"), bytes(insertion.embedding().orElseThrow())));
    return hash.toArray(byte[][]::new);
  }

  /** MULTI, HSET, PEXPIRE, EXEC in one round trip; the reply of EXEC. */
  Object write(byte[][] hash) {
    try (Pipeline pipeline = client.pipelined()) {
      pipeline.sendCommand(Command.MULTI, new byte[0][]);
      pipeline.sendCommand(Command.HSET, hash);
      pipeline.sendCommand(Command.PEXPIRE, hash[0], bytes(MILLIS));
      Response<Object> executed = pipeline.sendCommand(Command.EXEC, new byte[0][]);
      pipeline.sync();
      return executed.get();
    }
  }
}
