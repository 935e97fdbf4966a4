package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore.Lease;
import io.github.semcache.store.VectorStore.VersionedEntry;
import io.github.semcache.testing.EnabledIfRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/** The coherence of near caches with the server, with and without tracking. */
@EnabledIfRedis
class NearCacheIT extends RedisFixture {
  private static final String PRICES = Scope.dependencyTerm("prices");
  private static final Duration NEVER = Duration.ofHours(1);
  private static final CacheEntry FIRST = answer("first");
  private static final CacheEntry SECOND = answer("second");
  private static final String KEY = FIRST.key();

  private RedisVectorStore near;

  private static CacheEntry answer(String text) {
    return entry(SCOPE, "what?", text, Instant.ofEpochMilli(text.length()));
  }

  @BeforeEach
  void openNear() {
    near = open(NearCache.of(100).maxStaleness(NEVER).withoutTracking());
    write(FIRST);
  }

  @AfterEach
  void closeNear() {
    near.close();
  }

  private RedisVectorStore open(NearCache options) {
    return RedisVectorStore.builder(connection(), SPACE)
        .cacheName(cacheName)
        .nearCache(options)
        .build();
  }

  /** Writes through a store without a near cache, as another process does. */
  private void write(CacheEntry entry) {
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));
  }

  private Optional<CacheEntry> inMemory() {
    return near.findNear(KEY, Set.of()).flatMap(VersionedEntry::entry);
  }

  private void read() {
    assertThat(near.find(KEY)).isPresent();
    assertThat(inMemory()).isPresent();
  }

  @Test
  void foundEntryIsInMemory() {
    assertThat(inMemory()).isEmpty();
    assertThat(near.find(KEY)).contains(FIRST);

    write(SECOND);

    assertThat(inMemory()).as("not known to have changed").contains(FIRST);
    assertThat(near.find(KEY)).as("read from the server").contains(SECOND);
    assertThat(inMemory()).contains(SECOND);
  }

  @Test
  void missingEntryIsNotInMemory() {
    assertThat(near.find("f00")).isEmpty();

    assertThat(near.findNear("f00", Set.of())).isEmpty();
  }

  @Test
  void versionsMustBeInMemoryToo() {
    near.find(KEY);
    assertThat(near.findNear(KEY, Set.of(PRICES))).isEmpty();

    VersionedEntry found = near.findWithVersions(KEY, Set.of(PRICES));

    assertThat(near.findNear(KEY, Set.of(PRICES))).contains(found);
    assertThat(found.versions()).isEqualTo(store.versions(Set.of(PRICES)));
  }

  @Test
  void ownChangesTakeEffectImmediately() {
    List<Consumer<RedisVectorStore>> changes =
        List.of(
            changed -> changed.put(List.of(withoutExpiry(SECOND, atAngle(DIMENSION, 0)))),
            changed -> changed.updateAttributes(KEY, found -> found.group("other")),
            changed -> changed.remove(EntrySelector.entry(KEY)),
            changed -> changed.remove(new EntrySelector.ByScope(SCOPE.hash())),
            changed -> changed.remove(new EntrySelector.All()),
            changed -> changed.dropIndex(true),
            this::replaceUnderALease);
    for (Consumer<RedisVectorStore> change : changes) {
      write(FIRST);
      read();

      change.accept(near);

      assertThat(inMemory()).isEmpty();
      assertThat(near.find(KEY)).isEqualTo(store.find(KEY)).isNotEqualTo(Optional.of(FIRST));
    }
  }

  private void replaceUnderALease(RedisVectorStore changed) {
    Lease lease =
        changed
            .leases()
            .orElseThrow()
            .claim(KEY, Set.of(), Optional.of(FIRST.createdAt()), NEVER)
            .lease()
            .orElseThrow();
    changed.leases().orElseThrow().put(withoutExpiry(SECOND, atAngle(DIMENSION, 0)), lease);
  }

  @Test
  void ownVersionChangeTakesEffectImmediately() {
    Map<String, String> before = near.findWithVersions(KEY, Set.of(PRICES)).versions();

    near.renewVersion(PRICES);

    assertThat(near.findNear(KEY, Set.of(PRICES))).isEmpty();
    assertThat(near.findWithVersions(KEY, Set.of(PRICES)).versions()).isNotEqualTo(before);
  }

  @Test
  void entryExpiresInMemory() {
    store.put(List.of(expiring(FIRST, atAngle(DIMENSION, 0), Duration.ofMillis(300))));
    read();

    await().atMost(Duration.ofSeconds(5)).until(() -> inMemory().isEmpty());

    assertThat(near.find(KEY)).isEmpty();
  }

  @Test
  void entryIsReadAgainAfterTheMaximumStaleness() {
    try (RedisVectorStore brief =
        open(NearCache.of(100).maxStaleness(Duration.ofMillis(100)).withoutTracking())) {
      brief.find(KEY);
      write(SECOND);

      await().atMost(Duration.ofSeconds(5)).until(() -> brief.findNear(KEY, Set.of()).isEmpty());

      assertThat(brief.find(KEY)).contains(SECOND);
    }
  }

  @Test
  void trackedChangesOfOthersTakeEffectWhenTheyAreReported() {
    try (RedisVectorStore tracked = openTracked()) {
      List<Runnable> changes =
          List.of(
              () -> write(SECOND),
              () -> store.updateAttributes(KEY, found -> found.group("other")),
              () -> store.remove(EntrySelector.entry(KEY)),
              () -> jedis.pexpire(documentKey(FIRST), 1),
              () -> jedis.hset(documentKey(FIRST), "answer", "changed by hand"),
              () -> store.renewVersion(PRICES));
      for (Runnable change : changes) {
        write(FIRST);
        await()
            .atMost(Duration.ofSeconds(5))
            .until(
                () -> {
                  tracked.findWithVersions(KEY, Set.of(PRICES));
                  return tracked.findNear(KEY, Set.of(PRICES)).isPresent();
                });

        change.run();

        await()
            .atMost(Duration.ofSeconds(5))
            .pollInterval(Duration.ofMillis(1))
            .until(() -> tracked.findNear(KEY, Set.of(PRICES)).isEmpty());
      }
    }
  }

  /** Opens a store whose near cache relies on the reports of the server. */
  private RedisVectorStore openTracked() {
    RedisVectorStore tracked = open(NearCache.of(100).maxStaleness(Duration.ofMillis(200)));
    awaitTracking(tracked);
    return tracked;
  }

  /** Waits until an entry remains in memory for longer than the maximum staleness. */
  private void awaitTracking(RedisVectorStore tracked) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              tracked.find(KEY);
              Thread.sleep(300);
              return tracked.findNear(KEY, Set.of()).isPresent();
            });
  }

  @Test
  void userWithoutThePermissionToTrackReadsEntriesAgain() {
    String[] permissions =
        Stream.of(RedisGuide.permissions("### Single server", cacheName))
            .filter(permission -> !permission.startsWith("+client"))
            .toArray(String[]::new);
    setUser(permissions);
    try (RedisVectorStore limited =
        RedisVectorStore.builder(as("near"), SPACE)
            .cacheName(cacheName)
            .nearCache(NearCache.of(100).maxStaleness(Duration.ofMillis(100)))
            .build()) {
      limited.find(KEY);
      assertThat(limited.findNear(KEY, Set.of())).isPresent();

      await().atMost(Duration.ofSeconds(5)).until(() -> limited.findNear(KEY, Set.of()).isEmpty());
    } finally {
      command(Command.ACL, "DELUSER", "near");
    }
  }

  @Test
  void userWithTheDocumentedPermissionsReceivesReports() {
    String[] permissions = RedisGuide.permissions("### Single server", cacheName);
    setUser(permissions);
    try (RedisVectorStore tracked =
        RedisVectorStore.builder(as("near"), SPACE)
            .cacheName(cacheName)
            .nearCache(NearCache.of(100).maxStaleness(Duration.ofMillis(200)))
            .build()) {
      awaitTracking(tracked);
    } finally {
      command(Command.ACL, "DELUSER", "near");
    }
  }

  private RedisConnection as(String user) {
    return RedisConnection.of(
        "redis://" + user + ":secret@" + server().getHost() + ":" + server().getPort());
  }

  private Object command(Command command, String... arguments) {
    CommandArguments words = new CommandArguments(command);
    for (String argument : arguments) {
      words.add(argument);
    }
    return jedis.executeCommand(words);
  }

  private void setUser(String... permissions) {
    command(
        Command.ACL,
        Stream.concat(
                Stream.of("SETUSER", "near", "reset", "on", ">secret"), Stream.of(permissions))
            .toArray(String[]::new));
  }

  @Test
  void brokenTrackingConnectionDoesNotExtendTheStaleness() {
    try (RedisVectorStore tracked = openTracked()) {
      String trackers =
          command(Command.CLIENT, "LIST") instanceof byte[] list ? Utf8.decode(list) : "";
      assertThat(trackers).contains("name=semcache-near");
      trackers
          .lines()
          .filter(line -> line.contains("name=semcache-near"))
          .map(line -> line.split(" ", -1)[0].substring("id=".length()))
          .forEach(id -> command(Command.CLIENT, "KILL", "ID", id));

      await().atMost(Duration.ofSeconds(5)).until(() -> tracked.findNear(KEY, Set.of()).isEmpty());
      awaitTracking(tracked);
    }
  }
}
