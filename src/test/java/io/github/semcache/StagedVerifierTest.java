package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.PairVerifier.Pair;
import io.github.semcache.verify.Verification;
import io.github.semcache.verify.Verification.Cost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests of {@link PairVerifier#orElse} in a cache: one stage after the other. */
class StagedVerifierTest extends CacheFixture {
  private static final String ROME = "What is the capital of Italy?";
  private static final String BERN = "What is the capital of Switzerland?";
  private static final Cost CALL = new Cost(1, 10, 1);

  private final List<String> firstStage = new ArrayList<>();
  private final List<String> secondStage = new ArrayList<>();

  /** Places the candidates in the order Rome, Paris, Bern; the paraphrase is the query. */
  @BeforeEach
  void place() {
    embedder.place(ROME, 18).place(BERN, 45);
  }

  private SemanticCache cacheWith(
      Map<String, Verification> first, Function<Pair, Verification> second) {
    SemanticCache cache =
        builder()
            .maxDistance(0.15)
            .verifier(
                stage(firstStage, pair -> first.get(pair.cachedPrompt()))
                    .orElse(stage(secondStage, second)))
            .build();
    cache.put(Prompt.of(PARIS), "Paris");
    cache.put(Prompt.of(ROME), "Rome");
    cache.put(Prompt.of(BERN), "Bern");
    return cache;
  }

  private PairVerifier stage(List<String> prompts, Function<Pair, Verification> decision) {
    return pair -> {
      prompts.add(pair.cachedPrompt());
      time.advance(Duration.ofMillis(2));
      return decision.apply(pair);
    };
  }

  private static Verification unsure(double score) {
    return Verification.unsure("unsure").withScore(score);
  }

  @Test
  void nextStageIsNotConsultedIfTheFirstAcceptsAFartherCandidate() {
    try (SemanticCache cache =
        cacheWith(
            Map.of(ROME, unsure(0.5), PARIS, Verification.accept()),
            pair -> Verification.accept())) {
      Answer answer = cache.ask(PARIS_PARAPHRASE);

      assertThat(answer.text()).isEqualTo("Paris");
      assertThat(firstStage).containsExactly(ROME, PARIS);
      assertThat(secondStage).isEmpty();
      assertThat(cache.stats().verifications().accepted()).isEqualTo(1);
      assertThat(cache.stats().verifications().unsure()).isZero();
    }
  }

  @Test
  void nextStageDecidesOnUnsureCandidatesInDescendingOrderOfTheirScores() {
    try (SemanticCache cache =
        cacheWith(
            Map.of(ROME, unsure(0.2), PARIS, unsure(0.7), BERN, Verification.reject("name")),
            pair ->
                pair.cachedPrompt().equals(ROME)
                    ? Verification.accept().plusCost(CALL)
                    : Verification.reject("other").plusCost(CALL))) {
      Answer answer = cache.ask(PARIS_PARAPHRASE);

      assertThat(answer.text()).isEqualTo("Rome");
      assertThat(secondStage).containsExactly(PARIS, ROME);
      assertThat(answer.verification()).contains(Verification.accept().plusCost(CALL));
      CacheStats.Verifications counts = cache.stats().verifications();
      assertThat(counts.accepted()).isEqualTo(1);
      assertThat(counts.rejected()).isEqualTo(2);
      assertThat(counts.unsure()).isZero();
      assertThat(counts.modelCalls()).isEqualTo(2);
    }
  }

  @Test
  void missHasTheDecisionOfTheLastStageOnItsFirstCandidate() {
    try (SemanticCache cache =
        cacheWith(
            Map.of(ROME, Verification.reject("name"), PARIS, unsure(0.7), BERN, unsure(0.8)),
            pair ->
                Verification.reject(pair.cachedPrompt().equals(BERN) ? "bern" : "paris")
                    .plusCost(CALL))) {
      Answer answer = cache.ask(PARIS_PARAPHRASE);

      assertThat(answer.missReason()).contains(new MissReason("bern"));
      assertThat(answer.verification()).contains(Verification.reject("bern").plusCost(CALL));
    }
  }

  @Test
  void missHasTheReasonOfTheNearestCandidateIfNoneReachesTheLastStage() {
    Verification name = Verification.reject("name");
    Verification number = Verification.reject("number");
    try (SemanticCache cache =
        cacheWith(Map.of(ROME, name, PARIS, number, BERN, number), pair -> unsure(0))) {
      assertThat(cache.ask(PARIS_PARAPHRASE).missReason()).contains(new MissReason("name"));
      assertThat(secondStage).isEmpty();
    }
  }

  @Test
  void durationsOfAllStagesArePublishedWithTheLastDecision() {
    try (SemanticCache cache =
        cacheWith(
            Map.of(ROME, unsure(0.5), PARIS, unsure(0.4), BERN, unsure(0.3)),
            pair -> Verification.accept())) {
      double distance = cache.ask(PARIS_PARAPHRASE).distance().orElseThrow();

      assertThat(events)
          .filteredOn(CacheEvent.Verified.class::isInstance)
          .containsExactly(
              new CacheEvent.Verified(Verification.accept(), distance, Duration.ofMillis(4)));
    }
  }

  @Test
  void failureOfTheNextStageIsAMiss() {
    try (SemanticCache cache =
        cacheWith(
            Map.of(ROME, unsure(0.5), PARIS, unsure(0.4), BERN, unsure(0.3)),
            pair -> {
              throw new IllegalStateException("down");
            })) {
      assertThat(cache.ask(PARIS_PARAPHRASE).missReason()).contains(MissReason.VERIFIER_ERROR);
      assertThat(secondStage).hasSize(1);
      assertThat(cache.stats().verifierErrors()).isEqualTo(1);
    }
  }

  @Test
  void explanationContainsTheDecisionsOfTheLastStage() {
    try (SemanticCache cache =
        cacheWith(
            Map.of(ROME, unsure(0.2), PARIS, unsure(0.7), BERN, Verification.reject("name")),
            pair -> Verification.reject("other").plusCost(CALL))) {
      Explanation explanation = cache.explain(Prompt.of(PARIS_PARAPHRASE));

      assertThat(explanation.candidates())
          .extracting(candidate -> candidate.verification().orElseThrow())
          .containsExactly(
              Verification.reject("other").plusCost(CALL),
              Verification.reject("other").plusCost(CALL),
              Verification.reject("name"));
      assertThat(secondStage).containsExactly(PARIS, ROME);
    }
  }

  @Test
  void partThatCannotBeEmbeddedIsNotLeftToTheNextStage() {
    String common =
        "Reply in one word and in the language of the question, please, without a dot. ";
    embedder.place(common + "Is it red?", 0).place(common + "Is it blue?", 5);
    embedder.reject("Is it blue?");
    try (SemanticCache cache = cacheWith(Map.of(), pair -> Verification.accept())) {
      cache.clear();
      cache.put(Prompt.of(common + "Is it red?"), "yes");

      assertThat(cache.ask(common + "Is it blue?").missReason())
          .contains(MissReason.EMBEDDER_ERROR);
      assertThat(secondStage).isEmpty();
    }
  }

  @Test
  void candidatesBeyondTheThresholdOfTheEmbedderAreVerifiedIfTheVerifierAsksAModel() {
    try (SemanticCache asking = builder().verifier(new AskingVerifier()).build();
        SemanticCache chained =
            builder().verifier(PairVerifier.local().orElse(new AskingVerifier())).build();
        SemanticCache other = builder().verifier(pair -> Verification.accept()).build();
        SemanticCache fixed = builder().maxDistance(0.05).verifier(new AskingVerifier()).build()) {
      for (SemanticCache cache : List.of(asking, chained, other, fixed)) {
        cache.put(Prompt.of(PARIS), "Paris");
      }
      embedder.place("Name the capital of France.", 32);
      embedder.place("Tell me the capital of France.", 43);

      assertThat(asking.lookup(Prompt.of("Name the capital of France."))).isPresent();
      assertThat(chained.lookup(Prompt.of("Name the capital of France."))).isPresent();
      assertThat(asking.lookup(Prompt.of("Tell me the capital of France."))).isEmpty();
      assertThat(other.lookup(Prompt.of("Name the capital of France."))).isEmpty();
      assertThat(fixed.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
    }
  }

  @Test
  void verifierOfALookupWithAnotherNumberOfStagesFails() {
    PairVerifier growing =
        new PairVerifier() {
          @Override
          public Verification verify(Pair pair) {
            return Verification.accept();
          }

          @Override
          public PairVerifier forLookup() {
            return orElse(pair -> Verification.accept());
          }
        };
    try (SemanticCache cache = builder().verifier(growing).build()) {
      cache.put(Prompt.of(PARIS), "Paris");

      assertThat(cache.ask(PARIS_PARAPHRASE).missReason()).contains(MissReason.VERIFIER_ERROR);
    }
  }

  /** Accepts every pair. */
  private static final class AskingVerifier implements PairVerifier {
    @Override
    public Verification verify(Pair pair) {
      return Verification.accept();
    }

    @Override
    public boolean asksModel() {
      return true;
    }
  }
}
