package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.EnabledIfRedis;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/** How users with different permissions write entries to a real server. */
@EnabledIfRedis
class RedisWriteMethodIT extends RedisFixture {

  @AfterEach
  void deleteUser() {
    onEveryNode("DELUSER", "writer");
  }

  /** Sends an ACL command. */
  void onEveryNode(String... words) {
    jedis.executeCommand(new CommandArguments(Command.ACL).addObjects((Object[]) words));
  }

  RedisConnection connectionTo(URI uri) {
    return RedisConnection.of(uri);
  }

  /** Returns the permissions of a user who may use transactions, and only what else is needed. */
  String[] withTransactions() {
    return new String[] {"+multi", "+exec", "-restore"};
  }

  private RedisVectorStore.Builder asUser(String... permissions) {
    onEveryNode(
        Stream.concat(
                Stream.of("SETUSER", "writer", "reset", "on", ">pw", "~" + cacheName + ":*"),
                Stream.of(permissions))
            .toArray(String[]::new));
    URI uri = URI.create("redis://writer:pw@127.0.0.1:" + server().getPort());
    return RedisVectorStore.builder(connectionTo(uri), SPACE).cacheName(cacheName);
  }

  /** Adds permissions to those that every method needs. */
  private RedisVectorStore.Builder asReaderAndWriter(String... permissions) {
    Stream<String> common =
        Stream.of("+@read", "+@write", "+ft.search", "+ft.create", "+ft.info", "+cluster|slots");
    return asUser(Stream.concat(common, Stream.of(permissions)).toArray(String[]::new));
  }

  private static CacheEntry newEntry(String prompt, String answer) {
    return entry(SCOPE, prompt, answer, Instant.ofEpochMilli(1_000));
  }

  private void assertEntriesAreWrittenAtomically(RedisVectorStore limited) {
    CacheEntry first = newEntry("what?", "x".repeat(20_000));
    limited.put(List.of(expiring(first, atAngle(DIMENSION, 0), Duration.ofMinutes(1))));
    assertThat(limited.find(first.key())).contains(first);
    assertThat(nearest(limited)).containsExactly(first);
    assertThat(jedis.pttl(documentKey(first))).isBetween(50_000L, 60_000L);

    CacheEntry second = newEntry("what?", "");
    limited.put(List.of(new NewEntry(second, Optional.empty(), Optional.empty())));
    assertThat(limited.find(second.key())).contains(second);
    assertThat(nearest(limited)).as("the embedding of the replaced entry").isEmpty();
    assertThat(jedis.pttl(documentKey(second))).isEqualTo(-1);

    List<NewEntry> many =
        IntStream.range(0, 300)
            .mapToObj(i -> newEntry("prompt " + i, "\u0000 " + i))
            .map(each -> withoutExpiry(each, atAngle(DIMENSION, 10)))
            .toList();
    limited.put(many);
    assertThat(many)
        .allSatisfy(each -> assertThat(limited.find(each.entry().key())).contains(each.entry()));
    assertConditionalWritesReplaceOnlyTheKnownEntry(limited);
    jedis.set(documentKey(first), "a value of another type");
    limited.put(List.of(withoutExpiry(first, atAngle(DIMENSION, 0))));
    assertThat(limited.find(first.key())).contains(first);
    assertThat(limited.remove(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(301);
  }

  private void assertConditionalWritesReplaceOnlyTheKnownEntry(RedisVectorStore limited) {
    CacheEntry first = newEntry("what?", "first");
    limited.put(List.of(withoutExpiry(first, atAngle(DIMENSION, 0))));
    CacheEntry second = entry(SCOPE, "what?", "second", Instant.ofEpochMilli(2_000));
    NewEntry replacement = expiring(second, atAngle(DIMENSION, 0), Duration.ofMinutes(1));

    assertThat(limited.putIfUnchanged(replacement, Optional.empty())).isEmpty();
    assertThat(limited.find(first.key())).contains(first);
    assertThat(limited.putIfUnchanged(replacement, Optional.of(first.createdAt()))).isPresent();
    assertThat(limited.find(first.key())).contains(second);
    assertThat(jedis.pttl(documentKey(second))).isBetween(50_000L, 60_000L);

    jedis.hset(documentKey(second), "created_at", "corrupt");
    assertThat(limited.putIfUnchanged(replacement, Optional.empty())).isPresent();
    jedis.set(documentKey(second), "a value of another type");
    NewEntry exactOnly = new NewEntry(first, Optional.empty(), Optional.empty());
    assertThat(limited.putIfUnchanged(exactOnly, Optional.empty())).isPresent();
    assertThat(limited.find(first.key())).contains(first);
    assertThat(jedis.pttl(documentKey(first))).isEqualTo(-1);
  }

  @Test
  void userWithReadAndWriteCategoriesWrites() {
    try (RedisVectorStore limited =
        asUser(RedisGuide.permissions("### Categories instead of commands", cacheName)).build()) {
      assertEntriesAreWrittenAtomically(limited);
      String prices = Scope.dependencyTerm("prices");
      limited.renewVersion(prices);
      assertThat(limited.versions(Set.of(prices))).hasSize(1);
      assertThat(limited.count(new EntrySelector.All())).isZero();
      assertThat(limited.entries()).isEmpty();
      assertThat(limited.load("policy")).isEmpty();
      assertThatThrownBy(() -> limited.save("policy", new byte[] {1}))
          .isInstanceOf(StoreException.class)
          .hasMessageContainingAll("NOPERM", "docs/redis.md");
      limited.dropIndex(true);
    }
  }

  @Test
  void userWithScriptsAndWithoutTransactionsWrites() {
    try (RedisVectorStore limited = asReaderAndWriter("+eval", "-restore").build()) {
      assertEntriesAreWrittenAtomically(limited);
    }
  }

  @Test
  void userWithTransactionsAndWithoutOtherMethodsWrites() {
    try (RedisVectorStore limited = asReaderAndWriter(withTransactions()).build()) {
      assertEntriesAreWrittenAtomically(limited);
    }
  }

  @Test
  void userWithoutAnyMethodWritesNothing() {
    try (RedisVectorStore limited = asReaderAndWriter("-restore").build()) {
      CacheEntry entry = newEntry("what?", "answer");

      assertThatThrownBy(
              () ->
                  limited.put(
                      List.of(
                          expiring(entry, atAngle(DIMENSION, 0), Duration.ofMinutes(1)),
                          withoutExpiry(entry, atAngle(DIMENSION, 0)))))
          .isInstanceOf(StoreException.class)
          .hasMessageContainingAll("NOPERM", "restore", "docs/redis.md");
      assertThat(jedis.exists(documentKey(entry))).isFalse();
    }
  }

  @Test
  void methodIsSelectedAgainAfterAPermissionWasRevoked() {
    try (RedisVectorStore limited = asReaderAndWriter("+multi", "+exec", "+eval").build()) {
      onEveryNode("SETUSER", "writer", "-multi", "-eval");
      List<NewEntry> entries =
          List.of(
              expiring(newEntry("what?", "answer"), atAngle(DIMENSION, 0), Duration.ofMinutes(1)));
      assertThatThrownBy(() -> limited.put(entries)).hasMessageContaining("NOPERM");

      limited.put(entries);
      assertThat(jedis.pttl(documentKey(entries.get(0).entry()))).isPositive();
    }
  }

  @Test
  void methodIsSelectedByTheFirstWriteIfTheIndexIsAssumed() {
    put(store, "other", 90);
    try (RedisVectorStore limited =
        asUser("+hmget", "+ft.search", "+restore", "+cluster|slots").assumeIndex().build()) {
      CacheEntry entry = newEntry("what?", "answer");
      limited.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));

      assertThat(nearest(limited).get(0)).isEqualTo(entry);
    }
  }
}
