package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the calls that {@link SemanticCache#begin} returns. */
@Timeout(60)
class CacheCallTest {
  private static final Prompt PROMPT = Prompt.of("What is the capital of France?");
  private static final Map<String, String> SETTINGS = Map.of("model", "m");
  private static final ChatReply PARIS = ChatReply.of("Paris");

  private final FakeClock time = new FakeClock();
  private final List<CacheEvent> events = new CopyOnWriteArrayList<>();
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(new FakeEmbedder())
          .timeSource(time)
          .ticker(time::nanos)
          .listener(events::add)
          .build();

  private CacheCall.Lead lead(Prompt prompt) {
    return (CacheCall.Lead) cache.begin(prompt, SETTINGS);
  }

  private CacheCall.Follow follow(Prompt prompt) {
    return (CacheCall.Follow) cache.begin(prompt, SETTINGS);
  }

  private CacheCall stream() {
    return cache.begin(PROMPT, SETTINGS, "streams");
  }

  private static Answer answerOf(CacheCall call) {
    return ((CacheCall.Answered) call).answer();
  }

  @Test
  void replyOfTheFirstCallAnswersTheNextCall() {
    CacheCall.Lead lead = lead(PROMPT);
    time.advance(Duration.ofSeconds(2));

    Answer first = lead.complete(PARIS);
    Answer second = answerOf(cache.begin(PROMPT, SETTINGS));

    assertThat(first.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(second.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(second.reply()).isEqualTo(PARIS);
    assertThat(cache.stats().modelTime()).isEqualTo(Duration.ofSeconds(2));
    assertThat(cache.stats().requests()).isEqualTo(2);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void answerIsNotServedToOtherModelSettings() {
    lead(PROMPT).complete(PARIS);

    assertThat(cache.begin(PROMPT, Map.of("model", "other"))).isInstanceOf(CacheCall.Lead.class);
  }

  @Test
  void blockingAndAsynchronousFollowersReceiveTheAnswerOfTheLeader() {
    CacheCall.Lead lead = lead(PROMPT);
    CacheCall.Follow blocking = follow(PROMPT);
    CompletableFuture<CacheCall> future = follow(PROMPT).next();
    assertThat(future).isNotDone();

    Answer answer = lead.complete(PARIS);

    assertThat(answerOf(blocking.await())).isSameAs(answer);
    assertThat(answerOf(future.join())).isSameAs(answer);
    assertThat(cache.stats().coalesced()).isEqualTo(2);
    assertThat(cache.stats().modelCalls()).isEqualTo(1);
    assertThat(cache.stats().misses()).isEqualTo(3);
  }

  @Test
  void followersReceiveTheExceptionOfTheLeaderUnwrapped() {
    IllegalStateException failure = new IllegalStateException("model down");
    CacheCall.Lead lead = lead(PROMPT);
    CacheCall.Follow blocking = follow(PROMPT);
    CompletableFuture<CacheCall> future = follow(PROMPT).next();

    lead.fail(failure);

    assertThatThrownBy(blocking::await).isSameAs(failure);
    assertThatThrownBy(future::join).hasCause(failure);
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
    assertThat(cache.begin(PROMPT, SETTINGS)).isInstanceOf(CacheCall.Lead.class);
  }

  @Test
  void oneFollowerOfAnAbandonedCallBecomesTheLeaderOfTheOther() {
    CacheCall.Lead lead = lead(PROMPT);
    CacheCall.Follow first = follow(PROMPT);
    CacheCall.Follow second = follow(PROMPT);

    lead.abandon();
    CacheCall.Lead next = (CacheCall.Lead) first.await();
    CacheCall.Follow stillFollowing = (CacheCall.Follow) second.next().join();
    next.complete(PARIS);

    assertThat(answerOf(stillFollowing.await()).reply()).isEqualTo(PARIS);
    assertThat(cache.stats().requests()).isEqualTo(3);
    assertThat(cache.stats().coalesced()).isEqualTo(2);
    assertThat(cache.stats().modelCalls()).isEqualTo(2);
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void followerThatResumesLateIsServedTheAnswerStoredMeanwhile() {
    CacheCall.Lead lead = lead(PROMPT);
    CacheCall.Follow first = follow(PROMPT);
    CacheCall.Follow second = follow(PROMPT);

    lead.abandon();
    ((CacheCall.Lead) first.await()).complete(PARIS);

    assertThat(answerOf(second.await()).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(cache.stats().requests()).isEqualTo(3);
    assertThat(cache.stats().hits()).isZero();
  }

  @Test
  void followerLeadsACallOfItsOwnAfterItsMaxWaitAndIsCountedOnce() {
    lead(PROMPT);
    Prompt impatient = PROMPT.maxWait(Duration.ofMillis(1));

    CacheCall blocking = follow(impatient).await();
    CacheCall future = follow(impatient).next().join();

    assertThat(blocking).isInstanceOf(CacheCall.Lead.class);
    assertThat(future).isInstanceOf(CacheCall.Lead.class);
    assertThat(cache.stats().misses()).isEqualTo(3);
  }

  @Test
  void cancelingAFollowerDoesNotAffectTheLeader() {
    CacheCall.Lead lead = lead(PROMPT);
    CacheCall.Follow follow = follow(PROMPT);
    CompletableFuture<CacheCall> canceled = follow(PROMPT).next();

    canceled.cancel(true);
    lead.complete(PARIS);

    assertThat(answerOf(follow.await()).reply()).isEqualTo(PARIS);
  }

  @Test
  void onlyTheFirstCompletionOfALeadHasAnEffect() {
    CacheCall.Lead lead = lead(PROMPT);

    lead.abandon();
    lead.fail(new IllegalStateException());
    Answer late = lead.complete(PARIS);
    lead.abandon();

    assertThat(late.entryId()).isEmpty();
    assertThat(late.reply()).isEqualTo(PARIS);
    assertThat(cache.stats().modelCalls()).isEqualTo(1);
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(cache.stats().writes()).isZero();
    assertThat(events).filteredOn(CacheEvent.Abandoned.class::isInstance).hasSize(1);
  }

  @Test
  void lateCompletionOfAnOldLeadDoesNotEndTheNewOne() {
    CacheCall.Lead old = lead(PROMPT);
    old.abandon();
    CacheCall.Lead current = lead(PROMPT);
    CompletableFuture<CacheCall> follower = follow(PROMPT).next();

    old.abandon();
    assertThat(follower).isNotDone();
    current.complete(PARIS);

    assertThat(answerOf(follower.join()).reply()).isEqualTo(PARIS);
  }

  @Test
  void answerThatWasInvalidatedMeanwhileDoesNotReplaceACurrentOne() {
    Prompt dependent = PROMPT.dependsOn("atlas");
    CacheCall.Lead outdated = lead(dependent);
    cache.invalidateDependents("atlas");
    lead(dependent).complete(PARIS);

    Answer late = outdated.complete(ChatReply.of("Lutetia"));

    assertThat(late.text()).isEqualTo("Lutetia");
    assertThat(late.entryId()).isEmpty();
    assertThat(answerOf(cache.begin(dependent, SETTINGS)).reply()).isEqualTo(PARIS);
  }

  @Test
  void callsOfDifferentGroupsAreNotCoalescedButUseTheSameEntries() {
    CacheCall.Lead lead = lead(PROMPT);

    assertThat(cache.begin(PROMPT, SETTINGS, "other group")).isInstanceOf(CacheCall.Lead.class);
    assertThat(cache.stats().coalesced()).isZero();
    lead.complete(PARIS);

    assertThat(cache.begin(PROMPT, SETTINGS, "third group")).isInstanceOf(CacheCall.Answered.class);
  }

  @Test
  void followersReceiveTheSharedObjectUntilTheLeadEnds() {
    CacheCall.Lead lead = (CacheCall.Lead) stream();
    CompletableFuture<CacheCall> early = ((CacheCall.Follow) stream()).next();

    lead.share("live");
    CacheCall.Shared late = (CacheCall.Shared) ((CacheCall.Follow) stream()).await();

    assertThat(((CacheCall.Shared) early.join()).live()).isEqualTo("live");
    assertThat(late.live()).isEqualTo("live");
    lead.abandon();
    assertThat(late.again().await()).isInstanceOf(CacheCall.Lead.class);
    assertThat(cache.stats().requests()).isEqualTo(3);
    assertThat(cache.stats().coalesced()).isEqualTo(2);
  }

  @Test
  void answerOfASharedCallIsStoredOnCompletion() {
    CacheCall.Lead lead = (CacheCall.Lead) stream();
    lead.share("live");
    CacheCall.Shared shared = (CacheCall.Shared) ((CacheCall.Follow) stream()).await();

    lead.complete(PARIS);

    assertThat(answerOf(shared.again().await()).reply()).isEqualTo(PARIS);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void callersWithoutTheSharedObjectWaitForTheEndOfTheCall() {
    CacheCall.Lead lead = (CacheCall.Lead) stream();
    lead.share("closed");
    CacheCall.Shared shared = (CacheCall.Shared) ((CacheCall.Follow) stream()).await();

    CompletableFuture<CacheCall> first = shared.again().next();
    CompletableFuture<CacheCall> second = shared.again().next();
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();
    lead.abandon();

    CacheCall one = first.join();
    CacheCall other = second.join();
    assertThat(List.of(one, other)).hasAtLeastOneElementOfType(CacheCall.Lead.class);
    assertThat(List.of(one, other)).hasAtLeastOneElementOfType(CacheCall.Follow.class);
    assertThat(cache.stats().requests()).isEqualTo(2);
  }

  @Test
  void callersThatWaitForTheEndOfASharedCallReceiveItsException() {
    IllegalStateException failure = new IllegalStateException("model down");
    CacheCall.Lead lead = (CacheCall.Lead) stream();
    lead.share("closed");
    CacheCall.Shared shared = (CacheCall.Shared) ((CacheCall.Follow) stream()).await();

    lead.fail(failure);

    assertThatThrownBy(shared.again()::await).isSameAs(failure);
  }

  @Test
  void leadWithoutAGroupCannotShareAnObject() {
    CacheCall.Lead lead = lead(PROMPT);

    assertThatThrownBy(() -> lead.share("live")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void bypassedAndRefreshedPromptsAlwaysLead() {
    lead(PROMPT).complete(PARIS);

    Answer bypassed =
        ((CacheCall.Lead) cache.begin(PROMPT.bypass(), SETTINGS)).complete(ChatReply.of("x"));
    Answer refreshed =
        ((CacheCall.Lead) cache.begin(PROMPT.refresh(), SETTINGS)).complete(ChatReply.of("y"));

    assertThat(bypassed.entryId()).isEmpty();
    assertThat(refreshed.entryId()).isPresent();
    assertThat(answerOf(cache.begin(PROMPT, SETTINGS)).text()).isEqualTo("y");
  }

  @Test
  void leadIsAbandonedIfItsFollowerIsCanceledMeanwhile() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(new FakeEmbedder()));
    SemanticCache sameThread = builderOnSameThread().store(store).build();
    CacheCall.Lead lead = (CacheCall.Lead) sameThread.begin(PROMPT, SETTINGS);
    CompletableFuture<CacheCall> next =
        ((CacheCall.Follow) sameThread.begin(PROMPT, SETTINGS)).next();
    store.onFind(
        found -> {
          next.cancel(false);
          return found;
        });

    lead.abandon();

    assertThat(next).isCancelled();
    assertThat(sameThread.begin(PROMPT, SETTINGS)).isInstanceOf(CacheCall.Lead.class);
    assertThat(sameThread.stats().modelErrors()).isZero();
  }

  @Test
  void canceledFollowerDoesNotRepeatTheLookup() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(new FakeEmbedder()));
    SemanticCache sameThread = builderOnSameThread().store(store).build();
    CacheCall.Lead lead = (CacheCall.Lead) sameThread.begin(PROMPT, SETTINGS);
    CompletableFuture<CacheCall> next =
        ((CacheCall.Follow) sameThread.begin(PROMPT, SETTINGS)).next();
    int calls = store.calls().size();

    next.cancel(false);
    lead.abandon();

    assertThat(store.calls()).hasSize(calls);
  }

  private static SemanticCacheBuilder builderOnSameThread() {
    return SemanticCache.builder().embedder(new FakeEmbedder()).executor(Runnable::run);
  }

  @Test
  void followerFailsIfTheExecutorRejectsItsContinuation() {
    RejectedExecutionException rejection = new RejectedExecutionException("full");
    SemanticCache rejecting =
        builderOnSameThread()
            .executor(
                task -> {
                  throw rejection;
                })
            .build();
    CacheCall.Lead lead = (CacheCall.Lead) rejecting.begin(PROMPT, SETTINGS);
    CompletableFuture<CacheCall> next =
        ((CacheCall.Follow) rejecting.begin(PROMPT, SETTINGS)).next();

    lead.abandon();

    assertThatThrownBy(next::join).hasCause(rejection);
  }

  /** An error that the cache does not catch. */
  private static final class UncaughtError extends VirtualMachineError {
    private static final long serialVersionUID = 1L;
  }

  private static CacheListener throwingOnceOn(
      Class<? extends CacheEvent> type, Supplier<Error> failure) {
    AtomicBoolean failed = new AtomicBoolean();
    return event -> {
      if (type.isInstance(event) && !failed.getAndSet(true)) {
        throw failure.get();
      }
    };
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        CacheEvent.Miss.class,
        CacheEvent.Failed.class,
        CacheEvent.Abandoned.class,
        CacheEvent.ModelAnswered.class
      })
  void nextCallLeadsIfAnErrorOfTheListenerEndedTheCall(Class<? extends CacheEvent> type) {
    SemanticCache failing =
        builderOnSameThread().listener(throwingOnceOn(type, UncaughtError::new)).build();

    assertThatThrownBy(() -> abandonFailAndComplete(failing)).isInstanceOf(UncaughtError.class);

    assertThat(failing.begin(PROMPT, SETTINGS)).isInstanceOf(CacheCall.Lead.class);
  }

  private static void abandonFailAndComplete(SemanticCache cache) {
    ((CacheCall.Lead) cache.begin(PROMPT, SETTINGS)).abandon();
    ((CacheCall.Lead) cache.begin(PROMPT, SETTINGS)).fail(new IllegalStateException());
    ((CacheCall.Lead) cache.begin(PROMPT, SETTINGS)).complete(PARIS);
  }

  @Test
  void linkageErrorOfTheListenerIsIgnored() {
    SemanticCache tolerant =
        builderOnSameThread()
            .listener(throwingOnceOn(CacheEvent.Miss.class, NoClassDefFoundError::new))
            .build();

    abandonFailAndComplete(tolerant);

    assertThat(tolerant.stats().misses()).isEqualTo(3);
  }

  @Test
  void observationOfACallThatWasAbandonedBeforeItStartedEnds() {
    CacheCall.Lead lead = lead(PROMPT);
    AtomicInteger abandoned = new AtomicInteger();

    lead.abandon();
    String result = lead.call(model -> new CountingCall(abandoned), "model", () -> "started");

    assertThat(result).isEqualTo("started");
    assertThat(abandoned).hasValue(1);
  }

  /** An observed call that counts how often it was abandoned. */
  private record CountingCall(AtomicInteger abandonments) implements ChatClient.Observer.Call {
    @Override
    public ChatClient.Observer.Scope open() {
      return () -> {};
    }

    @Override
    public void answered(ChatReply reply) {
      throw new IllegalStateException("the call was not answered");
    }

    @Override
    public void failed(Throwable failure) {
      throw new IllegalStateException("the call did not fail", failure);
    }

    @Override
    public void abandoned() {
      abandonments.incrementAndGet();
    }
  }
}
