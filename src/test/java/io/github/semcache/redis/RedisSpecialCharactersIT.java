package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testkit.Entries;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Texts with characters that are special in a query language, a protocol, or a script. */
@EnabledIfRedis
class RedisSpecialCharactersIT extends RedisFixture {
  private static final String UNPAIRED_SURROGATE = "\uD83D";

  private static final List<String> SPECIAL_TEXTS =
      List.of(
          "*",
          "}",
          "{",
          "a|b",
          "a,b",
          "@scope:{*}",
          "\"; FLUSHALL",
          "' OR 1=1",
          "\\",
          "\\}",
          "$v",
          "%s %n",
          "-",
          "\r\n*1\r\n$8\r\nFLUSHALL\r\n",
          "\0",
          "a\0b",
          "\uD83D\uDE00",
          UNPAIRED_SURROGATE,
          "\u202Eabc",
          "e\u0301",
          "\u00e9",
          "x".repeat(10_000),
          "]])=>[KNN 1000 @embedding $v]");

  private CacheEntry put(Scope scope, String prompt, String answer) {
    CacheEntry entry = entry(scope, prompt, answer, Instant.ofEpochMilli(1_000));
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), Duration.ofMinutes(10))));
    return entry;
  }

  private List<CacheEntry> nearest(Scope scope) {
    return store.nearest(Entries.nearest(scope, atAngle(DIMENSION, 0), 100)).matches().stream()
        .map(match -> match.entry())
        .toList();
  }

  @Test
  void scopesWithSpecialCharactersAreIsolated() {
    Map<Scope, CacheEntry> entries = new HashMap<>();
    for (String value : SPECIAL_TEXTS) {
      Stream.of(Scope.of("tenant", value), Scope.of("a", "b").system(value))
          .forEach(scope -> entries.put(scope, put(scope, "what?", "of " + entries.size())));
      if (!value.isBlank()) {
        Scope named = Scope.of(value, "acme");
        entries.put(named, put(named, "what?", "of " + entries.size()));
      }
    }
    assertThat(entries).hasSizeGreaterThan(2 * SPECIAL_TEXTS.size());

    entries.forEach((scope, entry) -> assertThat(nearest(scope)).containsExactly(entry));
    entries.forEach(
        (scope, entry) ->
            assertThat(store.remove(new EntrySelector.ByScope(scope.hash()))).isEqualTo(1));
  }

  @Test
  void specialTextsAreReturnedUnchanged() {
    for (String text : SPECIAL_TEXTS) {
      CacheEntry entry = put(Scope.of("text", text), text, text);

      assertThat(store.find(entry.key())).contains(entry);
      assertThat(nearest(Scope.of("text", text))).containsExactly(entry);
    }
  }

  @Test
  void randomTextsAreReturnedUnchanged() {
    Random random = new Random(7);
    Scope scope = Scope.of("random", "texts");
    List<CacheEntry> entries =
        IntStream.range(0, 60)
            .mapToObj(i -> entry(scope, i + text(random), text(random), Instant.ofEpochMilli(i)))
            .toList();
    store.put(entries.stream().map(entry -> withoutExpiry(entry, atAngle(DIMENSION, 0))).toList());

    assertThat(nearest(scope)).containsExactlyInAnyOrderElementsOf(entries);
    try (Stream<CacheEntry> listed = store.entries().map(each -> each.entry())) {
      assertThat(listed).containsExactlyInAnyOrderElementsOf(entries);
    }
  }

  /** Returns random UTF-16 code units, which include unpaired surrogates. */
  private static String text(Random random) {
    return random
        .ints(200, 0, Character.MAX_VALUE + 1)
        .mapToObj(unit -> String.valueOf((char) unit))
        .collect(Collectors.joining());
  }

  @Test
  void promptAndAnswerOfOneMegabyteEachAreReturned() {
    String megabyte = "\u00e4\0\uD83D\uDE00x".repeat(1 << 17);
    CacheEntry entry = put(SCOPE, megabyte, megabyte + "!");

    assertThat(store.find(entry.key())).contains(entry);
    assertThat(nearest(SCOPE)).containsExactly(entry);
  }

  @Test
  void keysWithSpecialCharactersAreFoundAndRemoved() {
    for (String key :
        SPECIAL_TEXTS.stream().filter(text -> !text.equals(UNPAIRED_SURROGATE)).toList()) {
      CacheEntry entry =
          new CacheEntry(key, SCOPE.hash(), "p", "a", Map.of(key, key), Instant.ofEpochMilli(1));
      store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));

      assertThat(store.find(key)).contains(entry);
      assertThat(store.remove(new EntrySelector.ByKey(key))).isEqualTo(1);
    }
    assertThat(removeAll(store)).isZero();
  }
}
