package io.github.semcache.redis;

import io.github.semcache.store.StateStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A key for each state, without expiry. A change is made here and written only if nobody has
 * written meanwhile; else it is made again of what is there then.
 */
final class StateKeys implements StateStore {
  private static final byte[] NOTHING = {};

  /** Replaces a value that has a digest; an empty digest stands for none. */
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

  StateKeys(RedisCommands commands) {
    this.commands = commands;
  }

  @Override
  public Optional<byte[]> load(String name) {
    return read(key(name));
  }

  @Override
  public void update(String name, Function<Optional<byte[]>, byte[]> change) {
    byte[] key = key(name);
    OptimisticRetry retry = new OptimisticRetry("keep the state " + name);
    while (true) {
      Optional<byte[]> before = read(key);
      byte[] digest = before.map(StateKeys::sha1).orElse(NOTHING);
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
    return commands.translating(
        "read what was learned", () -> Optional.ofNullable(commands.jedis().get(key)));
  }

  private boolean replace(byte[] key, byte[] digest, byte[] state) {
    Object replaced =
        commands.translating(
            "keep what was learned",
            () -> commands.jedis().eval(SCRIPT, List.of(key), List.of(digest, state)));
    return replaced.equals(1L);
  }

  private static byte[] sha1(byte[] state) {
    return Utf8.encode(HexFormat.of().formatHex(digest(state)));
  }

  /** The only digest that a script can make. It tells versions apart; it keeps nobody out. */
  private static byte[] digest(byte[] state) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(state);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
