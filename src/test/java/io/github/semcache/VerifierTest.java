package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.PairVerifier.Pair;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link SemanticCacheBuilder#verifier}. */
class VerifierTest extends CacheFixture {
  private static final String ROME = "What is the capital of Italy?";

  private final List<Pair> verified = new CopyOnWriteArrayList<>();

  private SemanticCache cacheWith(Function<Pair, Verification> verifier) {
    return builder()
        .verifier(
            pair -> {
              verified.add(pair);
              time.advance(Duration.ofMillis(2));
              return verifier.apply(pair);
            })
        .build();
  }

  @Test
  void acceptedCandidateIsServedWithTheDecision() {
    try (SemanticCache cache = cacheWith(pair -> Verification.accept().withScore(0.93))) {
      cache.ask(PARIS);

      Answer answer = cache.ask(PARIS_PARAPHRASE);

      assertThat(answer.source()).isEqualTo(Answer.Source.SEMANTIC);
      assertThat(answer.verification()).contains(Verification.accept().withScore(0.93));
      assertThat(verified)
          .containsExactly(
              new Pair(PARIS_PARAPHRASE, PARIS, "answer 1", answer.distance().orElseThrow()));
      assertThat(cache.stats().verifications())
          .isEqualTo(new CacheStats.Verifications(1, 0, 0, 0, Duration.ofMillis(2), 0, 0, 0));
      assertThat(events)
          .contains(
              new CacheEvent.Verified(
                  answer.verification().orElseThrow(),
                  answer.distance().orElseThrow(),
                  Duration.ofMillis(2)));
    }
  }

  @Test
  void rejectedAndUnsureCandidatesAreMissesWithTheReasonOfTheVerifier() {
    for (Verification decision :
        List.of(Verification.reject("unmatched-word"), Verification.unsure("low-score"))) {
      try (SemanticCache cache = cacheWith(pair -> decision)) {
        cache.ask(PARIS);

        Answer answer = cache.ask(PARIS_PARAPHRASE);

        assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
        assertThat(answer.missReason()).contains(new MissReason(decision.reason()));
        assertThat(answer.verification()).contains(decision);
        assertThat(answer.entryId()).isPresent();
        assertThat(cache.stats().missesByReason())
            .containsEntry(new MissReason(decision.reason()), 1L);
        assertThat(cache.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.EXACT);
      }
    }
  }

  @Test
  void exactHitIsNotVerified() {
    try (SemanticCache cache = cacheWith(pair -> Verification.reject("never"))) {
      cache.ask(PARIS);

      Answer answer = cache.ask(PARIS);

      assertThat(answer.source()).isEqualTo(Answer.Source.EXACT);
      assertThat(answer.verification()).isEmpty();
      assertThat(verified).isEmpty();
    }
  }

  @Test
  void candidateThatThePolicyDoesNotAdmitIsNotVerified() {
    try (SemanticCache cache = cacheWith(pair -> Verification.accept())) {
      cache.ask(PARIS);

      assertThat(cache.ask(PYTHON).missReason()).contains(MissReason.TOO_FAR);
      assertThat(verified).isEmpty();
    }
  }

  @Test
  void nextCandidateIsServedIfTheNearestIsRejected() {
    embedder.place(ROME, 16);
    try (SemanticCache cache =
        cacheWith(
            pair ->
                pair.cachedPrompt().equals(ROME)
                    ? Verification.reject("replaced-name")
                    : Verification.accept())) {
      cache.put(Prompt.of(PARIS), "Paris");
      cache.put(Prompt.of(ROME), "Rome");

      Answer answer = cache.ask(PARIS_PARAPHRASE);

      assertThat(answer.text()).isEqualTo("Paris");
      assertThat(answer.matchedPrompt()).contains(PARIS);
      assertThat(answer.verification()).contains(Verification.accept());
      assertThat(verified).extracting(Pair::cachedPrompt).containsExactly(ROME, PARIS);
      assertThat(cache.stats().verifications().rejected()).isEqualTo(1);
      assertThat(cache.stats().verifications().accepted()).isEqualTo(1);
    }
  }

  @Test
  void reasonOfTheNearestCandidateIsReportedIfAllAreRejected() {
    embedder.place(ROME, 16);
    try (SemanticCache cache =
        cacheWith(
            pair -> Verification.reject(pair.cachedPrompt().equals(ROME) ? "first" : "second"))) {
      cache.put(Prompt.of(PARIS), "Paris");
      cache.put(Prompt.of(ROME), "Rome");

      Answer answer = cache.ask(PARIS_PARAPHRASE);

      assertThat(answer.missReason()).contains(new MissReason("first"));
      assertThat(answer.verification()).contains(Verification.reject("first"));
      assertThat(verified).hasSize(2);
    }
  }

  @Test
  void atMostFiveCandidatesAreVerified() {
    try (SemanticCache cache = cacheWith(pair -> Verification.reject("other"))) {
      for (int i = 0; i < 9; i++) {
        embedder.place("question " + i, 18 + i / 2.0);
        cache.put(Prompt.of("question " + i), "answer");
      }

      cache.ask(PARIS_PARAPHRASE);

      assertThat(verified).hasSize(5);
      assertThat(verified)
          .extracting(Pair::distance)
          .isSorted()
          .allMatch(distance -> distance <= 0.001);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void failureOfTheVerifierIsAMiss(boolean throwsError) {
    try (SemanticCache cache =
        cacheWith(
            pair -> {
              if (throwsError) {
                throw new NoClassDefFoundError("model");
              }
              throw new IllegalStateException("down");
            })) {
      cache.ask(PARIS);

      Answer answer = cache.ask(PARIS_PARAPHRASE);

      assertThat(answer.text()).isEqualTo("answer 2");
      assertThat(answer.missReason()).contains(MissReason.VERIFIER_ERROR);
      assertThat(answer.verification()).isEmpty();
      assertThat(cache.stats().verifierErrors()).isEqualTo(1);
      assertThat(cache.stats().policyErrors()).isZero();
      assertThat(cache.stats().verifications().accepted()).isZero();
      assertThat(verified).as("no other candidate is verified").hasSize(1);
    }
  }

  @Test
  @SuppressWarnings("NullAway")
  void verifierThatReturnsNullFails() {
    try (SemanticCache cache = builder().verifier(pair -> null).build()) {
      cache.ask(PARIS);

      assertThat(cache.ask(PARIS_PARAPHRASE).missReason()).contains(MissReason.VERIFIER_ERROR);
      assertThat(cache.stats().verifierErrors()).isEqualTo(1);
    }
  }

  @Test
  void failureIsThrownIfTheCacheFailsOnErrors() {
    try (SemanticCache cache =
        builder()
            .failOnCacheErrors()
            .verifier(
                pair -> {
                  throw new IllegalStateException("down");
                })
            .build()) {
      cache.ask(PARIS);

      assertThatThrownBy(() -> cache.ask(PARIS_PARAPHRASE)).hasMessage("down");
    }
  }

  @Test
  void circuitOpensIfTheVerifierKeepsFailing() {
    try (SemanticCache cache =
        builder()
            .circuitBreaker(2, Duration.ofSeconds(1))
            .verifier(
                pair -> {
                  verified.add(pair);
                  throw new IllegalStateException("down");
                })
            .build()) {
      cache.put(Prompt.of(PARIS), "Paris");
      for (int i = 0; i < 4; i++) {
        embedder.place("paraphrase " + i, 10);
        cache.lookup(Prompt.of("paraphrase " + i));
      }

      assertThat(verified).hasSize(2);
      assertThat(cache.stats().missesByReason()).isEqualTo(Map.of(MissReason.VERIFIER_ERROR, 4L));
    }
  }

  @Test
  void shadowModeVerifiesButTheModelAnswers() {
    try (SemanticCache cache =
        builder()
            .shadowMode()
            .verifier(
                pair ->
                    pair.query().equals(PYTHON)
                        ? Verification.reject("other")
                        : Verification.accept())
            .build()) {
      cache.put(Prompt.of(PARIS), "Paris");
      embedder.place(PYTHON, 5);

      assertThat(cache.ask(PARIS_PARAPHRASE).missReason()).contains(MissReason.SHADOW);
      assertThat(cache.ask(PYTHON).missReason()).contains(new MissReason("other"));
      assertThat(cache.stats().quality().shadowHits()).isEqualTo(1);
    }
  }

  @Test
  void rejectedAuditIsAMissThatIsNotAudited() {
    HitPolicy audits =
        (query, matches) ->
            matches.isEmpty()
                ? Decision.miss(MissReason.NO_NEIGHBOR)
                : Decision.audit(matches.get(0), 0.5);
    try (SemanticCache cache =
        builder().hitPolicy(audits).verifier(pair -> Verification.reject("other")).build()) {
      cache.ask(PARIS);

      assertThat(cache.ask(PARIS_PARAPHRASE).missReason()).contains(new MissReason("other"));
    }
  }

  @Test
  void policyThatChoosesAnEntryThatIsNoCandidateIsVerifiedAFewTimesOnly() {
    HitPolicy stubborn =
        (query, matches) ->
            matches.isEmpty()
                ? Decision.miss(MissReason.NO_NEIGHBOR)
                : Decision.hit(new io.github.semcache.store.Match(matches.get(0).entry(), 0.01));
    try (SemanticCache cache =
        builder()
            .hitPolicy(stubborn)
            .verifier(
                pair -> {
                  verified.add(pair);
                  return Verification.reject("other");
                })
            .build()) {
      cache.ask(PARIS);
      cache.ask(PARIS_PARAPHRASE);

      assertThat(verified).hasSize(5);
    }
  }

  @Test
  void explanationContainsTheVerificationOfEachCandidate() {
    embedder.place(ROME, 16);
    try (SemanticCache cache =
        cacheWith(
            pair ->
                pair.cachedPrompt().equals(ROME)
                    ? Verification.reject("replaced-name").withScore(0.1)
                    : Verification.accept())) {
      cache.put(Prompt.of(PARIS), "Paris");
      cache.put(Prompt.of(ROME), "Rome");
      cache.put(Prompt.of(PYTHON), "Reverse");

      Explanation explanation = cache.explain(Prompt.of(PARIS_PARAPHRASE));

      assertThat(explanation.candidates())
          .extracting(candidate -> candidate.match().entry().prompt())
          .containsExactly(ROME, PARIS, PYTHON);
      assertThat(explanation.candidates().get(0).verification())
          .contains(Verification.reject("replaced-name").withScore(0.1));
      assertThat(explanation.candidates().get(0).decision())
          .isEqualTo(Decision.miss(new MissReason("replaced-name")));
      assertThat(explanation.candidates().get(1).verification()).contains(Verification.accept());
      assertThat(explanation.candidates().get(2).verification()).isEmpty();
      assertThat(explanation.decision())
          .isEqualTo(Decision.hit(explanation.candidates().get(1).match()));
      assertThat(verified).as("each candidate is verified once").hasSize(2);
    }
  }

  @Test
  void partsBehindACommonTextMustBeNearToo() {
    String common =
        "Reply in one word and in the language of the question, please, without a dot. ";
    embedder.place(common + "Is it red?", 0).place(common + "Is it blue?", 5);
    embedder.place("Is it red?", 0).place("Is it blue?", 60);
    try (SemanticCache cache = cacheWith(pair -> Verification.accept())) {
      cache.put(Prompt.of(common + "Is it red?"), "yes");
      Prompt blue = Prompt.of(common + "Is it blue?");

      assertThat(cache.ask(blue.bypass()).isHit()).isFalse();
      assertThat(cache.lookup(blue)).isEmpty();
      assertThat(verified).isEmpty();
      assertThat(cache.explain(blue).candidates().get(0).verification())
          .contains(Verification.reject("different-part"));
      assertThat(cache.stats().missesByReason())
          .containsEntry(new MissReason("different-part"), 1L);

      embedder.place("Is it blue?", 10);
      assertThat(cache.lookup(blue)).isPresent();
      assertThat(cache.stats().verifications().accepted()).isEqualTo(1);
    }
  }

  @Test
  void partThatCannotBeEmbeddedIsAMiss() {
    String common =
        "Reply in one word and in the language of the question, please, without a dot. ";
    embedder.place(common + "Is it red?", 0).place(common + "Is it blue?", 5);
    embedder.reject("Is it blue?");
    try (SemanticCache cache = cacheWith(pair -> Verification.accept())) {
      cache.put(Prompt.of(common + "Is it red?"), "yes");

      assertThat(cache.ask(common + "Is it blue?").missReason())
          .contains(MissReason.EMBEDDER_ERROR);
      assertThat(cache.stats().embedderErrors()).isEqualTo(1);
      assertThat(cache.stats().verifierErrors()).isZero();
    }
  }

  @Test
  void verifierReplacesTheGuardsUnlessTheyAreSet() {
    embedder.place(ROME, 16);
    try (SemanticCache verified = cacheWith(pair -> Verification.accept());
        SemanticCache guarded =
            builder()
                .guards(io.github.semcache.guard.Guards.english())
                .verifier(pair -> Verification.accept())
                .build();
        SemanticCache unverified = builder().verifier(PairVerifier.none()).build()) {
      for (SemanticCache cache : List.of(verified, guarded, unverified)) {
        cache.put(Prompt.of(PARIS), "Paris");
      }

      assertThat(verified.ask(ROME).isHit()).isTrue();
      assertThat(guarded.ask(ROME).isHit()).isFalse();
      assertThat(unverified.ask(ROME).isHit()).isFalse();
      assertThat(unverified.stats().verifications().accepted()).isZero();
    }
  }

  @Test
  void learningPolicyHasAVerifierOnlyIfOneIsSet() {
    try (SemanticCache cache =
        builder()
            .hitPolicy(ErrorBudget.of(0.01))
            .judge(AnswerJudge.sameText())
            .verifier(
                pair -> {
                  verified.add(pair);
                  return Verification.reject("other");
                })
            .build()) {
      embedder.place(PARIS + " ", 0).place("what is the capital of France?", 1);
      cache.ask(PARIS);

      assertThat(cache.ask("what is the capital of France?").missReason())
          .contains(new MissReason("other"));
      assertThat(verified).hasSize(1);
    }
  }

  @Test
  void verifierOfALookupIsCreatedForEachLookup() {
    PairVerifier oncePerLookup =
        new PairVerifier() {
          @Override
          public Verification verify(Pair pair) {
            throw new AssertionError("not called");
          }

          @Override
          public PairVerifier forLookup() {
            int[] calls = new int[1];
            return pair ->
                calls[0]++ == 0 ? Verification.reject("first") : Verification.unsure("limit");
          }
        };
    embedder.place(ROME, 16);
    try (SemanticCache cache = builder().verifier(oncePerLookup).build()) {
      cache.put(Prompt.of(PARIS), "Paris");
      cache.put(Prompt.of(ROME), "Rome");

      cache.lookup(Prompt.of(PARIS_PARAPHRASE));
      cache.lookup(Prompt.of(PARIS_PARAPHRASE));

      CacheStats.Verifications counts = cache.stats().verifications();
      assertThat(counts.rejected()).isEqualTo(2);
      assertThat(counts.unsure()).isEqualTo(2);
    }
  }
}
