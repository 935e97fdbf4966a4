package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.Entries;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of caches without an embedder, and of prompts with an embedding of the caller. */
class ExactOnlyTest extends CacheFixture {
  private final SemanticCache exact =
      SemanticCache.builder().exactOnly().chatClient(chat).listener(events::add).build();

  @Test
  void onlyTheSamePromptHits() {
    exact.ask(PARIS);

    assertThat(exact.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
    Answer other = exact.ask(PARIS_PARAPHRASE);
    assertThat(other.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(other.missReason()).contains(MissReason.EXACT_ONLY);
    assertThat(exact.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(exact.stats().missesByReason()).isEqualTo(Map.of(MissReason.EXACT_ONLY, 2L));
    assertThat(exact.stats().embedderErrors()).isZero();
    assertThat(exact.stats().embeddings()).isZero();
  }

  @Test
  void allMethodsWorkWithoutAnEmbedder() {
    exact.put(Prompt.of(PARIS), "Paris");
    exact.putAll(List.of(Map.entry(Prompt.of(PYTHON), "s[::-1]")), count -> {});
    Answer answer = exact.lookup(Prompt.of(PARIS)).orElseThrow();

    assertThat(exact.lookupAll(List.of(Prompt.of(PYTHON), Prompt.of(PARIS_PARAPHRASE))))
        .extracting(found -> found.map(Answer::text).orElse("miss"))
        .containsExactly("s[::-1]", "miss");
    assertThat(exact.lookupNearest(Prompt.of(PARIS), 3))
        .extracting(Answer::text)
        .containsExactly("Paris");
    assertThat(exact.explain(Prompt.of(PARIS_PARAPHRASE)).decision().toString())
        .contains("exact-only");
    exact.reportRight(answer);
    exact.reportWrong(answer);
    assertThat(exact.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(exact.size()).isEqualTo(1);
    assertThat(exact.stats().storeErrors() + exact.stats().embedderErrors()).isZero();
  }

  @Test
  void storeOfAnotherSpaceIsSharedWithCachesThatHaveAnEmbedder() {
    InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
    SemanticCache semantic = builder().store(store).build();
    SemanticCache shared =
        SemanticCache.builder().exactOnly().chatClient(chat).store(store).build();
    semantic.ask(PARIS);
    shared.ask(PYTHON);

    assertThat(shared.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(semantic.ask(PYTHON).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(shared.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void missingEmbedderIsAnErrorUnlessTheCacheIsExactOnly() {
    assertThatIllegalStateException()
        .isThrownBy(() -> SemanticCache.builder().build())
        .withMessage("embedder is missing; a cache needs one unless it is exactOnly");
    SemanticCache.builder()
        .exactOnly()
        .store(InMemoryVectorStore.builder(EmbeddingSpace.none()).build())
        .build()
        .close();
  }

  static List<UnaryOperator<SemanticCacheBuilder>> semanticOptions() {
    return List.of(
        builder -> builder.embedder(new FakeEmbedder()),
        builder -> builder.maxDistance(0.1),
        builder -> builder.relativeDistance(0.1),
        builder -> builder.targetErrorRate(0.1),
        builder -> builder.hitPolicy(HitPolicy.never()),
        builder -> builder.guards(Guards.english()),
        builder -> builder.verifier(PairVerifier.none()),
        builder -> builder.verifierAfterMiss(PairVerifier.none()));
  }

  @ParameterizedTest
  @MethodSource("semanticOptions")
  void optionsOfSemanticHitsAreRejected(UnaryOperator<SemanticCacheBuilder> option) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> option.apply(SemanticCache.builder().exactOnly()).build())
        .withMessageMatching("exactOnly and \\w+ are both set; only one of them can decide");
  }

  static List<UnaryOperator<SemanticCacheBuilder>> optionsWithoutEffect() {
    return List.of(
        SemanticCacheBuilder::hedging,
        SemanticCacheBuilder::coalesceSimilarPrompts,
        SemanticCacheBuilder::automaticBypass);
  }

  @ParameterizedTest
  @MethodSource("optionsWithoutEffect")
  void optionsOfSemanticLookupsAreRejected(UnaryOperator<SemanticCacheBuilder> option) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> option.apply(SemanticCache.builder().exactOnly()).build())
        .withMessageMatching("\\w+ is set; it has no effect on a cache that is exactOnly");
  }

  @Test
  void embeddingOfTheCallerReplacesThatOfTheEmbedder() {
    Embedding near = Entries.atAngle(FakeEmbedder.DIMENSION, 40);
    cache.put(Prompt.of("written by the caller").embedding(near), "answer");
    int before = embedder.embedded().size();

    assertThat(
            cache.lookup(
                Prompt.of("unrelated words")
                    .embedding(Entries.atAngle(FakeEmbedder.DIMENSION, 35))))
        .map(Answer::text)
        .contains("answer");
    assertThat(cache.lookup(Prompt.of("unrelated words"))).isEmpty();
    Answer stored = cache.ask(Prompt.of("asked").embedding(Entries.atAngle(64, 200)));
    assertThat(stored.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(
            cache.lookupAll(
                List.of(
                    Prompt.of("a").embedding(Entries.atAngle(64, 205)),
                    Prompt.of("b").embedding(Entries.atAngle(64, 45)))))
        .extracting(found -> found.map(Answer::text).orElse("miss"))
        .containsExactly("answer 1", "answer");
    assertThat(embedder.embedded()).hasSize(before + 1);
  }

  @Test
  void reportOnAPromptWithAnEmbeddingUsesIt() {
    cache.put(Prompt.of("What is a fjord?").embedding(Entries.atAngle(64, 40)), "answer");
    Prompt prompt = Prompt.of("Explain the word fjord").embedding(Entries.atAngle(64, 45));

    cache.reportWrong(cache.lookup(prompt).orElseThrow());

    assertThat(cache.lookup(prompt)).isEmpty();
    assertThat(embedder.embedded()).isEmpty();
  }

  @Test
  void embeddingOfAPromptWithInvisibleCharactersIsNotUsed() {
    cache.put(Prompt.of("What is a fjord?").embedding(Entries.atAngle(64, 40)), "answer");

    assertThat(
            cache.lookup(
                Prompt.of("Explain\u200b the word fjord").embedding(Entries.atAngle(64, 40))))
        .isEmpty();
    assertThat(cache.stats().unreadable()).isEqualTo(1);
  }

  @Test
  void embeddingOfAnotherDimensionIsRejected() {
    Prompt prompt = Prompt.of(PARIS).embedding(Embedding.of(1, 0));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.ask(prompt))
        .withMessage("embedding has dimension 2; the embedder has dimension 64");
    assertThatIllegalArgumentException().isThrownBy(() -> cache.put(prompt, "answer"));
    assertThatIllegalArgumentException().isThrownBy(() -> cache.lookupAll(List.of(prompt)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> exact.ask(prompt))
        .withMessage("embedding is set; the cache is exact only");
    assertThat(cache.stats().requests()).isZero();
  }

  @Test
  void buildFailsIfTheStoreIsUnreachableAndThatIsRequested() {
    for (FaultyStore.Call call : List.of(FaultyStore.Call.FIND, FaultyStore.Call.NEAREST)) {
      FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
      store.fail(call);
      SemanticCacheBuilder checked = builder().ownedStore(store).failIfStoreUnreachable();

      assertThatThrownBy(checked::build).isInstanceOf(StoreException.class);
      assertThat(store.isClosed()).isFalse();
      store.recover();
      assertThat(checked.build().ask(PARIS).source()).isEqualTo(Answer.Source.MODEL);
      builder().store(store).build();
    }
  }
}
