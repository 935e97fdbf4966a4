package io.github.semcache.testkit;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.LeaseStore.Claim;
import io.github.semcache.store.LeaseStore.Lease;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of {@link LeaseStore}. A subclass opens the store under test. */
public abstract class LeaseStoreContract {
  private static final int DIMENSION = 4;
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(30);
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);
  private static final CacheEntry FIRST = answer("first", 1_000);
  private static final CacheEntry SECOND = answer("second", 2_000);
  private static final String KEY = FIRST.key();

  private VectorStore store;
  private LeaseStore leases;

  /** For subclasses. */
  protected LeaseStoreContract() {}

  /**
   * Opens a store without entries and leases.
   *
   * @param space the vector space
   * @return the store; the contract passes it to {@link #close} after the test
   * @throws Exception if the store cannot be opened; the test fails
   */
  protected abstract VectorStore open(EmbeddingSpace space) throws Exception;

  /**
   * Removes the data of the test and closes the store.
   *
   * @param opened the store
   */
  protected void close(VectorStore opened) {
    opened.close();
  }

  @BeforeEach
  void openStore() throws Exception {
    store = open(SPACE);
    leases = store.leases().orElseThrow();
  }

  @AfterEach
  void closeStore() {
    close(store);
  }

  private static CacheEntry answer(String answer, long createdMillis) {
    return entry(Scope.of("tenant", "acme"), "what?", answer, Instant.ofEpochMilli(createdMillis));
  }

  private static NewEntry write(CacheEntry entry) {
    return withoutExpiry(entry, atAngle(DIMENSION, 0));
  }

  private Claim claim(Duration duration) {
    return leases.claim(KEY, Set.of(), Optional.empty(), duration);
  }

  private Claim claim(CacheEntry known) {
    return leases.claim(KEY, Set.of(), Optional.of(known.createdAt()), LONG);
  }

  private Lease lease() {
    return claim(LONG).lease().orElseThrow();
  }

  private Lease expired() throws InterruptedException {
    Lease lease = claim(SHORT).lease().orElseThrow();
    for (int i = 0; leases.isHeld(KEY) && i < MAX_WAIT.toMillis(); i++) {
      Thread.sleep(1);
    }
    return lease;
  }

  @Test
  void leaseIsGrantedToOneClaimant() {
    assertThat(leases.isHeld(KEY)).isFalse();

    Claim first = claim(LONG);
    Claim second = claim(LONG);

    assertThat(first.entry()).isEmpty();
    assertThat(first.lease().map(Lease::key)).hasValue(KEY);
    assertThat(first.isHeld()).isFalse();
    assertThat(second.lease()).isEmpty();
    assertThat(second.isHeld()).isTrue();
    assertThat(leases.isHeld(KEY)).isTrue();
  }

  @Test
  void leasesOfOtherKeysAreIndependent() {
    lease();

    Claim other = leases.claim("f00", Set.of(), Optional.empty(), LONG);

    assertThat(other.lease()).isPresent();
    leases.release(other.lease().orElseThrow());
    assertThat(leases.isHeld("f00")).isFalse();
    assertThat(leases.isHeld(KEY)).isTrue();
  }

  @Test
  void concurrentClaimsGrantOneLease() throws Exception {
    AtomicInteger granted = new AtomicInteger();

    VectorStoreFixture.runConcurrently(
        8,
        thread ->
            () -> {
              if (claim(LONG).lease().isPresent()) {
                granted.incrementAndGet();
              }
              return thread;
            });

    assertThat(granted).hasValue(1);
  }

  @Test
  void writeEndsTheLease() {
    assertThat(leases.put(write(FIRST), lease())).isTrue();

    assertThat(store.find(KEY)).contains(FIRST);
    assertThat(
            store.nearest(Entries.nearest(Scope.of("tenant", "acme"), atAngle(4, 0), 1)).matches())
        .hasSize(1);
    assertThat(leases.isHeld(KEY)).isFalse();
  }

  @Test
  void writeHasItsTimeToLiveAndTerms() throws InterruptedException {
    String term = Scope.tagTerm("tenant", "acme");
    NewEntry entry =
        new NewEntry(FIRST, Optional.empty(), Optional.of(Duration.ofMillis(40)), Set.of(term));
    assertThat(leases.put(entry, lease())).isTrue();

    for (int i = 0; store.find(KEY).isPresent() && i < MAX_WAIT.toMillis(); i++) {
      Thread.sleep(1);
    }

    assertThat(store.find(KEY)).isEmpty();
    Lease next = lease();
    assertThat(
            leases.put(
                new NewEntry(SECOND, Optional.empty(), Optional.empty(), Set.of(term)), next))
        .isTrue();
    assertThat(store.remove(new EntrySelector.ByTerm(term))).isEqualTo(1);
  }

  @Test
  void claimReturnsAnEntryThatTheCallerDoesNotKnow() {
    store.put(List.of(write(FIRST)));

    Claim claim = claim(LONG);

    assertThat(claim.entry()).contains(FIRST);
    assertThat(claim.lease()).isEmpty();
    assertThat(claim.isHeld()).isFalse();
    assertThat(leases.isHeld(KEY)).isFalse();
  }

  @Test
  void leaseIsGrantedToReplaceAKnownEntry() {
    store.put(List.of(write(FIRST)));

    Claim claim = claim(FIRST);

    assertThat(claim.entry()).contains(FIRST);
    assertThat(leases.put(write(SECOND), claim.lease().orElseThrow())).isTrue();
    assertThat(store.find(KEY)).contains(SECOND);
  }

  @Test
  void leaseIsNotGrantedIfTheKnownEntryWasReplacedOrRemoved() {
    store.put(List.of(write(SECOND)));
    assertThat(claim(FIRST).lease()).isEmpty();

    store.remove(EntrySelector.entry(KEY));
    assertThat(claim(FIRST).lease()).isEmpty();
    assertThat(claim(LONG).lease()).isPresent();
  }

  @Test
  void changedAttributesDoNotRejectAWrite() {
    store.put(List.of(write(FIRST)));
    Lease lease = claim(FIRST).lease().orElseThrow();

    store.updateAttributes(KEY, entry -> entry.group("other"));

    assertThat(leases.put(write(SECOND), lease)).isTrue();
  }

  @Test
  void changedAnswerRejectsAWrite() {
    store.put(List.of(write(FIRST)));
    Lease lease = claim(FIRST).lease().orElseThrow();
    Optional<CacheEntry> changed =
        store.updateEntry(
            KEY,
            entry ->
                entry.withAnswer("changed", entry.attributes(), entry.createdAt().plusMillis(1)));

    assertThat(leases.put(write(SECOND), lease)).isFalse();
    assertThat(store.find(KEY)).isEqualTo(changed);
  }

  @Test
  void releasedLeaseCanBeAcquiredAgain() {
    Lease released = lease();
    leases.release(released);
    assertThat(leases.isHeld(KEY)).isFalse();

    Lease next = lease();
    leases.release(released);

    assertThat(leases.isHeld(KEY)).as("released by its holder only").isTrue();
    assertThat(next.token()).isNotEqualTo(released.token());
  }

  @Test
  void expiredLeaseCanBeAcquiredByAnother() throws InterruptedException {
    expired();

    assertThat(leases.isHeld(KEY)).isFalse();
    assertThat(claim(LONG).lease()).isPresent();
  }

  @Test
  void lateHolderWritesIfNoOneElseHas() throws InterruptedException {
    Lease late = expired();

    assertThat(leases.put(write(FIRST), late)).isTrue();
    assertThat(store.find(KEY)).contains(FIRST);
  }

  @Test
  void lateHolderDoesNotWriteWhileAnotherHoldsTheLease() throws InterruptedException {
    Lease late = expired();
    Lease current = lease();

    assertThat(leases.put(write(FIRST), late)).isFalse();

    assertThat(store.find(KEY)).isEmpty();
    assertThat(leases.isHeld(KEY)).isTrue();
    assertThat(leases.put(write(SECOND), current)).isTrue();
  }

  @Test
  void lateHolderDoesNotReplaceTheAnswerOfANewerLease() throws InterruptedException {
    Lease late = expired();
    CacheEntry sameTime = answer("newer", FIRST.createdAt().toEpochMilli());
    assertThat(leases.put(write(sameTime), lease())).isTrue();

    assertThat(leases.put(write(FIRST), late)).isFalse();

    assertThat(store.find(KEY)).contains(sameTime);
  }

  @Test
  void lateHolderDoesNotReplaceAReplacement() throws InterruptedException {
    store.put(List.of(write(FIRST)));
    Lease late =
        leases.claim(KEY, Set.of(), Optional.of(FIRST.createdAt()), SHORT).lease().orElseThrow();
    for (int i = 0; leases.isHeld(KEY) && i < MAX_WAIT.toMillis(); i++) {
      Thread.sleep(1);
    }
    assertThat(leases.put(write(SECOND), claim(FIRST).lease().orElseThrow())).isTrue();

    assertThat(leases.put(write(answer("late", 500)), late)).isFalse();

    assertThat(store.find(KEY)).contains(SECOND);
  }

  @Test
  void holderDoesNotReplaceAnEntryWrittenWithoutALease() {
    Lease lease = lease();
    store.put(List.of(write(SECOND)));

    assertThat(leases.put(write(FIRST), lease)).isFalse();

    assertThat(store.find(KEY)).contains(SECOND);
    assertThat(leases.isHeld(KEY)).isFalse();
  }

  @Test
  void entryWithoutALeaseReplacesOneWithALease() {
    leases.put(write(FIRST), lease());
    Lease lease = claim(FIRST).lease().orElseThrow();
    store.put(List.of(write(SECOND)));

    assertThat(leases.put(write(answer("late", 3_000)), lease)).isFalse();
    assertThat(store.find(KEY)).contains(SECOND);
  }

  @Test
  void leaseIsUsedOnce() {
    Lease lease = lease();
    assertThat(leases.put(write(FIRST), lease)).isTrue();

    assertThat(leases.put(write(SECOND), lease)).isFalse();
    assertThat(store.find(KEY)).contains(FIRST);
  }

  @Test
  void claimReturnsTheVersionsOfDependencies() {
    String prices = Scope.dependencyTerm("prices");
    String before =
        leases.claim(KEY, Set.of(prices), Optional.empty(), LONG).versions().get(prices);
    assertThat(before).isEqualTo(store.versions(Set.of(prices)).get(prices));

    store.renewVersion(prices);

    assertThat(leases.claim(KEY, Set.of(prices), Optional.empty(), LONG).versions())
        .isEqualTo(store.versions(Set.of(prices)))
        .doesNotContainValue(before);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 40_000L * 24 * 3600 * 1000})
  void invalidDurationIsRejected(long millis) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> claim(Duration.ofMillis(millis)))
        .withMessageContaining("duration of a lease");
  }

  @Test
  void invalidWriteIsRejected() {
    Lease lease = lease();
    CacheEntry other = entry(Scope.none(), "other?", "answer", Instant.EPOCH);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> leases.put(write(other), lease))
        .withMessageContaining("key of the entry");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> leases.put(withoutExpiry(FIRST, atAngle(3, 0)), lease));
    assertThat(leases.isHeld(KEY)).isTrue();
    assertThat(leases.put(expiring(FIRST, atAngle(DIMENSION, 0), LONG), lease)).isTrue();
  }
}
