package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guards;
import io.github.semcache.internal.learning.StateBlob;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests of guards and relative distances in a cache. */
class GuardedCacheTest {
  private static final String BERLIN = "What is the population of Berlin?";
  private static final String BERLIN_PARAPHRASE = "How many people live in Berlin?";
  private static final String VIENNA = "What is the population of Vienna?";
  private static final MissReason REPLACED_NAME = new MissReason("replaced-name");
  private static final int UNRELATED_PROMPTS = 64;

  private final FakeEmbedder embedder =
      new FakeEmbedder().place(BERLIN, 0).place(VIENNA, 5).place(BERLIN_PARAPHRASE, -20);
  private final List<CacheEvent> events = new CopyOnWriteArrayList<>();
  private final AtomicLong nanos = new AtomicLong();

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .verifier(PairVerifier.none())
        .embedder(embedder)
        .chatClient(new FakeChatClient())
        .ticker(nanos::get)
        .listener(events::add);
  }

  @Test
  void guardsApplyUnlessTheyAreRemoved() {
    for (SemanticCacheBuilder guarded : List.of(builder(), builder().maxDistance(0.2))) {
      SemanticCache cache = guarded.build();
      cache.ask(BERLIN);
      assertThat(cache.ask(VIENNA).source()).isEqualTo(Answer.Source.MODEL);
      assertThat(cache.ask(BERLIN_PARAPHRASE).source()).isEqualTo(Answer.Source.SEMANTIC);
    }
    for (SemanticCacheBuilder unguarded :
        List.of(builder().noGuards(), builder().guards(Guards.none()))) {
      SemanticCache cache = unguarded.build();
      cache.ask(BERLIN);
      assertThat(cache.ask(VIENNA).source()).isEqualTo(Answer.Source.SEMANTIC);
    }
  }

  @Test
  void rejectionIsVisibleInAnswerExplanationStatisticsAndEvents() {
    SemanticCache cache = builder().build();
    cache.ask(BERLIN);

    Explanation explanation = cache.explain(Prompt.of(VIENNA));
    Answer answer = cache.ask(VIENNA);

    assertThat(answer.missReason()).contains(REPLACED_NAME);
    assertThat(explanation.decision()).isEqualTo(Decision.miss(REPLACED_NAME));
    assertThat(explanation.candidates())
        .singleElement()
        .satisfies(
            candidate -> assertThat(candidate.decision()).isEqualTo(Decision.miss(REPLACED_NAME)));
    assertThat(cache.stats().missesByReason()).containsEntry(REPLACED_NAME, 1L);
    assertThat(events)
        .filteredOn(CacheEvent.Miss.class::isInstance)
        .last()
        .satisfies(
            event -> {
              assertThat(((CacheEvent.Miss) event).reason()).isEqualTo(REPLACED_NAME);
              assertThat(((CacheEvent.Miss) event).nearest()).isPresent();
            });
  }

  @Test
  void exceptionOfAGuardIsAMissAndIsCounted() {
    SemanticCache cache =
        builder()
            .guards(
                Guards.none()
                    .and(
                        prompts -> {
                          throw new IllegalStateException("injected failure");
                        }))
            .build();
    cache.ask(BERLIN);

    Answer answer = cache.ask(VIENNA);

    assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(answer.missReason()).contains(MissReason.POLICY_ERROR);
    assertThat(cache.stats().policyErrors()).isEqualTo(1);
  }

  @Test
  void relativeDistanceMeasuresTheScaleOnce() {
    InMemoryVectorStore store = InMemoryVectorStore.of(embedder);

    SemanticCache cache = builder().store(store).relativeDistance(0.08).build();
    assertThat(embedder.embedded()).hasSize(UNRELATED_PROMPTS);
    cache.ask(BERLIN);
    assertThat(cache.ask(BERLIN_PARAPHRASE).source()).isEqualTo(Answer.Source.SEMANTIC);
    SemanticCache later =
        builder().store(store).hitPolicy(HitPolicy.relativeDistance(0.05)).build();

    assertThat(later.ask(BERLIN_PARAPHRASE).missReason()).contains(MissReason.TOO_FAR);
    assertThat(embedder.embedded()).hasSize(UNRELATED_PROMPTS + 3);
  }

  @Test
  void cosineDistanceDoesNotMeasureTheScale() {
    builder().build();
    builder().hitPolicy(HitPolicy.maxDistance(0.1)).build();

    assertThat(embedder.embedded()).isEmpty();
  }

  @Test
  void damagedScaleIsMeasuredAgain() {
    InMemoryVectorStore states = InMemoryVectorStore.of(embedder);
    states.save("embedding-scale", "not a scale".getBytes(StandardCharsets.UTF_8));

    SemanticCache cache = builder().stateStore(states).relativeDistance(0.08).build();

    assertThat(embedder.embedded()).hasSize(UNRELATED_PROMPTS);
    assertThat(cache.stats().policyErrors()).isEqualTo(1);
    builder().stateStore(states).relativeDistance(0.08).build();
    assertThat(embedder.embedded()).hasSize(UNRELATED_PROMPTS);
  }

  @Test
  void failedMeasurementIsRepeatedOncePerPause() {
    embedder.failWith(new EmbedderException("down"));
    SemanticCache cache =
        builder().relativeDistance(0.08).circuitBreaker(1_000, Duration.ofNanos(10)).build();
    assertThat(cache.stats().embedderErrors()).isEqualTo(1);
    embedder.recover();
    cache.ask(BERLIN);

    assertThat(cache.ask(BERLIN_PARAPHRASE).missReason()).contains(MissReason.UNKNOWN_SCALE);
    nanos.set(10);
    assertThat(cache.lookup(Prompt.of(BERLIN + "!"))).isEmpty();

    assertThat(embedder.embedded()).hasSize(3 + UNRELATED_PROMPTS);
    assertThat(cache.explain(Prompt.of(VIENNA)).decision()).isEqualTo(Decision.miss(REPLACED_NAME));
  }

  @Test
  void fallbackOfAnErrorBudgetIsScaled() {
    SemanticCache cache =
        builder()
            .hitPolicy(
                ErrorBudget.of(0.01).auditRate(0.0001).fallback(HitPolicy.relativeDistance(0.08)))
            .judge(AnswerJudge.sameText())
            .build();
    cache.ask(BERLIN);

    assertThat(cache.ask(BERLIN_PARAPHRASE).source()).isEqualTo(Answer.Source.SEMANTIC);
  }

  @Test
  void scaleOfAnotherModelIsNotUsed() {
    InMemoryVectorStore states =
        InMemoryVectorStore.builder(new EmbeddingSpace("other", 3)).build();
    new StateBlob(states, "embedding-scale", new EmbeddingSpace("other", 3)).save(new byte[8]);

    SemanticCache cache = builder().stateStore(states).relativeDistance(0.08).build();

    assertThat(embedder.embedded()).hasSize(UNRELATED_PROMPTS);
    assertThat(cache.stats().policyErrors()).isEqualTo(1);
  }
}
