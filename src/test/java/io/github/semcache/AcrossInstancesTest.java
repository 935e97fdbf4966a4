package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two caches on one store that coalesce their calls, like two instances of an application. */
@Timeout(60)
class AcrossInstancesTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Prompt PROMPT = Prompt.of("What is the capital of France?");

  private final FakeEmbedder embedder = new FakeEmbedder();
  private final FakeChatClient chat = new FakeChatClient();
  private final InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
  private final LeaseStore leases = store.leases().orElseThrow();
  private final CountDownLatch modelAnswers = new CountDownLatch(1);
  private final SemanticCache one = cache(LONG);
  private final SemanticCache other = cache(LONG);

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .verifier(PairVerifier.none())
        .embedder(embedder)
        .chatClient(chat)
        .store(store);
  }

  private SemanticCache cache(Duration lease) {
    return builder().singleFlightAcrossInstances(lease).build();
  }

  @AfterEach
  void closeCaches() {
    modelAnswers.countDown();
    one.close();
    other.close();
  }

  private static <T> CompletableFuture<T> onNewThread(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
  }

  private ChatReply answerLater(String answer) {
    try {
      modelAnswers.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return ChatReply.of(answer);
  }

  /** Starts a call of the first cache and waits until it calls the model. */
  private CompletableFuture<Answer> lead() {
    CompletableFuture<Answer> leader = onNewThread(() -> one.ask(PROMPT));
    await().until(() -> chat.calls() == 1);
    return leader;
  }

  private void awaitCoalesced(SemanticCache cache, long count) {
    await().until(() -> cache.stats().coalesced() == count);
  }

  @Test
  void otherInstanceWaitsForTheAnswer() {
    chat.replying(prompt -> answerLater("Paris"));
    CompletableFuture<Answer> leader = lead();
    List<CompletableFuture<Answer>> followers =
        List.of(onNewThread(() -> other.ask(PROMPT)), onNewThread(() -> other.ask(PROMPT)));
    awaitCoalesced(other, 2);

    modelAnswers.countDown();

    assertThat(leader.join().source()).isEqualTo(Answer.Source.MODEL);
    for (CompletableFuture<Answer> follower : followers) {
      assertThat(follower.join().text()).isEqualTo("Paris");
      assertThat(follower.join().source()).isEqualTo(Answer.Source.EXACT);
    }
    assertThat(chat.calls()).isEqualTo(1);
    assertThat(other.stats().requests()).isEqualTo(2);
    assertThat(other.stats().modelCalls()).isZero();
    assertThat(leases.isHeld(leader.join().query().key())).isFalse();
  }

  @Test
  void asynchronousCallHoldsNoThreadWhileItWaits() {
    chat.replying(prompt -> answerLater("Paris"));
    CompletableFuture<Answer> leader = lead();

    CacheCall call = other.begin(PROMPT, chat.settings());
    assertThat(call).isInstanceOf(CacheCall.Follow.class);
    CompletableFuture<CacheCall> next = ((CacheCall.Follow) call).next();
    modelAnswers.countDown();

    assertThat(next.join()).isInstanceOf(CacheCall.Answered.class);
    assertThat(((CacheCall.Answered) next.join()).answer().text()).isEqualTo("Paris");
    assertThat(leader.join().text()).isEqualTo("Paris");
  }

  @Test
  void failureReleasesTheLease() {
    chat.replying(
        prompt -> {
          if (chat.calls() == 1) {
            answerLater("unused");
            throw new IllegalStateException("model down");
          }
          return ChatReply.of("Paris");
        });
    CompletableFuture<Answer> leader = lead();
    CompletableFuture<Answer> follower = onNewThread(() -> other.ask(PROMPT));
    awaitCoalesced(other, 1);

    modelAnswers.countDown();

    assertThatThrownBy(leader::join).hasRootCauseMessage("model down");
    assertThat(follower.join().source()).isEqualTo(Answer.Source.MODEL);
    assertThat(follower.join().text()).isEqualTo("Paris");
    assertThat(chat.calls()).isEqualTo(2);
  }

  @Test
  void abandonedCallReleasesTheLease() {
    CacheCall.Lead lead = (CacheCall.Lead) one.begin(PROMPT, chat.settings());
    CompletableFuture<Answer> follower = onNewThread(() -> other.ask(PROMPT));
    awaitCoalesced(other, 1);

    lead.abandon();

    assertThat(follower.join().source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void replyThatIsNotAdmittedReleasesTheLease() {
    SemanticCache rejecting =
        builder().admission((prompt, reply) -> false).singleFlightAcrossInstances(LONG).build();
    CacheCall.Lead lead = (CacheCall.Lead) rejecting.begin(PROMPT, chat.settings());
    CompletableFuture<Answer> follower = onNewThread(() -> other.ask(PROMPT));
    awaitCoalesced(other, 1);

    lead.complete(ChatReply.of("not admitted"));

    assertThat(follower.join().text()).isEqualTo("answer 1");
    rejecting.close();
  }

  @Test
  void lostLeaderDelaysOthersByTheLease() {
    SemanticCache brief = cache(Duration.ofMillis(200));
    CacheCall.Lead lost = (CacheCall.Lead) brief.begin(PROMPT, chat.settings());
    long start = System.nanoTime();

    Answer answer = other.ask(PROMPT);

    assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(150), Duration.ofSeconds(10));
    Answer late = lost.complete(ChatReply.of("late"));
    assertThat(late.text()).isEqualTo("late");
    assertThat(late.entryId()).isEmpty();
    assertThat(other.ask(PROMPT).text()).isEqualTo("answer 1");
    assertThat(brief.stats().freshness().superseded()).isEqualTo(1);
    assertThat(brief.stats().writes()).isZero();
    brief.close();
  }

  @Test
  void callWaitsForOtherInstancesForTheMaximumWait() {
    one.begin(PROMPT, chat.settings());

    List<CompletableFuture<Answer>> followers =
        List.of(
            onNewThread(() -> other.ask(PROMPT.maxWait(Duration.ofMillis(300)))),
            onNewThread(() -> other.ask(PROMPT.maxWait(Duration.ofMillis(300)))),
            onNewThread(() -> other.ask(PROMPT.maxWait(Duration.ofMillis(300)))));

    for (CompletableFuture<Answer> follower : followers) {
      assertThat(follower.join().text()).startsWith("answer");
    }
    assertThat(chat.calls()).as("the followers of one instance make one call").isEqualTo(1);
  }

  @Test
  void answerThatCannotBeServedIsReplacedUnderALease() {
    one.put(PROMPT, "old");
    Prompt recent = PROMPT.maxAge(Duration.ofMillis(1));
    await().until(() -> other.lookup(recent).isEmpty());

    assertThat(one.ask(recent).text()).isEqualTo("answer 1");
    assertThat(other.ask(PROMPT).text()).isEqualTo("answer 1");
  }

  @Test
  void callOfTheModelForTheSamePromptDoesNotWaitForItself() {
    chat.replying(
        prompt -> chat.calls() == 1 ? ChatReply.of(one.ask(PROMPT).text()) : ChatReply.of("inner"));

    assertThat(one.ask(PROMPT).text()).isEqualTo("inner");
    assertThat(chat.calls()).isEqualTo(2);
  }

  @Test
  void putDuringTheCallIsNotReplaced() {
    CacheCall.Lead lead = (CacheCall.Lead) one.begin(PROMPT, chat.settings());
    other.put(PROMPT, "by hand");

    assertThat(lead.complete(ChatReply.of("by the model")).text()).isEqualTo("by the model");

    assertThat(one.ask(PROMPT).text()).isEqualTo("by hand");
  }

  @Test
  void streamsNeitherWaitForOtherInstancesNorHoldALease() {
    one.begin(PROMPT, chat.settings());

    assertThat(other.ask(PROMPT, text -> {}).source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void cacheWithoutTheOptionHoldsNoLease() {
    SemanticCache plain = builder().build();
    CacheCall.Lead lead = (CacheCall.Lead) plain.begin(PROMPT, chat.settings());
    String key = lead.complete(ChatReply.of("x")).query().key();
    plain.invalidate(PROMPT);
    CacheCall.Lead next = (CacheCall.Lead) plain.begin(PROMPT, chat.settings());

    assertThat(leases.isHeld(key)).isFalse();

    next.abandon();
    plain.close();
  }

  @Test
  void closingTheCacheEndsTheWait() throws Exception {
    one.begin(PROMPT, chat.settings());
    CompletableFuture<Answer> follower = onNewThread(() -> other.ask(PROMPT));
    awaitCoalesced(other, 1);

    other.close();

    assertThat(follower.get(9, TimeUnit.SECONDS).source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void failureOfTheModelReachesTheCallerIfTheLeaseCannotBeReleased() {
    FaultyStore faulty = new FaultyStore(store).withLeases();
    IllegalStateException failure = new IllegalStateException("model down");
    chat.replying(
        prompt -> {
          faulty.fail(FaultyStore.Call.RELEASE);
          throw failure;
        });
    SemanticCache strict =
        builder().store(faulty).singleFlightAcrossInstances(LONG).failOnCacheErrors().build();

    assertThatThrownBy(() -> strict.ask(PROMPT)).isSameAs(failure);
    assertThat(strict.stats().storeErrors()).isEqualTo(1);
    strict.close();
  }

  @Test
  void failureOfTheStoreWhileWaitingEndsTheWait() {
    FaultyStore faulty = new FaultyStore(store).withLeases();
    SemanticCache failing = builder().store(faulty).singleFlightAcrossInstances(LONG).build();
    one.begin(PROMPT, chat.settings());
    CompletableFuture<Answer> follower = onNewThread(() -> failing.ask(PROMPT));
    awaitCoalesced(failing, 1);

    faulty.fail(FaultyStore.Call.CLAIM);

    assertThat(follower.join().source()).isEqualTo(Answer.Source.MODEL);
    failing.close();
  }

  @Test
  void leaseIsAcquiredAgainAfterAFailureThatWasThrown() {
    FaultyStore faulty = new FaultyStore(store).withLeases();
    SemanticCache strict =
        builder().store(faulty).singleFlightAcrossInstances(LONG).failOnCacheErrors().build();
    faulty.fail(FaultyStore.Call.CLAIM);
    assertThatThrownBy(() -> strict.ask(PROMPT)).isInstanceOf(StoreException.class);
    faulty.recover();
    chat.replying(
        prompt -> {
          String key = Query.of(PROMPT, Normalizer.nfc(), chat.settings()).key();
          return ChatReply.of(leases.isHeld(key) ? "under a lease" : "without a lease");
        });

    assertThat(strict.ask(PROMPT).text()).isEqualTo("under a lease");
    strict.close();
  }

  private String key() {
    return Query.of(PROMPT, Normalizer.nfc(), chat.settings()).key();
  }

  /** Waits until a lease that nobody holds any more was released. */
  private void awaitRelease(FaultyStore faulty) {
    await().until(() -> faulty.calls(FaultyStore.Call.RELEASE) == 1);
    await().until(() -> !leases.isHeld(key()));
  }

  @Test
  void leaseThatATrialOfTheStoreAcquiresIsReleased() {
    FakeClock time = new FakeClock();
    FaultyStore faulty = new FaultyStore(store).withLeases();
    SemanticCache recovering =
        builder()
            .store(faulty)
            .singleFlightAcrossInstances(LONG)
            .deadline(Duration.ofMinutes(5))
            .circuitBreaker(1, Duration.ofSeconds(10))
            .ticker(time::nanos)
            .build();
    AtomicBoolean opened = new AtomicBoolean();
    embedder.beforeEmbedding(
        () -> {
          if (!opened.getAndSet(true)) {
            faulty.fail(FaultyStore.Call.FIND);
            recovering.ask("another prompt");
            faulty.recover();
            time.advance(Duration.ofSeconds(10));
          }
        });

    assertThat(recovering.ask(PROMPT).source()).isEqualTo(Answer.Source.MODEL);

    awaitRelease(faulty);
    recovering.close();
  }

  @Test
  void leaseThatIsAcquiredAfterTheDeadlineIsReleased() {
    FaultyStore slow = new FaultyStore(store).withLeases();
    SemanticCache late =
        builder()
            .store(slow)
            .singleFlightAcrossInstances(LONG)
            .deadline(Duration.ofSeconds(1))
            .ticker(new FakeClock()::nanos)
            .build();
    CountDownLatch answered = new CountDownLatch(1);
    slow.before(
        call -> {
          if (call == FaultyStore.Call.CLAIM) {
            awaitUninterruptibly(answered);
          }
        });

    assertThat(late.ask(PROMPT).source()).isEqualTo(Answer.Source.MODEL);
    answered.countDown();

    awaitRelease(slow);
    late.close();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void leaseOfAnAnswerThatCannotBeWrittenIsReleased() {
    FaultyStore faulty = new FaultyStore(store).withLeases();
    SemanticCache failing = builder().store(faulty).singleFlightAcrossInstances(LONG).build();
    CacheCall.Lead lead = (CacheCall.Lead) failing.begin(PROMPT, chat.settings());
    assertThat(leases.isHeld(key())).isTrue();
    faulty.fail(FaultyStore.Call.PUT);

    assertThat(lead.complete(ChatReply.of("too large")).entryId()).isEmpty();

    assertThat(leases.isHeld(key())).isFalse();
    failing.close();
  }

  @Test
  void leaseIsReleasedIfTheFailureOfTheAdmissionIsThrown() {
    IllegalStateException failure = new IllegalStateException("admission failed");
    SemanticCache strict =
        builder()
            .admission(
                (prompt, reply) -> {
                  throw failure;
                })
            .singleFlightAcrossInstances(LONG)
            .failOnCacheErrors()
            .build();
    CacheCall.Lead lead = (CacheCall.Lead) strict.begin(PROMPT, chat.settings());

    assertThatThrownBy(() -> lead.complete(ChatReply.of("Paris"))).isSameAs(failure);

    assertThat(leases.isHeld(key())).isFalse();
    strict.close();
  }

  @Test
  void followerThatLeadsAfterAnAbandonedCallAcquiresTheLease() {
    SemanticCache sameThread =
        builder().executor(Runnable::run).singleFlightAcrossInstances(LONG).build();
    CacheCall.Lead lead = (CacheCall.Lead) sameThread.begin(PROMPT, chat.settings());
    CompletableFuture<CacheCall> next =
        ((CacheCall.Follow) sameThread.begin(PROMPT, chat.settings())).next();

    lead.abandon();

    assertThat(next.join()).isInstanceOf(CacheCall.Lead.class);
    assertThat(leases.isHeld(key())).isTrue();
    sameThread.close();
  }

  @Test
  void hitIsServedInTimeIfTheReleaseOfItsLeaseHangs() throws Exception {
    FaultyStore hanging = new FaultyStore(store).withLeases();
    SemanticCache waiting =
        builder()
            .store(hanging)
            .singleFlightAcrossInstances(LONG)
            .deadline(LONG)
            .storeTimeout(Duration.ofMillis(100))
            .build();
    SemanticCache confirming =
        builder()
            .judge(AnswerJudge.sameText())
            .judgeExecutor(Runnable::run)
            .confirmations(1)
            .build();
    String id = confirming.ask(PROMPT.contributor("a")).entryId().orElseThrow();
    // The entry is confirmed between the two lookups of the next request.
    embedder.beforeEmbedding(() -> store.updateAttributes(id, entry -> entry.attributes(Map.of())));
    CountDownLatch end = new CountDownLatch(1);
    hanging.onNearest(found -> VectorStore.NearestEntries.none());
    hanging.before(
        call -> {
          if (call == FaultyStore.Call.RELEASE) {
            awaitUninterruptibly(end);
          }
        });

    CompletableFuture<Answer> answer = onNewThread(() -> waiting.ask(PROMPT));

    try {
      assertThat(answer.get(20, TimeUnit.SECONDS).source()).isEqualTo(Answer.Source.EXACT);
    } finally {
      end.countDown();
    }
    assertThat(hanging.calls(FaultyStore.Call.RELEASE)).isEqualTo(1);
    waiting.close();
    confirming.close();
  }

  @Test
  void storeWithoutLeasesCoalescesWithinTheCache() {
    SemanticCache withoutLeases =
        builder().store(new FaultyStore(store)).singleFlightAcrossInstances(LONG).build();

    assertThat(withoutLeases.ask(PROMPT).text()).isEqualTo("answer 1");
    assertThat(withoutLeases.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
    withoutLeases.invalidate(PROMPT);
    assertThat(withoutLeases.ask(PROMPT).text()).isEqualTo("answer 2");
    withoutLeases.close();
  }

  @Test
  void durationOutOfRangeIsRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache(Duration.ZERO))
        .withMessage("singleFlightAcrossInstances is PT0S; it must be between 1 ms and 10 minutes");
    assertThatIllegalArgumentException().isThrownBy(() -> cache(Duration.ofMinutes(11)));
  }
}
