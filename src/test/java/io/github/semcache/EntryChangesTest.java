package io.github.semcache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of changing entries: their time to live, their answer, and near duplicates. */
class EntryChangesTest extends CacheFixture {
  private static final Duration HOUR = Duration.ofHours(1);

  private SemanticCacheBuilder onHourlyStore() {
    return builder().timeToLive(HOUR);
  }

  @Test
  void hitRenewsTheTimeToLiveIfThatIsEnabled() {
    SemanticCache renewing = onHourlyStore().renewTimeToLiveOnHit().build();
    SemanticCache plain = onHourlyStore().build();
    for (SemanticCache each : new SemanticCache[] {renewing, plain}) {
      each.ask(PARIS);
    }
    for (int i = 0; i < 3; i++) {
      time.advance(Duration.ofMinutes(40));
      assertThat(renewing.lookup(Prompt.of(i == 1 ? PARIS_PARAPHRASE : PARIS))).isPresent();
    }

    assertThat(plain.lookup(Prompt.of(PARIS))).isEmpty();
    time.advance(HOUR);
    assertThat(renewing.lookup(Prompt.of(PARIS))).isEmpty();
  }

  @Test
  void entryIsRenewedForItsOwnTimeToLiveAndNotTooOften() {
    FaultyStore store =
        new FaultyStore(
            InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).timeSource(time).build());
    SemanticCache renewing = onHourlyStore().store(store).renewTimeToLiveOnHit().build();
    renewing.put(Prompt.of(PARIS), "Paris", Duration.ofMinutes(10));
    for (int i = 0; i < 10; i++) {
      assertThat(renewing.lookup(Prompt.of(PARIS))).isPresent();
    }
    assertThat(store.calls().stream().filter(FaultyStore.Call.UPDATE::equals)).hasSizeLessThan(2);

    time.advance(Duration.ofMinutes(10));
    assertThat(renewing.lookup(Prompt.of(PARIS))).isEmpty();
    renewing.close();
  }

  @Test
  void failedRenewalDoesNotFailTheHit() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    SemanticCache renewing =
        onHourlyStore().store(store).renewTimeToLiveOnHit().failOnCacheErrors().build();
    renewing.put(Prompt.of(PARIS), "Paris");
    store.fail(FaultyStore.Call.UPDATE);

    assertThat(renewing.ask(PARIS).text()).isEqualTo("Paris");
  }

  @Test
  void timeToLiveOfAnEntryCanBeChanged() {
    String id = cache.ask(PARIS).entryId().orElseThrow();

    assertThat(cache.expireAfter(id, Duration.ofMinutes(1))).isTrue();
    assertThat(cache.lookup(Prompt.of(PARIS))).isPresent();
    assertThat(cache.expireAfter(id, Duration.ofMinutes(5))).isTrue();
    time.advance(Duration.ofMinutes(4));
    assertThat(cache.lookup(Prompt.of(PARIS))).isPresent();
    time.advance(Duration.ofMinutes(1));

    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(cache.expireAfter(id, HOUR)).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.expireAfter(id, Duration.ZERO))
        .withMessageContaining("timeToLive");
  }

  @Test
  void changedTimeToLiveIsTheOneThatHitsRenew() {
    SemanticCache renewing = onHourlyStore().renewTimeToLiveOnHit().build();
    String id = renewing.ask(PARIS).entryId().orElseThrow();
    renewing.expireAfter(id, Duration.ofMinutes(10));

    time.advance(Duration.ofMinutes(9));
    assertThat(renewing.lookup(Prompt.of(PARIS))).isPresent();
    time.advance(Duration.ofMinutes(9));
    assertThat(renewing.lookup(Prompt.of(PARIS))).isPresent();
    time.advance(Duration.ofMinutes(10));
    assertThat(renewing.lookup(Prompt.of(PARIS))).isEmpty();
  }

  /** Blocks the thread of the renewals before calls of the store. */
  private static final class BlockedRenewal {
    private final FaultyStore store;
    private final FaultyStore.Call blocked;
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final CountDownLatch release = new CountDownLatch(1);

    BlockedRenewal(FaultyStore store, FaultyStore.Call blocked) {
      this.store = store;
      this.blocked = blocked;
      store.before(this::beforeCall);
    }

    private void beforeCall(FaultyStore.Call call) {
      if (call == blocked && Thread.currentThread().getName().equals("semcache-renewal")) {
        thread.set(Thread.currentThread());
        try {
          release.await();
        } catch (InterruptedException e) {
          throw new StoreException("interrupted", e);
        }
      }
    }

    void awaitStart() {
      await().until(() -> thread.get() != null);
    }

    void finish() {
      store.before(call -> {});
      release.countDown();
      await().until(this::isIdle);
    }

    /** Returns whether the thread waits for the next renewal. */
    private boolean isIdle() {
      Thread worker = requireNonNull(thread.get());
      return !worker.isAlive()
          || Stream.of(worker.getStackTrace())
              .anyMatch(frame -> frame.getMethodName().equals("getTask"));
    }
  }

  private FaultyStore blockingStore() {
    return new FaultyStore(InMemoryVectorStore.builder(embedder).timeSource(time).build());
  }

  @ParameterizedTest
  @EnumSource(names = {"FIND", "UPDATE"})
  void lateRenewalDoesNotExtendTheAnswerThatReplacedTheEntry(FaultyStore.Call blocked) {
    FaultyStore store = blockingStore();
    SemanticCache renewing = onHourlyStore().store(store).renewTimeToLiveOnHit().build();
    renewing.put(Prompt.of(PARIS), "old");
    BlockedRenewal renewal = new BlockedRenewal(store, blocked);
    assertThat(renewing.lookup(Prompt.of(PARIS))).isPresent();
    renewal.awaitStart();

    renewing.put(Prompt.of(PARIS), "new", Duration.ofMinutes(1));
    renewal.finish();
    time.advance(Duration.ofMinutes(1));

    assertThat(renewing.lookup(Prompt.of(PARIS))).isEmpty();
    renewing.close();
  }

  @Test
  void lateRenewalDoesNotLimitAnAnswerWithoutExpiry() {
    FaultyStore store = blockingStore();
    SemanticCache renewing = onHourlyStore().store(store).renewTimeToLiveOnHit().build();
    SemanticCache permanent = builder().store(store).noExpiry().build();
    renewing.put(Prompt.of(PARIS), "old");
    BlockedRenewal renewal = new BlockedRenewal(store, FaultyStore.Call.UPDATE);
    assertThat(renewing.lookup(Prompt.of(PARIS))).isPresent();
    renewal.awaitStart();

    permanent.put(Prompt.of(PARIS), "new");
    renewal.finish();
    time.advance(Duration.ofDays(365));

    assertThat(permanent.lookup(Prompt.of(PARIS)).map(Answer::text)).contains("new");
    renewing.close();
    permanent.close();
  }

  @Test
  void lateRenewalDoesNotRevertAChangedTimeToLive() {
    FaultyStore store = blockingStore();
    SemanticCache renewing = onHourlyStore().store(store).renewTimeToLiveOnHit().build();
    String id = renewing.ask(PARIS).entryId().orElseThrow();
    BlockedRenewal renewal = new BlockedRenewal(store, FaultyStore.Call.UPDATE);
    assertThat(renewing.lookup(Prompt.of(PARIS))).isPresent();
    renewal.awaitStart();

    assertThat(renewing.expireAfter(id, Duration.ofMinutes(1))).isTrue();
    renewal.finish();
    time.advance(Duration.ofMinutes(1));

    assertThat(renewing.lookup(Prompt.of(PARIS))).isEmpty();
    renewing.close();
  }

  @Test
  void renewalDuringAChangeOfTheTimeToLiveDoesNotRevertIt() {
    FaultyStore store = blockingStore();
    SemanticCache renewing = onHourlyStore().store(store).renewTimeToLiveOnHit().build();
    String id = renewing.ask(PARIS).entryId().orElseThrow();
    BlockedRenewal renewal = new BlockedRenewal(store, FaultyStore.Call.UPDATE);
    assertThat(renewing.lookup(Prompt.of(PARIS))).isPresent();
    renewal.awaitStart();
    AtomicInteger updates = new AtomicInteger();
    Thread caller = Thread.currentThread();
    store.before(
        call -> {
          if (call == FaultyStore.Call.UPDATE
              && Thread.currentThread() == caller
              && updates.incrementAndGet() == 2) {
            renewal.finish();
          }
        });

    assertThat(renewing.expireAfter(id, Duration.ofMinutes(1))).isTrue();
    time.advance(Duration.ofMinutes(1));

    assertThat(updates).hasValue(2);
    assertThat(renewing.lookup(Prompt.of(PARIS))).isEmpty();
    renewing.close();
  }

  @Test
  void answerOfAnEntryCanBeReplaced() {
    Prompt prompt = Prompt.of(PARIS).tag("tenant", "acme").dependsOn("atlas");
    Prompt paraphrase = Prompt.of(PARIS_PARAPHRASE).tag("tenant", "acme").dependsOn("atlas");
    String id = cache.ask(prompt).entryId().orElseThrow();
    cache.reportWrong(cache.lookup(paraphrase).orElseThrow());
    time.advance(HOUR);

    assertThat(cache.replaceAnswer(id, ChatReply.of("Paris, of course"))).isTrue();

    Answer answer = cache.lookup(prompt).orElseThrow();
    assertThat(answer.text()).isEqualTo("Paris, of course");
    assertThat(answer.age()).isZero();
    assertThat(answer.usage()).isEmpty();
    assertThat(cache.lookup(paraphrase)).map(Answer::text).contains("Paris, of course");
    cache.invalidateDependents("atlas");
    assertThat(cache.lookup(prompt)).isEmpty();
    time.advance(Duration.ofHours(23));
    assertThat(cache.size()).as("expires when the old answer would").isZero();
    assertThat(cache.replaceAnswer(id, ChatReply.of("late"))).isFalse();
  }

  @Test
  void replacingPutRemovesTheAcceptedNearEntries() {
    Prompt scoped = Prompt.of(PARIS).tag("tenant", "acme");
    cache.put(Prompt.of(PARIS), "old");
    cache.put(scoped, "other scope");
    cache.put(Prompt.of(PYTHON), "s[::-1]");

    assertThat(cache.putReplacing(Prompt.of(PARIS_PARAPHRASE), ChatReply.of("new"))).isEqualTo(1);

    assertThat(cache.lookup(Prompt.of(PARIS))).map(Answer::text).contains("new");
    assertThat(cache.lookup(scoped)).map(Answer::text).contains("other scope");
    assertThat(cache.size()).isEqualTo(3);
    assertThat(cache.putReplacing(Prompt.of(PARIS_PARAPHRASE), ChatReply.of("newer"))).isZero();
    assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).map(Answer::text).contains("newer");
  }

  @Test
  void replacingPutLeavesEntriesThatTheVerifierRejectsOrDoesNotReach() {
    SemanticCache rejecting = builder().verifier(pair -> Verification.reject("no")).build();
    for (int i = 0; i < 8; i++) {
      embedder.place("near " + i, 1 + i);
      rejecting.put(Prompt.of("near " + i), "answer");
    }
    assertThat(rejecting.putReplacing(Prompt.of(PARIS), ChatReply.of("new"))).isZero();
    assertThat(rejecting.size()).isEqualTo(9);
  }

  @Test
  void failureOfAChangeIsThrown() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    SemanticCache failing = builder().store(store).build();
    store.fail(FaultyStore.Call.UPDATE, FaultyStore.Call.PUT);

    assertThatThrownBy(() -> failing.expireAfter("id", HOUR)).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> failing.replaceAnswer("id", ChatReply.of("a")))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> failing.putReplacing(Prompt.of(PARIS), ChatReply.of("a")))
        .isInstanceOf(StoreException.class);
  }
}
