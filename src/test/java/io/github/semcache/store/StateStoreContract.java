package io.github.semcache.store;

import static io.github.semcache.testing.Entries.atAngle;
import static io.github.semcache.testing.Entries.entry;
import static io.github.semcache.testing.Entries.forEver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store that keeps what was learned promises. */
public abstract class StateStoreContract<S extends VectorStore & StateStore> {
  private static final int DIMENSION = 4;
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);

  private S store;

  /** A store without entries or states. */
  protected abstract S open(EmbeddingSpace space) throws Exception;

  /** Removes what the test has made, and closes the store. */
  protected void close(S opened) {
    opened.close();
  }

  @BeforeEach
  void openStore() throws Exception {
    store = open(SPACE);
  }

  @AfterEach
  void closeStore() {
    close(store);
  }

  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void nothingIsThereAtFirst() {
    assertThat(store.load("policy")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000, 3_000_000})
  void bytesOfAnyLengthAreKeptAsTheyAre(int length) {
    store.save("policy", bytes(length, 1));
    assertThat(store.load("policy")).hasValue(bytes(length, 1));

    store.save("policy", bytes(length + 1, 2));
    assertThat(store.load("policy")).hasValue(bytes(length + 1, 2));
  }

  @Test
  void namesDoNotMix() {
    store.save("policy", new byte[] {1});
    store.save("policy-", new byte[] {2});

    assertThat(store.load("policy")).hasValue(new byte[] {1});
    assertThat(store.load("policy-")).hasValue(new byte[] {2});
    assertThat(store.load("polic")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../policy", "Policy", "a b", "a:b", "policy*", "{a}"})
  void otherNamesAreRefused(String name) {
    assertThatThrownBy(() -> store.load(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.save(name, new byte[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bytesAreCopied() {
    byte[] state = {1};
    store.save("policy", state);
    state[0] = 2;
    store.load("policy").orElseThrow()[0] = 3;

    assertThat(store.load("policy")).hasValue(new byte[] {1});
  }

  @Test
  void updateSeesWhatIsThere() {
    store.update("policy", before -> new byte[] {(byte) (before.isPresent() ? 0 : 1)});
    store.update("policy", before -> new byte[] {before.orElseThrow()[0], 2});

    assertThat(store.load("policy")).hasValue(new byte[] {1, 2});
  }

  @Test
  void updateThatThrowsChangesNothing() {
    store.save("policy", new byte[] {1});

    assertThatThrownBy(
            () ->
                store.update(
                    "policy",
                    before -> {
                      before.orElseThrow()[0] = 9;
                      throw new ArithmeticException("of the change");
                    }))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("of the change");
    assertThat(store.load("policy")).hasValue(new byte[] {1});
  }

  @Test
  void updatesMadeAtOnceLoseNothing() throws Exception {
    int threads = 4;
    int each = 25;
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> tasks =
          IntStream.range(0, threads)
              .<Callable<Void>>mapToObj(
                  thread ->
                      () -> {
                        start.await();
                        for (int i = 0; i < each; i++) {
                          int bit = thread * each + i;
                          store.update("policy", before -> withBit(before, bit));
                        }
                        return null;
                      })
              .toList();
      for (Future<Void> task : executor.invokeAll(tasks)) {
        task.get();
      }
    } finally {
      executor.shutdownNow();
    }

    assertThat(BitSet.valueOf(store.load("policy").orElseThrow()).cardinality())
        .isEqualTo(threads * each);
  }

  private static byte[] withBit(Optional<byte[]> before, int bit) {
    BitSet bits = BitSet.valueOf(before.orElse(new byte[0]));
    bits.set(bit);
    return bits.toByteArray();
  }

  @Test
  void interruptedThreadMayUseIt() {
    Thread.currentThread().interrupt();
    store.save("policy", new byte[] {1});
    assertThat(Thread.interrupted()).isTrue();
    assertThat(store.load("policy")).hasValue(new byte[] {1});
  }

  @Test
  void stateIsNoEntryAndSurvivesTheRemovalOfAll() {
    store.save("policy", new byte[] {1});
    CacheEntry entry = entry(Scope.none(), "what?", "answer", Instant.ofEpochMilli(1));
    store.put(List.of(forEver(entry, atAngle(DIMENSION, 0))));

    assertThat(store.remove(new EntrySelector.All())).isEqualTo(1);

    assertThat(store.find("policy")).isEmpty();
    assertThat(store.load("policy")).hasValue(new byte[] {1});
  }
}
