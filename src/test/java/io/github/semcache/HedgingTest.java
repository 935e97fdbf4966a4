package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the option {@link SemanticCacheBuilder#hedging}. */
@Timeout(60)
class HedgingTest {
  private static final String PROMPT = "What is the capital of France?";
  private static final String NEAR = "Which city serves as France's capital?";

  private final FakeChatClient chat = new FakeChatClient();
  private final FakeEmbedder embedder = new FakeEmbedder().place(PROMPT, 0).place(NEAR, 10);
  private final CountDownLatch lookupEnds = new CountDownLatch(1);
  private final CountDownLatch modelAnswers = new CountDownLatch(1);
  private SemanticCache cache = warmedUp(builder());

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(chat)
        .deadline(Duration.ofMinutes(5))
        .storeTimeout(Duration.ofMinutes(5))
        .hedging();
  }

  private static SemanticCache warmedUp(SemanticCacheBuilder builder) {
    SemanticCache cache = builder.build();
    for (int i = 0; i < 20; i++) {
      cache.ask("warm up " + i);
    }
    cache.put(Prompt.of(PROMPT), "cached");
    return cache;
  }

  private void replaceCache(SemanticCacheBuilder builder) {
    cache.close();
    cache = warmedUp(builder);
  }

  @AfterEach
  void release() {
    lookupEnds.countDown();
    modelAnswers.countDown();
    cache.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void answerOfTheModelIsReturnedIfItArrivesBeforeTheLookup() {
    embedder.beforeEmbedding(() -> await(lookupEnds));
    chat.replying(prompt -> ChatReply.of("fresh"));

    Answer answer = cache.ask(NEAR);

    assertThat(answer.text()).isEqualTo("fresh");
    assertThat(answer.missReason()).contains(MissReason.HEDGED);
    assertThat(cache.stats().missesByReason()).containsEntry(MissReason.HEDGED, 1L);
    assertThat(cache.stats().requests()).isEqualTo(21);
  }

  @Test
  void hitIsReturnedIfTheLookupEndsBeforeTheModel() {
    embedder.beforeEmbedding(() -> await(lookupEnds));
    chat.replying(
        prompt -> {
          lookupEnds.countDown();
          await(modelAnswers);
          return ChatReply.of("late");
        });

    Answer answer = cache.ask(NEAR);

    assertThat(answer.text()).isEqualTo("cached");
    assertThat(answer.source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
    assertThat(cache.stats().requests()).isEqualTo(21);
    modelAnswers.countDown();
    Awaitility.await().until(() -> cache.ask(NEAR).text().equals("late"));
  }

  @Test
  void hitIsReturnedIfTheModelFails() {
    embedder.beforeEmbedding(() -> await(lookupEnds));
    chat.replying(
        prompt -> {
          lookupEnds.countDown();
          throw new IllegalStateException("down");
        });

    assertThat(cache.ask(NEAR).text()).isEqualTo("cached");
  }

  @Test
  void exceptionOfTheModelIsThrownIfTheLookupMisses() {
    embedder.beforeEmbedding(() -> await(lookupEnds));
    RuntimeException failure = new IllegalStateException("down");
    chat.replying(
        prompt -> {
          lookupEnds.countDown();
          throw failure;
        });

    assertThatThrownBy(() -> cache.ask("something else")).isSameAs(failure);
    assertThat(cache.stats().requests()).isEqualTo(21);
  }

  /** Runs the lookup of one request on a new thread and rejects everything after it. */
  private Executor executorForOneLookup() {
    AtomicInteger tasks = new AtomicInteger();
    return task -> {
      if (tasks.getAndIncrement() > 0) {
        lookupEnds.countDown();
        throw new RejectedExecutionException("the executor is saturated");
      }
      new Thread(task).start();
    };
  }

  @Test
  void modelIsCalledOnTheCallersThreadIfTheExecutorRejectsTheHedgedCall() {
    replaceCache(builder().executor(executorForOneLookup()));
    embedder.beforeEmbedding(() -> await(lookupEnds));
    Thread caller = Thread.currentThread();
    chat.replying(
        prompt -> ChatReply.of(Thread.currentThread() == caller ? "caller" : "other thread"));

    assertThat(cache.ask("something else").text()).isEqualTo("caller");
    assertThat(cache.stats().requests()).isEqualTo(21);
    assertThat(cache.stats().missesByReason()).doesNotContainKey(MissReason.HEDGED);
  }

  @Test
  void hitIsReturnedIfTheExecutorRejectsTheHedgedCall() {
    replaceCache(builder().executor(executorForOneLookup()));
    embedder.beforeEmbedding(() -> await(lookupEnds));

    assertThat(cache.ask(NEAR).text()).isEqualTo("cached");
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
    assertThat(cache.stats().requests()).isEqualTo(21);
  }

  @Test
  void threadThatStartsAfterThePercentileIsNotBusy() throws Exception {
    replaceCache(builder().executor(CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)));
    embedder.beforeEmbedding(() -> await(lookupEnds));
    chat.replying(prompt -> ChatReply.of("fresh"));

    assertThat(askOnNewThread(NEAR).text()).isEqualTo("fresh");
  }

  private Answer askOnNewThread(String prompt) throws Exception {
    return CompletableFuture.supplyAsync(() -> cache.ask(prompt), task -> new Thread(task).start())
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void lookupThatDoesNotStartIsMadeOnTheCallersThread() throws Exception {
    ExecutorService single = Executors.newSingleThreadExecutor();
    replaceCache(builder().executor(single));
    try {
      assertThat(cache.askAsync(Prompt.of(NEAR)).get(20, TimeUnit.SECONDS).text())
          .isEqualTo("cached");
      assertThat(cache.askAsync(Prompt.of("else")).get(20, TimeUnit.SECONDS).text())
          .startsWith("answer");
    } finally {
      single.shutdownNow();
    }
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
    assertThat(cache.stats().requests()).isEqualTo(22);
  }

  @Test
  void modelIsCalledOnTheCallersThreadIfTheHedgedCallDoesNotStart() throws Exception {
    AtomicInteger tasks = new AtomicInteger();
    replaceCache(
        builder()
            .executor(
                task -> {
                  if (tasks.getAndIncrement() == 0) {
                    new Thread(task).start();
                  } else {
                    lookupEnds.countDown(); // The hedged call waits for a thread.
                  }
                }));
    embedder.beforeEmbedding(() -> await(lookupEnds));

    assertThat(askOnNewThread("else").text()).startsWith("answer");
    assertThat(cache.stats().requests()).isEqualTo(21);
    assertThat(cache.stats().missesByReason()).doesNotContainKey(MissReason.HEDGED);
  }

  @Test
  void hedgedModelThatAsksTheSamePromptDoesNotWaitForItself() throws Exception {
    delayLookup();
    AtomicInteger calls = new AtomicInteger();
    Prompt patient = Prompt.of("else").maxWait(Duration.ofMinutes(1));
    chat.replying(
        prompt -> ChatReply.of(calls.incrementAndGet() == 1 ? cache.ask(patient).text() : "inner"));

    assertThat(askOnNewThread("else").text()).isEqualTo("inner");
  }

  @Test
  void modelThatRejectsACallAfterAFastLookupIsCalledOnce() {
    AtomicLong ticks = new AtomicLong();
    long tick = Duration.ofSeconds(2).toNanos(); // makes all lookups look slow, so none is hedged
    replaceCache(builder().ticker(() -> ticks.addAndGet(tick)));
    RuntimeException failure = new RejectedExecutionException("the model's pool is full");
    chat.replying(
        prompt -> {
          throw failure;
        });
    int calls = chat.calls();

    assertThatThrownBy(() -> cache.ask("something else")).isSameAs(failure);
    assertThat(chat.calls()).isEqualTo(calls + 1);
  }

  /** Delays the embedding until a model call begins, or for so long that a call would be hedged. */
  private void delayLookup() {
    embedder.beforeEmbedding(
        () -> {
          try {
            boolean unused = lookupEnds.await(300, TimeUnit.MILLISECONDS);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    chat.replying(
        prompt -> {
          lookupEnds.countDown();
          return ChatReply.of("fresh");
        });
  }

  @Test
  void callWithAConsumerOfTheTextIsNotHedged() {
    delayLookup();
    int calls = chat.calls();
    List<String> texts = new CopyOnWriteArrayList<>();

    assertThat(cache.ask(Prompt.of(NEAR), texts::add).text()).isEqualTo("cached");
    assertThat(texts).containsExactly("cached");
    assertThat(chat.calls()).isEqualTo(calls);
  }

  @Test
  void callInShadowModeIsNotHedged() {
    replaceCache(builder().shadowMode());
    delayLookup();

    assertThat(cache.ask(NEAR).missReason()).contains(MissReason.SHADOW);
  }

  @Test
  void callsWithoutASemanticLookupAreNotHedged() {
    Thread caller = Thread.currentThread();
    chat.replying(
        prompt -> ChatReply.of(Thread.currentThread() == caller ? "caller" : "other thread"));

    for (int i = 0; i < 60; i++) {
      assertThat(cache.ask(Prompt.of("prompt " + i).refresh()).text()).isEqualTo("caller");
    }
    assertThat(cache.stats().missesByReason()).doesNotContainKey(MissReason.HEDGED);
  }

  @Test
  void embeddingOfTheCallerIsStoredWithTheAnswerOfAHedgedCall() {
    HitPolicy slow =
        (query, matches) -> {
          if (query.text().equals("own")) {
            await(lookupEnds);
          }
          return HitPolicy.maxDistance(0.1).unguarded().decide(query, matches);
        };
    replaceCache(builder().hitPolicy(slow).verifier(PairVerifier.none()));
    chat.replying(prompt -> ChatReply.of("fresh"));
    Embedding own = embedder.embed(List.of("a third text")).get(0);

    Answer answer = cache.ask(Prompt.of("own").embedding(own));
    lookupEnds.countDown();

    assertThat(answer.missReason()).contains(MissReason.HEDGED);
    assertThat(cache.lookup(Prompt.of("own, in other words").embedding(own)))
        .map(Answer::text)
        .contains("fresh");
  }

  @Test
  void hitOfAQuietPromptIsDelayedIfTheLookupEndsBeforeTheModel() {
    AtomicLong elapsed = new AtomicLong();
    Duration modelCall = Duration.ofMillis(500);
    chat.replying(
        prompt -> {
          elapsed.addAndGet(modelCall.toNanos());
          return ChatReply.of("warm-up");
        });
    replaceCache(builder().ticker(() -> System.nanoTime() + elapsed.get()));
    embedder.beforeEmbedding(() -> await(lookupEnds));
    chat.replying(
        prompt -> {
          lookupEnds.countDown();
          await(modelAnswers);
          return ChatReply.of("late");
        });

    long start = System.nanoTime();
    Answer answer = cache.ask(Prompt.of(NEAR).quiet());

    assertThat(answer.text()).isEqualTo("cached");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(modelCall);
  }
}
