package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.redis.WriteMethod.Hash;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;

/**
 * Stores each lease in a string with the random token of its holder. The expiry of the key is the
 * end of the lease, so no clock of a client is involved. The key is on the node of the entry's key,
 * so one script reads or writes both.
 */
final class RedisLeases implements LeaseStore {
  private static final String CLAIM = "find an entry and acquire its lease";

  /**
   * Reads the fields of an entry (ARGV 4 onwards, {@code created_at} second) and acquires the lease
   * with a token (ARGV 1) for a number of milliseconds (ARGV 2), if the entry was created at a time
   * (ARGV 3, empty if there is no entry). Returns the outcome, the fence, and the values. The lease
   * is not essential, so an error of SET, for example at {@code maxmemory}, does not fail the call.
   */
  private static final byte[] CLAIM_SCRIPT =
      Utf8.encode(
          """
          local values = redis.call('HMGET', KEYS[1], 'fence', unpack(ARGV, 4))
          local outcome = 'changed'
          local known = (values[3] or '') == ARGV[3]
          if known and (values[3] or redis.call('EXISTS', KEYS[1]) == 0) then
            local reply = redis.pcall('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
            if not reply then outcome = 'held'
            elseif reply.ok then outcome = 'granted' end
          end
          table.insert(values, 1, outcome)
          return values
          """);

  /**
   * Writes an entry with {@link WriteMethod#WRITE_SCRIPT} and ends the lease. Writes nothing if the
   * lease is held with another token than ARGV 1, or if the entry has another creation time or
   * fence than when the lease was granted (ARGV 2 and 3, empty for none).
   */
  private static final byte[] PUT_SCRIPT =
      Utf8.encode(
          """
          local token, created_at, fence = ARGV[1], ARGV[2], ARGV[3]
          for i = 1, 3 do table.remove(ARGV, 1) end
          local holder = redis.call('GET', KEYS[2])
          if holder and holder ~= token then return 0 end
          if holder then redis.call('DEL', KEYS[2]) end
          local now = redis.pcall('HMGET', KEYS[1], 'created_at', 'fence')
          if not now.err and ((now[1] or '') ~= created_at or (now[2] or '') ~= fence) then
            return 0
          end
          """
              + Utf8.decode(WriteMethod.WRITE_SCRIPT));

  private static final byte[] RELEASE_SCRIPT =
      Utf8.encode(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
          return redis.call('DEL', KEYS[1])
          """);

  private static final int OUTCOME = 0;
  private static final int FENCE = 1;
  private static final int FIELDS = 2;
  private static final int CREATED_AT =
      FIELDS + HashCodec.ENTRY_FIELDS.indexOf(HashCodec.CREATED_AT);

  private static final char SEPARATOR = ' ';

  private final RedisCommands commands;
  private final RedisVersions versions;
  private final EmbeddingSpace space;
  private final VectorType vectorType;
  private final Optional<EntryLimiter> limiter;
  private final Optional<NearTier> near;

  RedisLeases(
      RedisCommands commands,
      RedisVersions versions,
      EmbeddingSpace space,
      VectorType vectorType,
      Optional<EntryLimiter> limiter,
      Optional<NearTier> near) {
    this.commands = commands;
    this.versions = versions;
    this.space = space;
    this.vectorType = vectorType;
    this.limiter = limiter;
    this.near = near;
  }

  /** {@inheritDoc} Takes one round trip, or two if one of the versions is missing. */
  @Override
  public Claim claim(
      String key, Set<String> dependencies, Optional<Instant> known, Duration duration) {
    String token = UUID.randomUUID().toString();
    List<byte[]> keys = keys(key);
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(Utf8.encode(token));
    arguments.add(Utf8.encode(Long.toString(LeaseStore.checkDuration(duration).toMillis())));
    arguments.add(Utf8.encode(known.map(time -> Long.toString(time.toEpochMilli())).orElse("")));
    arguments.addAll(HashCodec.ENCODED_ENTRY_FIELDS);
    List<String> terms = List.copyOf(dependencies);
    Replies replies =
        commands.pipelined(
            CLAIM,
            pipeline -> {
              Response<Object> claimed = pipeline.eval(CLAIM_SCRIPT, keys, arguments);
              RedisVersions.Pending pending = versions.request(pipeline, terms);
              pipeline.sync();
              return new Replies(claimed, pending);
            });
    Map<String, String> current = replies.versions.get();
    return claim(key, token, current, values(replies.claimed, key, keys, arguments));
  }

  /** The replies of one pipeline. */
  private record Replies(Response<Object> claimed, RedisVersions.Pending versions) {}

  @SuppressWarnings("unchecked") // the reply of the script is a list of bulk strings or nulls
  private List<byte @Nullable []> values(
      Response<Object> claimed, String key, List<byte[]> keys, List<byte[]> arguments) {
    return (List<byte @Nullable []>)
        EntryReader.request(
            key,
            () ->
                commands.reply(CLAIM, claimed, jedis -> jedis.eval(CLAIM_SCRIPT, keys, arguments)));
  }

  private static Claim claim(
      String key, String token, Map<String, String> versions, List<byte @Nullable []> values) {
    String outcome = text(values.get(OUTCOME));
    List<byte @Nullable []> fields = values.subList(FIELDS, values.size());
    Optional<CacheEntry> entry =
        fields.stream().allMatch(Objects::isNull)
            ? Optional.empty()
            : Optional.of(HashCodec.decode(key, fields));
    String state = text(values.get(CREATED_AT)) + SEPARATOR + text(values.get(FENCE));
    Optional<Lease> lease =
        outcome.equals("granted") ? Optional.of(new Lease(key, token, state)) : Optional.empty();
    return new Claim(entry, versions, lease, outcome.equals("held"));
  }

  private static String text(byte @Nullable [] value) {
    return value == null ? "" : Utf8.decode(value);
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public boolean isHeld(String key) {
    byte[] leaseKey = commands.keys().leaseKey(key);
    return commands.translate("check a lease", () -> commands.jedis().exists(leaseKey));
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public boolean put(NewEntry entry, Lease lease) {
    lease.check(entry);
    SearchArguments.checkScope(entry.entry().scope());
    entry.embedding().ifPresent(space::check);
    int separator = lease.state().indexOf(SEPARATOR);
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(Utf8.encode(lease.token()));
    arguments.add(Utf8.encode(lease.state().substring(0, separator)));
    arguments.add(Utf8.encode(lease.state().substring(separator + 1)));
    arguments.addAll(WriteMethod.scriptArguments(Hash.of(entry, vectorType), lease.token()));
    try {
      Object written =
          commands.translate(
              "write an entry",
              () -> commands.jedis().eval(PUT_SCRIPT, keys(lease.key()), arguments));
      limiter.ifPresent(each -> each.recordWrites(1));
      return written.equals(1L);
    } catch (StoreException e) {
      limiter.ifPresent(each -> each.onWriteFailure(e));
      throw e;
    } finally {
      near.ifPresent(tier -> tier.invalidate(lease.key()));
    }
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public void release(Lease lease) {
    List<byte[]> key = List.of(commands.keys().leaseKey(lease.key()));
    List<byte[]> token = List.of(Utf8.encode(lease.token()));
    Object unused =
        commands.translate(
            "release a lease", () -> commands.jedis().eval(RELEASE_SCRIPT, key, token));
  }

  private List<byte[]> keys(String key) {
    requireNonNull(key, "key");
    return List.of(commands.keys().documentKey(key), commands.keys().leaseKey(key));
  }
}
