package io.github.semcache.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore.NewEntry;
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
 * The commands of the Redis store, sent with Jedis alone. Arguments are built in advance where
 * possible, and replies are not decoded, except by {@link #search(String, Embedding)}.
 */
final class PlainJedis {
  private static final String[] RETURNED = {
    "scope", "created_at", "prompt", "answer", "attributes", "distance"
  };
  private static final byte[][] ENTRY_FIELDS = {
    bytes("scope"), bytes("created_at"), bytes("prompt"), bytes("answer"), bytes("attributes")
  };
  private static final String TTL_MILLIS = "3600000";

  private final RedisClient client;
  private final String index;

  /** Creates a client for an index whose document keys start with its name and a colon. */
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

  /** Reads all fields of an entry with HMGET. */
  List<byte[]> read(byte[] documentKey) {
    return client.hmget(documentKey, ENTRY_FIELDS);
  }

  /** Reads all fields of an entry and a string, with HMGET and GET in one round trip. */
  List<byte[]> read(byte[] documentKey, byte[] stringKey) {
    try (Pipeline pipeline = client.pipelined()) {
      Response<List<byte[]>> fields = pipeline.hmget(documentKey, ENTRY_FIELDS);
      Response<byte[]> string = pipeline.get(stringKey);
      pipeline.sync();
      List<byte[]> values = new ArrayList<>(fields.get());
      values.add(string.get());
      return values;
    }
  }

  /** Reads the answer of an entry with HGET. */
  byte[] readAnswer(byte[] documentKey) {
    return client.hget(documentKey, ENTRY_FIELDS[3]);
  }

  /** Returns the arguments of FT.SEARCH. */
  byte[][] searchArguments(String query, Embedding embedding) {
    List<byte[]> arguments =
        new ArrayList<>(List.of(bytes(index), bytes(query), bytes("PARAMS"), bytes("2")));
    arguments.add(bytes("v"));
    arguments.add(bytes(embedding));
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

  /** Runs FT.SEARCH and returns the raw reply. */
  @SuppressWarnings("deprecation") // the store uses it as well
  Object search(byte[][] arguments) {
    return client.sendCommand(arguments[0], SearchCommand.SEARCH, arguments);
  }

  /** Runs FT.SEARCH with the search method of Jedis, which decodes the reply. */
  SearchResult search(String query, Embedding embedding) {
    return client.ftSearch(
        index,
        query,
        FTSearchParams.searchParams()
            .addParam("v", bytes(embedding))
            .returnFields(RETURNED)
            .limit(0, Corpus.K)
            .dialect(2));
  }

  /** Returns the arguments of HSET, starting with the key. */
  byte[][] hash(NewEntry newEntry) {
    CacheEntry entry = newEntry.entry();
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
    hash.addAll(List.of(bytes("embedding"), bytes(newEntry.embedding().orElseThrow())));
    return hash.toArray(byte[][]::new);
  }

  /** Sends MULTI, HSET, PEXPIRE, and EXEC in one round trip and returns the reply of EXEC. */
  Object write(byte[][] hash) {
    try (Pipeline pipeline = client.pipelined()) {
      pipeline.sendCommand(Command.MULTI, new byte[0][]);
      pipeline.sendCommand(Command.HSET, hash);
      pipeline.sendCommand(Command.PEXPIRE, hash[0], bytes(TTL_MILLIS));
      Response<Object> executed = pipeline.sendCommand(Command.EXEC, new byte[0][]);
      pipeline.sync();
      return executed.get();
    }
  }
}
