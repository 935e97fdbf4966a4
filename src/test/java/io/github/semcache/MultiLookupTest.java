package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link SemanticCache#lookupAll} and {@link SemanticCache#lookupNearest}. */
class MultiLookupTest extends CacheFixture {
  private static final String NEARER = "Which city is the capital of France?";

  private final FaultyStore store =
      new FaultyStore(
          InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).timeSource(time).build());
  private final SemanticCache watched = builder().store(store).build();

  private static List<Prompt> prompts(String... texts) {
    return Stream.of(texts).map(Prompt::of).toList();
  }

  private static List<Optional<String>> texts(List<Optional<Answer>> answers) {
    return answers.stream().map(answer -> answer.map(Answer::text)).toList();
  }

  @Test
  void promptsOfABatchAreAnsweredAsOneByOne() {
    cache.put(Prompt.of(PARIS), "Paris");
    cache.put(Prompt.of(PYTHON), "s[::-1]");
    CacheStats before = cache.stats();

    List<Optional<Answer>> answers =
        cache.lookupAll(prompts(PARIS_PARAPHRASE, "Who wrote Faust?", PYTHON, PARIS_PARAPHRASE));

    assertThat(texts(answers))
        .containsExactly(
            Optional.of("Paris"), Optional.empty(), Optional.of("s[::-1]"), Optional.of("Paris"));
    assertThat(answers.get(0)).map(Answer::source).contains(Answer.Source.SEMANTIC);
    assertThat(answers.get(0).orElseThrow().distance().orElseThrow()).isBetween(0.06, 0.061);
    assertThat(answers.get(2)).map(Answer::source).contains(Answer.Source.EXACT);
    CacheStats stats = cache.stats().minus(before);
    assertThat(stats.requests()).isEqualTo(4);
    assertThat(stats.exactHits()).isEqualTo(1);
    assertThat(stats.semanticHits()).isEqualTo(2);
    assertThat(stats.missesByReason()).isEqualTo(Map.of(MissReason.TOO_FAR, 1L));
    assertThat(stats.embeddings()).as("distinct texts without an exact hit").isEqualTo(2);
    assertThat(chat.calls()).isZero();
  }

  @Test
  void batchMakesOneLookupOneEmbeddingCallAndOneSearch() {
    AtomicInteger embeddingCalls = new AtomicInteger();
    embedder.beforeEmbedding(embeddingCalls::incrementAndGet);

    watched.lookupAll(
        IntStream.range(0, 50).mapToObj(i -> Prompt.of("Question number " + i + "?")).toList());

    assertThat(embeddingCalls).hasValue(1);
    assertThat(events.stream().filter(CacheEvent.LookedUp.class::isInstance)).hasSize(2);
  }

  @Test
  void emptyBatchReturnsAnEmptyList() {
    assertThat(watched.lookupAll(List.of())).isEmpty();
    assertThat(store.calls()).isEmpty();
  }

  @Test
  void batchRespectsScopesModesAndDependencies() {
    Prompt scoped = Prompt.of(PARIS).tag("tenant", "acme");
    Prompt dependent = Prompt.of(PARIS).dependsOn("atlas");
    Prompt current = Prompt.of(PARIS).dependsOn("globe");
    cache.put(scoped, "scoped");
    cache.put(dependent, "outdated");
    cache.put(current, "current");
    cache.invalidateDependents("atlas");

    assertThat(
            texts(
                cache.lookupAll(
                    List.of(
                        scoped,
                        scoped.bypass(),
                        scoped.refresh(),
                        dependent,
                        current,
                        Prompt.of(PARIS_PARAPHRASE).dependsOn("globe"),
                        Prompt.of(PARIS)))))
        .containsExactly(
            Optional.of("scoped"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("current"),
            Optional.of("current"),
            Optional.empty());
    assertThat(cache.stats().missesByReason())
        .containsEntry(MissReason.BYPASS, 1L)
        .containsEntry(MissReason.REFRESH, 1L);
  }

  @Test
  void rejectedTextOfABatchIsAMissOfItsPromptOnly() {
    cache.put(Prompt.of(PARIS), "Paris");
    embedder.reject("Who wrote Faust?");

    List<Optional<Answer>> answers = cache.lookupAll(prompts("Who wrote Faust?", PARIS_PARAPHRASE));

    assertThat(texts(answers)).containsExactly(Optional.empty(), Optional.of("Paris"));
    assertThat(cache.stats().missesByReason()).isEqualTo(Map.of(MissReason.EMBEDDER_ERROR, 1L));
  }

  @Test
  void failuresOfABatchAreMissesAndExactHitsStillHit() {
    cache.put(Prompt.of(PARIS), "Paris");
    embedder.failWith(new EmbedderException("down"));

    assertThat(texts(cache.lookupAll(prompts(PARIS_PARAPHRASE, PARIS, PYTHON))))
        .containsExactly(Optional.empty(), Optional.of("Paris"), Optional.empty());
    assertThat(cache.stats().missesByReason()).isEqualTo(Map.of(MissReason.EMBEDDER_ERROR, 2L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"FIND", "NEAREST"})
  void failingStoreIsAMissOfEachPrompt(FaultyStore.Call call) {
    store.fail(call);

    assertThat(watched.lookupAll(prompts(PARIS, PYTHON)))
        .containsExactly(Optional.empty(), Optional.empty());
    assertThat(watched.stats().missesByReason()).isEqualTo(Map.of(MissReason.STORE_ERROR, 2L));
    assertThat(watched.stats().storeErrors()).isEqualTo(1);
  }

  @Test
  void failureOfABatchIsThrownIfTheCacheFailsOnCacheErrors() {
    SemanticCache strict = builder().store(store).failOnCacheErrors().build();
    store.fail(FaultyStore.Call.NEAREST);

    assertThatThrownBy(() -> strict.lookupAll(prompts(PARIS, PYTHON)))
        .isInstanceOf(io.github.semcache.store.StoreException.class);
  }

  @Test
  void deadlineEndsABatch() {
    SemanticCache slow = SemanticCache.builder().embedder(embedder).build();
    embedder.beforeEmbedding(
        () -> {
          try {
            Thread.sleep(10_000);
          } catch (InterruptedException e) {
            throw new EmbedderException("interrupted", e);
          }
        });
    Prompt hurried = Prompt.of(PARIS).deadline(Duration.ofMillis(50));

    assertThat(slow.lookupAll(List.of(hurried, hurried.tag("a", "b"))))
        .containsExactly(Optional.empty(), Optional.empty());
    assertThat(slow.stats().missesByReason()).isEqualTo(Map.of(MissReason.DEADLINE, 2L));
  }

  @Test
  void reportedEntryIsNotServedByABatch() {
    cache.put(Prompt.of(PARIS), "Lyon");
    cache.reportWrong(cache.lookup(Prompt.of(PARIS_PARAPHRASE)).orElseThrow());

    assertThat(cache.lookupAll(prompts(PARIS_PARAPHRASE))).containsExactly(Optional.empty());
  }

  @Test
  void severalAnswersAreReturnedNearestFirst() {
    embedder.place(NEARER, 15);
    cache.put(Prompt.of(PARIS), "Paris (0)");
    cache.put(Prompt.of(NEARER), "Paris (15)");
    cache.put(Prompt.of(PARIS_PARAPHRASE), "Paris (20)");
    cache.put(Prompt.of(PYTHON), "s[::-1]");
    CacheStats before = cache.stats();

    List<Answer> answers = cache.lookupNearest(Prompt.of(NEARER), 5);

    assertThat(answers)
        .extracting(Answer::text)
        .containsExactly("Paris (15)", "Paris (20)", "Paris (0)");
    assertThat(answers)
        .extracting(Answer::source)
        .containsExactly(Answer.Source.EXACT, Answer.Source.SEMANTIC, Answer.Source.SEMANTIC);
    assertThat(answers)
        .extracting(answer -> answer.entryId().orElseThrow())
        .doesNotHaveDuplicates();
    assertThat(cache.lookupNearest(Prompt.of(NEARER), 2)).isEqualTo(answers.subList(0, 2));
    assertThat(cache.stats().minus(before).requests()).isEqualTo(2);
    assertThat(cache.stats().minus(before).hits()).isEqualTo(2);
  }

  @Test
  void severalAnswersBeginWithASemanticHit() {
    embedder.place(NEARER, 15);
    cache.put(Prompt.of(PARIS), "Paris (0)");
    cache.put(Prompt.of(NEARER), "Paris (15)");

    assertThat(cache.lookupNearest(Prompt.of(PARIS_PARAPHRASE), 3))
        .extracting(Answer::text)
        .containsExactly("Paris (15)", "Paris (0)");
    assertThat(cache.lookupNearest(Prompt.of(PYTHON), 3)).isEmpty();
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
    assertThat(cache.stats().misses()).isEqualTo(1);
  }

  @Test
  void severalAnswersAreVerifiedAndTheVerificationsBounded() {
    AtomicInteger verified = new AtomicInteger();
    PairVerifier verifier =
        pair -> {
          verified.incrementAndGet();
          return pair.cachedPrompt().contains("accept")
              ? Verification.accept()
              : Verification.reject("test");
        };
    SemanticCache verifying = builder().verifier(verifier).candidates(50).build();
    for (int i = 0; i < 20; i++) {
      embedder.place("rejected " + i, 2).place("accepted " + i, i < 2 ? 1 : 3);
      verifying.put(Prompt.of("rejected " + i), "wrong");
      verifying.put(Prompt.of("accepted " + i), "right");
    }

    List<Answer> answers = verifying.lookupNearest(Prompt.of(PARIS), 5);

    assertThat(answers).hasSize(2).extracting(Answer::text).containsOnly("right");
    assertThat(answers).allSatisfy(answer -> assertThat(answer.verification()).isPresent());
    assertThat(verified.get()).isLessThanOrEqualTo(1 + 1 + 5);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 101})
  void limitOutOfRangeIsRejected(int limit) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.lookupNearest(Prompt.of(PARIS), limit))
        .withMessage("limit is " + limit + "; it must be between 1 and 100");
  }

  @Test
  void shadowModeReturnsNoAnswers() {
    SemanticCache shadow = builder().shadowMode().build();
    shadow.put(Prompt.of(PARIS), "Paris");

    assertThat(shadow.lookupNearest(Prompt.of(PARIS), 3)).isEmpty();
    assertThat(shadow.lookupAll(prompts(PARIS, PARIS_PARAPHRASE)))
        .containsExactly(Optional.empty(), Optional.empty());
    assertThat(shadow.stats().quality().shadowHits()).isEqualTo(3);
  }

  @Test
  void sizeCountsTheLiveEntries() {
    cache.put(Prompt.of(PARIS), "Paris", Duration.ofSeconds(1));
    cache.put(Prompt.of(PYTHON).tag("tenant", "acme"), "s[::-1]");

    assertThat(cache.size()).isEqualTo(2);
    time.advance(Duration.ofSeconds(1));
    assertThat(cache.size()).isEqualTo(1);
    cache.invalidate(EntrySelector.tag("tenant", "acme"));
    assertThat(cache.size()).isZero();
  }
}
