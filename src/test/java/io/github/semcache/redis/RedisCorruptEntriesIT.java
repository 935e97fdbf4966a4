package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testkit.Entries;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries that were modified by another client. */
@EnabledIfRedis
class RedisCorruptEntriesIT extends RedisFixture {
  private static final Set<String> DEPENDENCIES = Set.of(Scope.dependencyTerm("prices"));

  private void assertCorrupt(CacheEntry entry) {
    assertThatThrownBy(() -> store.find(entry.key()))
        .isInstanceOf(StoreException.CorruptEntry.class)
        .hasMessageContaining(entry.key())
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> store.findWithVersions(entry.key(), DEPENDENCIES))
        .isInstanceOf(StoreException.CorruptEntry.class)
        .hasMessageContaining(entry.key())
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompt", "answer", "attributes", "created_at"})
  void entryWithoutAFieldIsCorruptAndDoesNotHideOthers(String field) {
    CacheEntry intact = put(store, "intact", 20);
    CacheEntry corrupt = put(store, "secret", 0);
    jedis.hdel(documentKey(corrupt), field);

    assertCorrupt(corrupt);
    NearestEntries found = store.nearest(QUERY);
    assertThat(found.matches()).singleElement().extracting("entry").isEqualTo(intact);
    assertThat(found.corrupt()).isEqualTo(1);
  }

  @Test
  void entryWithoutScopeIsCorruptAndNotFoundByNearest() {
    CacheEntry intact = put(store, "intact", 20);
    CacheEntry corrupt = put(store, "secret", 0);
    jedis.hdel(documentKey(corrupt), "scope");

    assertCorrupt(corrupt);
    assertThat(nearest(store)).containsExactly(intact);
  }

  @Test
  void manyCorruptEntriesDoNotHideOthers() {
    for (int i = 0; i < 10; i++) {
      jedis.hdel(documentKey(put(store, "secret " + i, i / 10.0)), "answer");
    }
    CacheEntry intact = put(store, "intact", 20);

    NearestEntries found = store.nearest(Entries.nearest(SCOPE, atAngle(DIMENSION, 0), 10));

    assertThat(found.matches()).singleElement().extracting("entry").isEqualTo(intact);
    assertThat(found.corrupt()).isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attributes|secret",
        "attributes|",
        "attributes|[\"secret\"]",
        "attributes|{\"secret\":1}",
        "attributes|{\"a\":\"secret\"",
        "attributes|{} secret",
        "created_at|99999999999999999999",
      })
  void entryWithAnUnreadableFieldIsCorrupt(String field, String value) {
    CacheEntry corrupt = put(store, "secret", 0);
    jedis.hset(documentKey(corrupt), field, value == null ? "" : value);

    assertCorrupt(corrupt);
    assertThat(store.nearest(QUERY)).extracting(NearestEntries::corrupt).isEqualTo(1);
  }

  @Test
  void entryWithAModifiedScopeIsNotServedToTheOtherScope() {
    CacheEntry entry = put(store, "what?", 0);
    jedis.hset(documentKey(entry), "scope", "f00," + SCOPE.hash());

    assertThat(store.nearest(QUERY).matches()).isEmpty();
    assertThat(store.nearest(QUERY).corrupt()).isEqualTo(1);
  }

  @Test
  void keyOfAnotherTypeIsCorruptAndCanBeReplacedAndRemoved() {
    CacheEntry entry = put(store, "what?", 0);
    jedis.del(documentKey(entry));
    jedis.set(documentKey(entry), "something else");

    assertCorrupt(entry);
    assertThat(put(store, "what?", 0)).isEqualTo(entry);
    assertThat(store.find(entry.key())).contains(entry);

    jedis.del(documentKey(entry));
    jedis.lpush(documentKey(entry), "something else");
    assertThat(store.remove(new EntrySelector.ByKey(entry.key()))).isEqualTo(1);
    assertThat(store.find(entry.key())).isEmpty();
  }

  @Test
  void versionOfAnotherTypeOrSizeIsReplaced() {
    CacheEntry entry = put(store, "what?", 0);
    String term = DEPENDENCIES.iterator().next();
    String before = store.versions(DEPENDENCIES).get(term);
    String key = jedis.keys(cacheName + ":dependency:*").iterator().next();
    for (Runnable forge :
        List.<Runnable>of(
            () -> jedis.lpush(key, "a list"),
            () -> jedis.hset(key, "a", "hash"),
            () -> jedis.set(key, "x".repeat(100_000)))) {
      jedis.del(key);
      forge.run();
      String replaced = store.findWithVersions(entry.key(), DEPENDENCIES).versions().get(term);
      assertThat(replaced).hasSizeBetween(1, 256).isNotEqualTo(before);
      assertThat(store.findWithVersions(entry.key(), DEPENDENCIES).entry()).contains(entry);
      assertThat(store.versions(DEPENDENCIES)).containsEntry(term, replaced);
      jedis.del(key);
      forge.run();
      assertThat(store.versions(DEPENDENCIES).get(term)).hasSizeBetween(1, 256);
    }
  }

  @Test
  void hashWithoutEntryFieldsIsNotAnEntry() {
    CacheEntry entry = put(store, "what?", 0);
    jedis.del(documentKey(entry));
    jedis.hset(documentKey(entry), "foreign", "field");

    assertThat(store.find(entry.key())).isEmpty();
  }

  @Test
  void entriesThatAreNotInTheIndexAreRemoved() {
    CacheEntry entry = put(store, "wrong size", 0);
    jedis.hset(documentKey(entry), "embedding", "abc");
    assertThat(nearest(store)).isEmpty();

    assertThat(store.remove(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(1);
    assertThat(store.find(entry.key())).isEmpty();

    CacheEntry other = put(store, "wrong size", 0);
    jedis.hset(documentKey(other), "embedding", "abc");
    assertThat(removeAll(store)).isEqualTo(1);
  }

  @Test
  void entriesThatAreTooLargeForOneReplyDoNotHideOthers() {
    try (RedisVectorStore connected =
        RedisVectorStore.builder(connection(), SPACE).cacheName(cacheName).build()) {
      CacheEntry intact = put(connected, "intact", 20);
      CacheEntry large = put(connected, "secret", 0);
      CacheEntry second = put(connected, "secret 2", 1);
      byte[] megabytes = new byte[40 << 20];
      Arrays.fill(megabytes, (byte) 'a');
      for (CacheEntry entry : List.of(large, second)) {
        jedis.hset(Utf8.encode(documentKey(entry)), Utf8.encode("answer"), megabytes);
      }

      for (int i = 0; i < 2; i++) {
        NearestEntries found = connected.nearest(QUERY);
        assertThat(found.matches()).singleElement().extracting("entry").isEqualTo(intact);
        assertThat(found.matches().get(0).distance()).isBetween(0.0, 1.0);
        assertThat(found.corrupt()).isEqualTo(2);
      }
      try (Stream<ListedEntry> entries = connected.entries()) {
        assertThat(entries.map(listed -> listed.entry().key()))
            .containsExactlyInAnyOrder(intact.key(), large.key(), second.key());
      }

      jedis.hset(Utf8.encode(documentKey(large)), Utf8.encode("prompt"), megabytes);
      assertThatThrownBy(() -> connected.find(large.key()))
          .isInstanceOf(StoreException.CorruptEntry.class)
          .hasMessage("entry " + large.key() + " cannot be read: it is too large");
      assertThatThrownBy(() -> connected.findWithVersions(large.key(), DEPENDENCIES))
          .isInstanceOf(StoreException.CorruptEntry.class)
          .hasMessage("entry " + large.key() + " cannot be read: it is too large");
      try (Stream<ListedEntry> entries = connected.entries()) {
        assertThat(entries.map(listed -> listed.entry().key()))
            .containsExactlyInAnyOrder(intact.key(), second.key());
      }
    }
  }

  @Test
  void entryWithTooManyAttributesIsCorrupt() {
    CacheEntry corrupt = put(store, "secret", 0);
    String many =
        IntStream.range(0, 257)
            .mapToObj(i -> "\"secret" + i + "\":\"\"")
            .collect(Collectors.joining(",", "{", "}"));
    for (String attributes : List.of(many, "{\"secret\":\"" + "a".repeat(8 << 20) + "\"}")) {
      jedis.hset(documentKey(corrupt), "attributes", attributes);

      assertCorrupt(corrupt);
      assertThat(store.nearest(QUERY).corrupt()).isEqualTo(1);
    }
  }
}
