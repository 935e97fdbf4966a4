package io.github.semcache.testkit;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of {@link StateStore}. A subclass opens the store under test.
 *
 * @param <S> the type of the store
 */
public abstract class StateStoreContract<S extends VectorStore & StateStore> {
  private static final int DIMENSION = 4;
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);

  private S store;

  /** For subclasses. */
  protected StateStoreContract() {}

  /**
   * Opens a store without entries and states.
   *
   * @param space the vector space
   * @return the store; the contract passes it to {@link #close} after the test
   * @throws Exception if the store cannot be opened; the test fails
   */
  protected abstract S open(EmbeddingSpace space) throws Exception;

  /**
   * Removes the data of the test and closes the store.
   *
   * @param opened the store
   */
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
  void missingStateIsEmpty() {
    assertThat(store.load("policy")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000, 3_000_000})
  void stateOfAnyLengthIsStoredAndReplaced(int length) {
    store.save("policy", bytes(length, 1));
    assertThat(store.load("policy")).hasValue(bytes(length, 1));

    store.save("policy", bytes(length + 1, 2));
    assertThat(store.load("policy")).hasValue(bytes(length + 1, 2));
  }

  @Test
  void statesOfSimilarNamesAreSeparate() {
    store.save("policy", new byte[] {1});
    store.save("policy-", new byte[] {2});

    assertThat(store.load("policy")).hasValue(new byte[] {1});
    assertThat(store.load("policy-")).hasValue(new byte[] {2});
    assertThat(store.load("polic")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../policy", "Policy", "a b", "a:b", "policy*", "{a}"})
  void invalidNameIsRejected(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> store.load(name));
    assertThatIllegalArgumentException().isThrownBy(() -> store.save(name, new byte[1]));
  }

  @Test
  void arraysAreCopied() {
    byte[] state = {1};
    store.save("policy", state);
    state[0] = 2;
    store.load("policy").orElseThrow()[0] = 3;

    assertThat(store.load("policy")).hasValue(new byte[] {1});
  }

  @Test
  void updateReceivesTheCurrentState() {
    store.update("policy", current -> new byte[] {(byte) (current.isPresent() ? 0 : 1)});
    store.update("policy", current -> new byte[] {current.orElseThrow()[0], 2});

    assertThat(store.load("policy")).hasValue(new byte[] {1, 2});
  }

  @Test
  void exceptionOfTheChangeIsPropagatedAndNothingWritten() {
    store.save("policy", new byte[] {1});

    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () ->
                store.update(
                    "policy",
                    current -> {
                      current.orElseThrow()[0] = 9;
                      throw new ArithmeticException("thrown by the change");
                    }))
        .withMessage("thrown by the change");
    assertThat(store.load("policy")).hasValue(new byte[] {1});
  }

  @Test
  void concurrentUpdatesAreAllApplied() throws Exception {
    int threads = 4;
    int updatesPerThread = 25;

    VectorStoreFixture.runConcurrently(
        threads,
        thread ->
            () -> {
              for (int i = 0; i < updatesPerThread; i++) {
                int bit = thread * updatesPerThread + i;
                store.update("policy", current -> withBit(current, bit));
              }
              return thread;
            });

    assertThat(BitSet.valueOf(store.load("policy").orElseThrow()).cardinality())
        .isEqualTo(threads * updatesPerThread);
  }

  private static byte[] withBit(Optional<byte[]> current, int bit) {
    BitSet bits = BitSet.valueOf(current.orElse(new byte[0]));
    bits.set(bit);
    return bits.toByteArray();
  }

  @Test
  void interruptedThreadCanUseTheStore() {
    Thread.currentThread().interrupt();
    store.save("policy", new byte[] {1});
    assertThat(Thread.interrupted()).isTrue();
    assertThat(store.load("policy")).hasValue(new byte[] {1});
  }

  @Test
  void removalOfAllEntriesDoesNotRemoveStates() {
    store.save("policy", new byte[] {1});
    CacheEntry entry = entry(Scope.none(), "what?", "answer", Instant.ofEpochMilli(1));
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, 0))));

    assertThat(store.remove(new EntrySelector.All())).isEqualTo(1);

    assertThat(store.find("policy")).isEmpty();
    assertThat(store.load("policy")).hasValue(new byte[] {1});
  }
}
