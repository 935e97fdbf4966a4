package io.github.semcache.redis;

import io.github.semcache.store.StateStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Stores each state in a separate key without expiry. An update is a compare-and-set loop: it is
 * applied again if another writer has changed the state in the meantime.
 */
final class RedisStateStore implements StateStore {
  private static final byte[] NO_STATE = {};

  /** Replaces a value with the given SHA-1 digest. An empty digest stands for a missing value. */
  private static final byte[] SCRIPT =
      Utf8.encode(
          """
          local value = redis.call('GET', KEYS[1])
          local digest = value and redis.sha1hex(value) or ''
          if digest ~= ARGV[1] then return 0 end
          redis.call('SET', KEYS[1], ARGV[2])
          return 1
          """);

  private final RedisCommands commands;

  RedisStateStore(RedisCommands commands) {
    this.commands = commands;
  }

  @Override
  public Optional<byte[]> load(String name) {
    return read(key(name));
  }

  @Override
  public void update(String name, Function<Optional<byte[]>, byte[]> change) {
    byte[] key = key(name);
    OptimisticRetry retry = new OptimisticRetry("update the state " + name);
    while (true) {
      Optional<byte[]> before = read(key);
      byte[] digest = before.map(RedisStateStore::sha1).orElse(NO_STATE);
      if (replace(key, digest, change.apply(before))) {
        return;
      }
      retry.attemptFailed();
    }
  }

  private byte[] key(String name) {
    return commands.keys().stateKey(StateStore.checkName(name));
  }

  private Optional<byte[]> read(byte[] key) {
    return commands.translate(
        "read learned state", () -> Optional.ofNullable(commands.jedis().get(key)));
  }

  private boolean replace(byte[] key, byte[] digest, byte[] state) {
    Object replaced =
        commands.translate(
            "write learned state",
            () -> commands.jedis().eval(SCRIPT, List.of(key), List.of(digest, state)));
    return replaced.equals(1L);
  }

  private static byte[] sha1(byte[] state) {
    return Utf8.encode(HexFormat.of().formatHex(digest(state)));
  }

  /**
   * Returns the SHA-1 digest, the only one that a script can compute. It detects changes and is no
   * security measure.
   */
  private static byte[] digest(byte[] state) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(state);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
