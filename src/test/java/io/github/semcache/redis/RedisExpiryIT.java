package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.FakeRedis;
import io.github.semcache.testing.RedisServers;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;
import redis.clients.jedis.util.SafeEncoder;

/** Expired entries that the server has not deleted yet; active expiry is disabled. */
@EnabledIfRedis(EnabledIfRedis.Need.OWN)
class RedisExpiryIT extends RedisFixture {
  private static final Duration SHORT = Duration.ofMillis(20);

  @Override
  URI server() {
    return RedisServers.own();
  }

  @BeforeEach
  void disableActiveExpiry() {
    activeExpiry("0");
  }

  @AfterEach
  void enableActiveExpiry() {
    activeExpiry("1");
  }

  private void activeExpiry(String value) {
    jedis.executeCommand(
        new CommandArguments(() -> SafeEncoder.encode("DEBUG"))
            .add("SET-ACTIVE-EXPIRE")
            .add(value));
  }

  private void putExpired(int entries) throws InterruptedException {
    store.put(
        IntStream.range(0, entries)
            .mapToObj(i -> entry(SCOPE, "expired " + i, "answer", Instant.now()))
            .map(entry -> expiring(entry, atAngle(DIMENSION, 0), SHORT))
            .toList());
    Thread.sleep(SHORT.toMillis() + 5);
  }

  private long indexed() {
    return SearchReply.of(
            jedis.executeCommand(
                new CommandArguments(SearchCommand.SEARCH).add(store.indexName()).add("*")))
        .total();
  }

  @Test
  void expiredNeighborDoesNotHideOthersAndIsNotCorrupt() throws Exception {
    CacheEntry live = put(store, "live", 30);
    putExpired(1);
    assertThat(indexed()).isEqualTo(2);

    NearestEntries found = store.nearest(QUERY);

    assertThat(found.matches()).singleElement().extracting("entry").isEqualTo(live);
    assertThat(found.corrupt()).isZero();
  }

  @Test
  void moreExpiredNeighborsThanKDoNotHideALiveEntry() throws Exception {
    CacheEntry live = put(store, "live", 30);
    putExpired(40);
    assertThat(indexed()).isEqualTo(41);

    assertThat(nearest(store)).containsExactly(live);
  }

  @Test
  void repeatedSearchesDeleteExpiredEntriesUntilALiveOneIsFound() throws Exception {
    CacheEntry live = put(store, "live", 30);
    putExpired(60);

    List<CacheEntry> found = new ArrayList<>();
    int searches = 0;
    for (; found.isEmpty() && searches < 5; searches++) {
      found.addAll(nearest(store));
    }
    assertThat(found).containsExactly(live);
    assertThat(searches).isLessThanOrEqualTo(3);
  }

  @Test
  void expiredEntriesDoNotCountAsRemoved() throws Exception {
    put(store, "live", 30);
    putExpired(7);

    assertThat(removeAll(store)).isEqualTo(1);
  }

  @Test
  void entryHasItsTimeToLive() {
    CacheEntry entry = entry(SCOPE, "what?", "answer", Instant.now());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), Duration.ofDays(36_525))));
    assertThat(jedis.pttl(documentKey(entry)))
        .isBetween(Duration.ofDays(36_524).toMillis(), Duration.ofDays(36_525).toMillis());

    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.empty())));
    assertThat(jedis.pttl(documentKey(entry))).isEqualTo(-1);
    assertThat(jedis.hkeys(documentKey(entry))).doesNotContain("embedding");
  }

  /**
   * Sends every prefix of the bytes of a write, as a writer does that is killed, and checks that
   * the server has no entry without expiry.
   */
  @Test
  void killedWriterLeavesNoEntryWithoutExpiry() throws Exception {
    CacheEntry entry = entry(SCOPE, "what?", "answer", Instant.now());
    byte[] write = recordedWrite(expiring(entry, atAngle(DIMENSION, 0), Duration.ofMinutes(1)));
    int port = server().getPort();

    for (int length = 1; length <= write.length; length++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        OutputStream out = socket.getOutputStream();
        out.write(write, 0, length);
        out.flush();
      }
      assertThat(jedis.exists(documentKey(entry)) ? jedis.pttl(documentKey(entry)) : 1)
          .isPositive();
    }
    await().until(() -> jedis.exists(documentKey(entry)));
    assertThat(jedis.pttl(documentKey(entry))).isPositive();
  }

  private byte[] recordedWrite(NewEntry insertion) {
    try (FakeRedis server = new FakeRedis();
        RedisVectorStore writer =
            RedisVectorStore.builder(RedisConnection.of(server.uri()), SPACE)
                .cacheName(cacheName)
                .build()) {
      int before = server.received().size();
      writer.put(List.of(insertion));
      StringBuilder bytes = new StringBuilder();
      for (List<String> words : server.received().subList(before, server.received().size())) {
        bytes.append("*").append(words.size()).append("\r\n");
        words.forEach(word -> bytes.append("$%d\r\n%s\r\n".formatted(word.length(), word)));
      }
      return bytes.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
  }
}
