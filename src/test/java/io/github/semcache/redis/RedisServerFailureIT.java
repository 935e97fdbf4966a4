package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.redis.WriteMethod.Hash;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.FakeClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.UnifiedJedis;

/** Failures of a real server. */
@EnabledIfRedis(EnabledIfRedis.Need.OWN)
class RedisServerFailureIT extends RedisFixture {
  @Override
  URI server() {
    return RedisServers.own();
  }

  @AfterEach
  void resetServer() {
    jedis.configSet("maxmemory", "0");
    command(Command.REPLICAOF, "NO", "ONE");
    command(Command.ACL, "DELUSER", "app");
  }

  private void command(Command command, String... words) {
    jedis.executeCommand(new CommandArguments(command).addObjects((Object[]) words));
  }

  private static void assertFails(String error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(error)
        .hasMessageNotContaining("secret");
  }

  private CacheEntry replacement(CacheEntry entry) {
    return entry(SCOPE, entry.prompt(), "secret", Instant.now());
  }

  @Test
  void writeAtTheMemoryLimitChangesNothingAndLookupsSucceed() {
    CacheEntry entry = put(store, "what?", 0);
    jedis.configSet("maxmemory", "1");

    assertFails(
        "OOM", () -> store.put(List.of(withoutExpiry(replacement(entry), atAngle(DIMENSION, 90)))));

    assertFails("OOM", () -> store.updateAttributes(entry.key(), old -> old.group("other")));
    assertThat(store.find(entry.key())).contains(entry);
    assertThat(nearest(store)).containsExactly(entry);
    assertThat(store.remove(new EntrySelector.ByKey(entry.key()))).isEqualTo(1);
  }

  @Test
  void replicaRejectsWritesAndAnswersLookups() {
    CacheEntry entry = put(store, "what?", 0);
    command(Command.REPLICAOF, "127.0.0.1", "1");

    assertFails("READONLY", () -> store.save("policy", new byte[] {1}));
    assertFails("READONLY", () -> store.updateAttributes(entry.key(), old -> old.group("other")));
    assertFails(
        "READONLY",
        () -> store.put(List.of(withoutExpiry(replacement(entry), atAngle(DIMENSION, 0)))));

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(nearest(store)).containsExactly(entry);
    assertThat(nearest(builder().build())).as("a new store").containsExactly(entry);
  }

  private URI asUser(String... permissions) {
    command(Command.ACL, "SETUSER", "app", "reset", "on", ">pass:word/%");
    for (String permission : permissions) {
      command(Command.ACL, "SETUSER", "app", permission);
    }
    URI server = server();
    return URI.create("redis://app:pass%3Aword%2F%25@" + server.getHost() + ":" + server.getPort());
  }

  private RedisVectorStore.Builder builderFor(URI uri) {
    return RedisVectorStore.builder(RedisConnection.of(uri), SPACE).cacheName(cacheName);
  }

  @Test
  void documentedPermissionsSufficeForAllOperations() {
    URI user = asUser(RedisGuide.permissions("### Single server", cacheName));

    try (RedisVectorStore limited = builderFor(user).build()) {
      assertAllOperationsSucceed(limited);
    }
  }

  @Test
  void scriptWithoutPermissionForPexpireLeavesNoEntryWithoutExpiry() {
    CacheEntry entry = entry(SCOPE, "what?", "answer", Instant.now());
    NewEntry insertion =
        new NewEntry(entry, Optional.of(atAngle(DIMENSION, 0)), Optional.of(Duration.ofMinutes(1)));
    URI user = asUser("~" + cacheName + ":*", "+eval", "+hset", "+hdel", "+del", "+persist");

    try (UnifiedJedis limited = RedisConnection.of(user).open()) {
      assertThatThrownBy(
              () ->
                  limited.eval(
                      WriteMethod.WRITE_SCRIPT,
                      List.of(Utf8.encode(documentKey(entry))),
                      WriteMethod.scriptArguments(Hash.of(insertion, VectorType.FLOAT32))))
          .hasMessageContaining("pexpire");
    }
    assertThat(jedis.exists(documentKey(entry))).isFalse();
  }

  @Test
  void userWithPermissionForLookupsOnlyUsesAnAssumedIndex() {
    CacheEntry entry = put(store, "what?", 0);
    URI user = asUser(RedisGuide.permissions("### Lookups only", cacheName));

    assertFails("NOPERM", () -> builderFor(user).build());
    try (RedisVectorStore reader = builderFor(user).assumeIndex().build()) {
      assertThat(reader.find(entry.key())).contains(entry);
      assertThat(nearest(reader)).containsExactly(entry);
      assertFails("NOPERM", () -> put(reader, "secret", 0));
      assertFails("NOPERM", () -> reader.updateAttributes(entry.key(), old -> old.group("g")));
      assertFails("NOPERM", () -> removeAll(reader));
      assertFails("NOPERM", () -> reader.load("policy"));
      assertFails("NOPERM", () -> reader.save("policy", new byte[] {1}));
    }
  }

  @Test
  void storeRecoversFromFlushAll() {
    FakeClock time = new FakeClock();
    RedisVectorStore longLived = builder().clocks(time, time::nanos).build();
    put(longLived, "old", 0);
    time.advance(Duration.ofSeconds(1));
    jedis.flushAll();

    CacheEntry recent = put(longLived, "recent", 0);
    assertThat(longLived.nearest(QUERY)).isEqualTo(NearestEntries.none());
    await().untilAsserted(() -> assertThat(nearest(longLived)).containsExactly(recent));
  }

  @Test
  void wrongPasswordIsRejected() {
    URI server = server();
    RedisVectorStore.Builder unauthorized =
        builderFor(
            URI.create("redis://nobody:secret@" + server.getHost() + ":" + server.getPort()));

    assertFails("WRONGPASS", unauthorized::build);
  }
}
