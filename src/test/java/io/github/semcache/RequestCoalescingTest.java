package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that concurrent requests with the same new prompt make one model call. */
@Timeout(60)
class RequestCoalescingTest {
  private static final int THREADS = 16;
  private static final Prompt PROMPT = Prompt.of("What is the capital of France?");

  private final CountDownLatch followersWait = new CountDownLatch(THREADS - 1);
  private final CountDownLatch modelAnswers = new CountDownLatch(1);
  private final FakeChatClient chat = new FakeChatClient();
  private final SemanticCache cache =
      SemanticCache.builder()
          .verifier(PairVerifier.none())
          .embedder(new FakeEmbedder())
          .chatClient(chat)
          .listener(
              event -> {
                if (event instanceof CacheEvent.Coalesced) {
                  followersWait.countDown();
                }
              })
          .build();

  private static <T> CompletableFuture<T> onNewThread(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
  }

  private List<CompletableFuture<Answer>> askOnManyThreads() {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      answers.add(onNewThread(() -> cache.ask(PROMPT)));
    }
    return answers;
  }

  private ChatReply answerWhenAllFollowersWait() {
    awaitUnchecked(followersWait);
    return ChatReply.of("Paris");
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void concurrentRequestsMakeOneModelCallAndReceiveItsAnswer() {
    chat.replying(prompt -> answerWhenAllFollowersWait());

    List<CompletableFuture<Answer>> answers = askOnManyThreads();

    assertThat(answers).allSatisfy(answer -> assertThat(answer.join().text()).isEqualTo("Paris"));
    assertThat(chat.calls()).isEqualTo(1);
    assertThat(cache.stats().coalesced()).isEqualTo(THREADS - 1);
    assertThat(cache.stats().requests()).isEqualTo(THREADS);
    assertThat(cache.stats().writes()).isEqualTo(1);
    assertThat(cache.stats().misses())
        .isEqualTo(cache.stats().modelCalls() + cache.stats().coalesced());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void modelsThatAskThePromptsOfEachOtherDoNotWaitForEachOther(int count) throws Exception {
    List<Prompt> prompts =
        IntStream.range(0, count)
            .mapToObj(i -> Prompt.of("prompt " + i).maxWait(Duration.ofMinutes(1)))
            .toList();
    CyclicBarrier allLead = new CyclicBarrier(count);
    AtomicInteger calls = new AtomicInteger();
    chat.replying(
        prompt -> {
          if (calls.incrementAndGet() > count) {
            return ChatReply.of("inner");
          }
          awaitUnchecked(allLead);
          int next = (prompts.indexOf(prompt) + 1) % count;
          return ChatReply.of(cache.ask(prompts.get(next)).text());
        });

    List<CompletableFuture<Answer>> answers =
        prompts.stream().map(prompt -> onNewThread(() -> cache.ask(prompt))).toList();

    for (CompletableFuture<Answer> answer : answers) {
      assertThat(answer.get(20, TimeUnit.SECONDS).text()).isEqualTo("inner");
    }
  }

  private static void awaitUnchecked(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A cache on which the first caller to block ends at its deadline, with an exception. */
  private SemanticCacheBuilder strictBuilder() {
    return SemanticCache.builder()
        .verifier(PairVerifier.none())
        .embedder(new FakeEmbedder())
        .chatClient(chat)
        .deadline(Duration.ofMinutes(1))
        .failOnCacheErrors();
  }

  private static final Prompt IMPATIENT = PROMPT.deadline(Duration.ofSeconds(1));

  @Test
  void expiredDeadlineOfTheLeaderDoesNotFailTheFollowers() {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(new FakeEmbedder()));
    SemanticCache strict = strictBuilder().store(store).build();
    store.before(
        call -> {
          // The second lookup by the key is that of the leader.
          if (store.calls(FaultyStore.Call.FIND) == 2 && blocked.getCount() == 1) {
            blocked.countDown();
            awaitUnchecked(end);
          }
        });
    CompletableFuture<Answer> leader = onNewThread(() -> strict.ask(IMPATIENT));
    awaitUnchecked(blocked);
    CompletableFuture<Answer> follower = onNewThread(() -> strict.ask(PROMPT));

    assertThatThrownBy(leader::join).hasCauseInstanceOf(StoreException.class);
    assertThat(follower.join().text()).isEqualTo("answer 1");
    end.countDown();
    strict.close();
  }

  @Test
  void expiredDeadlineOfAnEmbeddingDoesNotFailTheFollowers() {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    FakeEmbedder embedder = new FakeEmbedder();
    SemanticCache strict = strictBuilder().embedder(embedder).build();
    embedder.beforeEmbedding(
        () -> {
          if (blocked.getCount() == 1) {
            blocked.countDown();
            awaitUnchecked(end);
          }
        });
    CompletableFuture<Answer> leader = onNewThread(() -> strict.ask(IMPATIENT));
    awaitUnchecked(blocked);
    CompletableFuture<Answer> follower = onNewThread(() -> strict.ask(PROMPT.tag("t", "v")));

    assertThatThrownBy(leader::join).hasCauseInstanceOf(EmbedderException.class);
    assertThat(follower.join().text()).isEqualTo("answer 1");
    end.countDown();
    strict.close();
  }

  @Test
  void followerWithAMaximumAgeReceivesNoOlderAnswerThatTheLeaderFinds() {
    FakeEmbedder embedder = new FakeEmbedder();
    InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
    FaultyStore delayed = new FaultyStore(store);
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .verifier(PairVerifier.none())
            .embedder(embedder)
            .chatClient(chat)
            .deadline(Duration.ofMinutes(1));
    SemanticCache earlier =
        builder
            .store(store)
            .timeSource(InstantSource.offset(InstantSource.system(), Duration.ofHours(-5)))
            .build();
    CountDownLatch leads = new CountDownLatch(2);
    CountDownLatch follows = new CountDownLatch(1);
    SemanticCache delaying =
        builder
            .store(delayed)
            .timeSource(InstantSource.system())
            .listener(
                event -> {
                  if (event instanceof CacheEvent.Coalesced) {
                    follows.countDown();
                  }
                })
            .build();
    delayed.before(
        call -> {
          if (call == FaultyStore.Call.FIND && leads.getCount() > 0) {
            leads.countDown();
            if (leads.getCount() == 0) { // The lookup that the leader repeats.
              awaitUnchecked(follows);
              earlier.put(PROMPT, "old");
            }
          }
        });

    CompletableFuture<Answer> leader = onNewThread(() -> delaying.ask(PROMPT));
    awaitUnchecked(leads);
    chat.replying(prompt -> ChatReply.of("new"));
    Answer follower = delaying.ask(PROMPT.maxAge(Duration.ofHours(1)));

    assertThat(leader.join().text()).isEqualTo("old");
    assertThat(follower.text()).isEqualTo("new");
    delaying.close();
    earlier.close();
  }

  @Test
  void followersReceiveTheExceptionOfTheLeaderAndTheNextRequestCallsTheModel() {
    RuntimeException failure = new RuntimeException("model down");
    chat.replying(
        prompt -> {
          awaitUnchecked(followersWait);
          throw failure;
        });

    List<CompletableFuture<Answer>> answers = askOnManyThreads();

    assertThat(answers).allSatisfy(answer -> assertThatThrownBy(answer::join).hasCause(failure));
    assertThat(chat.calls()).isEqualTo(1);
    chat.replying(prompt -> ChatReply.of("Paris"));
    assertThat(cache.ask(PROMPT).text()).isEqualTo("Paris");
  }

  @Test
  void requestsWithOtherPromptsDoNotWait() {
    chat.replying(
        prompt -> {
          if (prompt.text().equals(PROMPT.text())) {
            awaitUnchecked(modelAnswers);
          }
          return ChatReply.of("x");
        });
    CompletableFuture<Answer> slow = onNewThread(() -> cache.ask(PROMPT));

    assertThat(cache.ask("another prompt").text()).isEqualTo("x");
    modelAnswers.countDown();
    assertThat(slow.join().text()).isEqualTo("x");
  }

  @Test
  void interruptedFollowerIsCanceledAndTheOthersReceiveTheAnswer() throws Exception {
    CountDownLatch leads = new CountDownLatch(1);
    chat.replying(
        prompt -> {
          leads.countDown();
          awaitUnchecked(modelAnswers);
          return ChatReply.of("Paris");
        });
    CompletableFuture<Answer> leader = onNewThread(() -> cache.ask(PROMPT));
    leads.await();
    AtomicBoolean isFlagSet = new AtomicBoolean();
    CompletableFuture<Answer> follower = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                follower.complete(cache.ask(PROMPT));
              } catch (RuntimeException e) {
                isFlagSet.set(Thread.currentThread().isInterrupted());
                follower.completeExceptionally(e);
              }
            });
    thread.start();
    List<CompletableFuture<Answer>> otherFollowers = new ArrayList<>();
    for (int i = 2; i < THREADS; i++) {
      otherFollowers.add(onNewThread(() -> cache.ask(PROMPT)));
    }
    followersWait.await();

    thread.interrupt();

    assertThatThrownBy(follower::join).isInstanceOf(CancellationException.class);
    assertThat(isFlagSet).isTrue();
    assertThat(otherFollowers).noneMatch(CompletableFuture::isDone);
    modelAnswers.countDown();
    assertThat(leader.join().text()).isEqualTo("Paris");
    assertThat(otherFollowers)
        .allSatisfy(other -> assertThat(other.join().text()).isEqualTo("Paris"));
    assertThat(chat.calls()).isEqualTo(1);
  }

  @Test
  void followerCallsTheModelAfterItsMaxWait() throws Exception {
    CountDownLatch leads = new CountDownLatch(1);
    chat.replying(
        prompt -> {
          if (prompt.maxWait().isPresent()) {
            return ChatReply.of("own answer");
          }
          leads.countDown();
          awaitUnchecked(modelAnswers);
          return ChatReply.of("leader's answer");
        });
    CompletableFuture<Answer> leader = onNewThread(() -> cache.ask(PROMPT));
    leads.await();

    assertThat(cache.ask(PROMPT.maxWait(Duration.ofMillis(1))).text()).isEqualTo("own answer");
    modelAnswers.countDown();
    assertThat(leader.join().text()).isEqualTo("leader's answer");
  }

  @Test
  void leaderRepeatsTheLookupBeforeItCallsTheModel() {
    FakeEmbedder embedder = new FakeEmbedder();
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .verifier(PairVerifier.none())
            .embedder(embedder)
            .chatClient(chat)
            .store(store);
    SemanticCache first = builder.build();
    SemanticCache other = builder.build();
    store.onNearest(
        found -> {
          other.put(PROMPT, "stored meanwhile");
          return found;
        });

    Answer answer = first.ask(PROMPT);

    assertThat(answer.text()).isEqualTo("stored meanwhile");
    assertThat(answer.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(chat.calls()).isZero();
    assertThat(first.stats().hits()).isEqualTo(1);
    assertThat(first.stats().requests()).isEqualTo(1);
  }

  @Test
  void modelThatAsksTheCacheTheSamePromptDoesNotWaitForItself() {
    AtomicBoolean nested = new AtomicBoolean();
    chat.replying(
        prompt ->
            nested.getAndSet(true)
                ? ChatReply.of("inner")
                : ChatReply.of("outer of " + cache.ask(PROMPT).text()));

    assertThat(cache.ask(PROMPT).text()).isEqualTo("outer of inner");
  }

  @Test
  void followerBecomesTheLeaderIfTheLeaderIsInterrupted() throws Exception {
    CountDownLatch leads = new CountDownLatch(1);
    chat.replying(
        prompt -> {
          if (chat.calls() > 1) {
            return ChatReply.of("Paris");
          }
          leads.countDown();
          awaitUnchecked(modelAnswers);
          return ChatReply.of("not returned");
        });
    CompletableFuture<Answer> leader = new CompletableFuture<>();
    Thread thread = askInto(leader);
    leads.await();
    CompletableFuture<Answer> follower = onNewThread(() -> cache.ask(PROMPT));
    Awaitility.await().until(() -> followersWait.getCount() < THREADS - 1);

    thread.interrupt();

    assertThat(follower.join().text()).isEqualTo("Paris");
    assertThatThrownBy(leader::join).hasRootCauseInstanceOf(InterruptedException.class);
    assertThat(chat.calls()).isEqualTo(2);
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  private Thread askInto(CompletableFuture<Answer> answer) {
    return start(
        () -> {
          try {
            answer.complete(cache.ask(PROMPT));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task);
    thread.start();
    return thread;
  }

  private SemanticCacheBuilder unhurried(Embedder slow) {
    Duration unlimited = Duration.ofMinutes(5);
    return SemanticCache.builder()
        .verifier(PairVerifier.none())
        .embedder(slow)
        .chatClient(chat)
        .deadline(unlimited)
        .storeTimeout(unlimited)
        .maxDistance(0.15)
        .maxWait(unlimited);
  }

  @Test
  void followerComputesTheEmbeddingIfTheLeaderIsInterrupted() throws Exception {
    CountDownLatch embeds = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    Embedder slow =
        Embedder.of(
            "slow",
            2,
            text -> {
              if (first.getAndSet(false)) {
                embeds.countDown();
                awaitUnchecked(modelAnswers);
              }
              return new float[] {1, 0};
            });
    SemanticCache slowCache = unhurried(slow).noGuards().build();
    Thread leader = start(() -> slowCache.lookup(PROMPT));
    embeds.await();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread follower = start(() -> answer.complete(slowCache.ask(PROMPT)));
    Awaitility.await().until(() -> follower.getState() == Thread.State.TIMED_WAITING);

    leader.interrupt();

    assertThat(answer.join().missReason()).contains(MissReason.NO_NEIGHBOR);
    assertThat(slowCache.lookup(Prompt.of("in other words")))
        .as("stored with its embedding")
        .isPresent();
    assertThat(slowCache.stats().embedderErrors()).isEqualTo(1);
  }

  @Test
  void modelAnswerIsReturnedIfItsWriteIsInterrupted() throws Exception {
    CountDownLatch embeds = new CountDownLatch(1);
    Embedder slow =
        Embedder.of(
            "slow",
            2,
            text -> {
              embeds.countDown();
              awaitUnchecked(modelAnswers);
              return new float[] {1, 0};
            });
    SemanticCache slowCache = unhurried(slow).build();
    Thread leader = start(() -> slowCache.lookup(PROMPT));
    embeds.await();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    AtomicBoolean isFlagSet = new AtomicBoolean();
    Thread refreshing =
        start(
            () -> {
              Answer refreshed = slowCache.ask(PROMPT.refresh());
              isFlagSet.set(Thread.currentThread().isInterrupted());
              answer.complete(refreshed);
            });
    Awaitility.await().until(() -> refreshing.getState() == Thread.State.TIMED_WAITING);

    refreshing.interrupt();

    assertThat(answer.get(50, TimeUnit.SECONDS).text()).isEqualTo("answer 1");
    assertThat(isFlagSet).isTrue();
    modelAnswers.countDown();
    leader.join();
    assertThat(slowCache.lookup(PROMPT)).isPresent();
  }

  static List<Prompt> promptsWithAndWithoutDependencies() {
    return List.of(PROMPT, PROMPT.dependsOn("atlas"));
  }

  @ParameterizedTest
  @MethodSource("promptsWithAndWithoutDependencies")
  void followerCallsTheModelAfterTheMaxWaitOfTheCacheAndLaterCallersFollowIt(Prompt prompt)
      throws Exception {
    SemanticCache impatient =
        SemanticCache.builder()
            .verifier(PairVerifier.none())
            .embedder(new FakeEmbedder())
            .chatClient(chat)
            .maxWait(Duration.ofMillis(200))
            .build();
    CountDownLatch stuckLeads = new CountDownLatch(1);
    CountDownLatch secondLeads = new CountDownLatch(1);
    CountDownLatch secondAnswers = new CountDownLatch(1);
    chat.replying(
        asked -> {
          if (chat.calls() == 1) {
            stuckLeads.countDown();
            awaitUnchecked(modelAnswers);
            return ChatReply.of("late");
          }
          secondLeads.countDown();
          awaitUnchecked(secondAnswers);
          return ChatReply.of("second");
        });
    CompletableFuture<Answer> stuck = onNewThread(() -> impatient.ask(prompt));
    stuckLeads.await();
    CompletableFuture<Answer> second = onNewThread(() -> impatient.ask(prompt));
    secondLeads.await();
    CompletableFuture<Answer> third =
        onNewThread(() -> impatient.ask(prompt.maxWait(Duration.ofMinutes(5))));
    Awaitility.await().until(() -> impatient.stats().coalesced() == 2);
    secondAnswers.countDown();

    assertThat(second.join().text()).isEqualTo("second");
    assertThat(third.join().text()).isEqualTo("second");
    assertThat(chat.calls()).isEqualTo(2);
    modelAnswers.countDown();
    assertThat(stuck.join().text()).isEqualTo("late");
    impatient.close();
  }
}
