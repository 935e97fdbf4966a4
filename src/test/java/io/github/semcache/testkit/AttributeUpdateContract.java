package io.github.semcache.testkit;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of the contract on {@link VectorStore#updateAttributes}. */
abstract class AttributeUpdateContract extends EntryUpdateContract {
  private static final UnaryOperator<CacheEntry> MARK = set("mark", "1");

  private static UnaryOperator<CacheEntry> set(String name, String value) {
    return entry -> {
      Map<String, String> attributes = new HashMap<>(entry.attributes());
      attributes.put(name, value);
      return entry.attributes(attributes);
    };
  }

  private static UnaryOperator<CacheEntry> append(String text) {
    return entry ->
        set("log", entry.attributes().getOrDefault("log", "") + text + ";").apply(entry);
  }

  @Test
  void updatedEntryIsReturnedAndFound() {
    CacheEntry entry = put(SCOPE, "what?", 10);
    CacheEntry other = put(SCOPE, "other", 40);
    List<Double> distances = search(SCOPE, 0, 5).stream().map(Match::distance).toList();

    Optional<CacheEntry> updated = store.updateAttributes(entry.key(), MARK);

    CacheEntry expected = entry.attributes(Map.of("model", "test-model", "mark", "1"));
    assertThat(updated).contains(expected);
    assertThat(store.find(entry.key())).contains(expected);
    assertThat(store.find(other.key())).contains(other);
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(expected, other);
    assertThat(search(SCOPE, 0, 5)).extracting(Match::distance).isEqualTo(distances);
    assertThat(entriesNear(OTHER_SCOPE, 0, 5)).isEmpty();
  }

  @Test
  void updateSeesTheAttributesOfThePreviousUpdate() {
    CacheEntry entry = put(SCOPE, "what?", 0);

    store.updateAttributes(entry.key(), append("a"));
    store.updateAttributes(entry.key(), append("b"));

    assertThat(store.find(entry.key()).orElseThrow().attributes()).containsEntry("log", "a;b;");
  }

  @Test
  void updateCanRemoveAllAttributes() {
    CacheEntry entry = put(SCOPE, "what?", 0);

    store.updateAttributes(entry.key(), current -> current.attributes(Map.of()));

    assertThat(store.find(entry.key()).orElseThrow().attributes()).isEmpty();
    assertThat(entriesNear(SCOPE, 0, 1).get(0).attributes()).isEmpty();
  }

  @Test
  void attributesOfAnyTextAreStoredUnchanged() {
    String odd = "NUL \0, quotes \"', braces {}*|()-@:,. \\ \r\n\t, é, 漢字, 😀, \u202e, \uffff";
    CacheEntry entry = put(SCOPE, "what?", 0);

    store.updateAttributes(entry.key(), current -> current.attributes(Map.of(odd, odd, "e", "")));

    assertThat(store.find(entry.key()).orElseThrow().attributes())
        .isEqualTo(Map.of(odd, odd, "e", ""));
  }

  @Test
  void updatedEntryExpiresWhenTheOriginalWould() throws Exception {
    CacheEntry entry = entry(SCOPE, "what?", "answer", now());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), shortTimeToLive())));
    store.updateAttributes(entry.key(), MARK);
    advanceTime(shortTimeToLive());

    assertThat(store.find(entry.key())).isEmpty();
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void updateDoesNotShortenTheTimeToLive(boolean expires) throws Exception {
    CacheEntry entry = entry(SCOPE, "what?", "answer", now());
    store.put(
        List.of(
            expires
                ? expiring(entry, atAngle(DIMENSION, 0), MINUTE)
                : withoutExpiry(entry, atAngle(DIMENSION, 0))));
    CacheEntry updated = store.updateAttributes(entry.key(), MARK).orElseThrow();
    advanceTime(shortTimeToLive());

    assertThat(store.find(entry.key())).contains(updated);
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(updated);
  }

  @Test
  void updateOfAMissingEntryReturnsEmptyAndWritesNothing() {
    CacheEntry missing = entry(SCOPE, "missing", "answer", now());
    CacheEntry removed = put(SCOPE, "removed", 0);
    store.remove(new EntrySelector.ByKey(removed.key()));

    for (CacheEntry entry : List.of(missing, removed)) {
      assertThat(store.updateAttributes(entry.key(), AttributeUpdateContract::mustNotBeCalled))
          .isEmpty();
      assertThat(store.find(entry.key())).isEmpty();
    }
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
  }

  @Test
  void updateOfAnExpiredEntryReturnsEmptyAndWritesNothing() throws Exception {
    CacheEntry entry = entry(SCOPE, "what?", "answer", now());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), shortTimeToLive())));
    advanceTime(shortTimeToLive());

    assertThat(store.updateAttributes(entry.key(), AttributeUpdateContract::mustNotBeCalled))
        .isEmpty();
    assertThat(store.find(entry.key())).isEmpty();
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
  }

  private static CacheEntry mustNotBeCalled(CacheEntry entry) {
    throw new AssertionError("there is no live entry " + entry);
  }

  @ParameterizedTest
  @ValueSource(strings = {"key", "scope", "prompt", "answer", "createdAt"})
  void changeOfAnotherComponentIsRejectedAndNothingWritten(String component) {
    CacheEntry entry = put(SCOPE, "what?", 0);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> store.updateAttributes(entry.key(), current -> replace(component, current)));

    assertUnchanged(entry);
    assertThat(store.find("0".repeat(64))).isEmpty();
  }

  private static CacheEntry replace(String component, CacheEntry entry) {
    return new CacheEntry(
        component.equals("key") ? "0".repeat(64) : entry.key(),
        component.equals("scope") ? OTHER_SCOPE.hash() : entry.scope(),
        component.equals("prompt") ? "other" : entry.prompt(),
        component.equals("answer") ? "other" : entry.answer(),
        Map.of("mark", "1"),
        component.equals("createdAt") ? entry.createdAt().plusMillis(1) : entry.createdAt());
  }

  @Test
  void changeWithAnEqualResultReturnsTheEntry() throws Exception {
    CacheEntry entry = put(SCOPE, "what?", 0);
    CacheEntry expiring = entry(SCOPE, "expiring", "answer", now());
    store.put(List.of(expiring(expiring, atAngle(DIMENSION, 10), shortTimeToLive())));

    assertThat(store.updateAttributes(entry.key(), current -> current)).contains(entry);
    store.updateAttributes(
        expiring.key(), current -> current.attributes(Map.copyOf(current.attributes())));

    advanceTime(shortTimeToLive());
    assertThat(store.find(expiring.key())).isEmpty();
    assertUnchanged(entry);
  }

  @Test
  void exceptionOfTheChangeIsPropagatedAndNothingWritten() {
    CacheEntry entry = put(SCOPE, "what?", 0);
    ArithmeticException thrown = new ArithmeticException("thrown by the change");

    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () ->
                store.updateAttributes(
                    entry.key(),
                    current -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);

    assertUnchanged(entry);
    assertThat(store.updateAttributes(entry.key(), MARK)).isPresent();
  }

  @Test
  void nullsAreRejectedAndNothingWritten() {
    CacheEntry entry = put(SCOPE, "what?", 0);

    assertThatNullPointerException()
        .isThrownBy(() -> store.updateAttributes(nullValue(), MARK))
        .withMessage("key");
    assertThatNullPointerException()
        .isThrownBy(() -> store.updateAttributes(entry.key(), nullValue()))
        .withMessage("change");
    assertThatNullPointerException()
        .isThrownBy(() -> store.updateAttributes(entry.key(), current -> nullValue()));

    assertUnchanged(entry);
  }

  private void assertUnchanged(CacheEntry entry) {
    assertThat(store.find(entry.key())).contains(entry);
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(entry);
    assertThat(entriesNear(OTHER_SCOPE, 0, 5)).isEmpty();
  }

  @Test
  void entryWithoutEmbeddingIsUpdatedAndStaysOutOfTheSearch() {
    CacheEntry entry = entry(SCOPE, "what?", "answer", now());
    store.put(List.of(new NewEntry(entry, Optional.empty(), Optional.empty())));

    CacheEntry updated = store.updateAttributes(entry.key(), MARK).orElseThrow();

    assertThat(store.find(entry.key())).contains(updated);
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
  }

  @Test
  void updatedEntryCanBeReplacedAndRemoved() {
    CacheEntry entry = put(SCOPE, "what?", 0);
    store.updateAttributes(entry.key(), MARK);

    CacheEntry replacement = entry(SCOPE, "what?", "new answer", now());
    store.put(List.of(withoutExpiry(replacement, atAngle(DIMENSION, 20))));
    assertThat(entriesNear(SCOPE, 0, 5)).containsExactly(replacement);

    store.updateAttributes(entry.key(), MARK);
    assertThat(store.remove(new EntrySelector.ByScope(SCOPE.hash()))).isEqualTo(1);
    assertThat(store.find(entry.key())).isEmpty();
    assertThat(entriesNear(SCOPE, 0, 5)).isEmpty();
  }

  @Test
  void concurrentUpdatesOfOneEntryAreAllApplied() throws Exception {
    int threads = 4;
    int updatesPerThread = 25;
    CacheEntry entry = put(SCOPE, "what?", 0);

    runConcurrently(
        threads,
        thread ->
            () -> {
              for (int i = 0; i < updatesPerThread; i++) {
                assertThat(store.updateAttributes(entry.key(), append(thread + "." + i)))
                    .isPresent();
              }
              return thread;
            });

    String[] expected =
        IntStream.range(0, threads * updatesPerThread)
            .mapToObj(n -> n / updatesPerThread + "." + n % updatesPerThread)
            .toArray(String[]::new);
    String log = store.find(entry.key()).orElseThrow().attributes().getOrDefault("log", "");
    assertThat(Arrays.asList(log.split(";"))).containsExactlyInAnyOrder(expected);
    assertThat(entriesNear(SCOPE, 0, 1).get(0).attributes()).containsEntry("log", log);
  }

  @Test
  void concurrentUpdateDoesNotRestoreAReplacedEntry() throws Exception {
    AtomicInteger puts = new AtomicInteger();
    CacheEntry first = put(SCOPE, "what?", 0);

    runConcurrently(
        2,
        thread ->
            () -> {
              while (puts.get() < 100) {
                if (thread == 0) {
                  String answer = "answer " + puts.incrementAndGet();
                  CacheEntry next = entry(SCOPE, "what?", answer, first.createdAt());
                  store.put(List.of(withoutExpiry(next, atAngle(DIMENSION, 0))));
                  assertThat(store.find(first.key()).orElseThrow().answer()).isEqualTo(answer);
                } else {
                  store.updateAttributes(first.key(), append("x"));
                }
              }
              return thread;
            });
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // for calls that misuse the API
  static <T> T nullValue() {
    return null;
  }
}
