package io.github.semcache.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.policy.HitPolicy;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class VerifiedPolicyTest {
  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("where is my card", 0)
          .place("where is my pin", 4)
          .place("where's my card", 5)
          .place("how do i pay", 120);

  private final List<LabeledPrompt> prompts =
      List.of(
          LabeledPrompt.of("where is my card", "card"),
          LabeledPrompt.of("where is my pin", "pin"),
          LabeledPrompt.of("where's my card", "card"),
          LabeledPrompt.of("how do i pay", "pay"));

  private final PairVerifier noPin =
      pair ->
          pair.query().contains("pin") || pair.cachedPrompt().contains("pin")
              ? Verification.reject("pin")
              : Verification.accept();

  private ReplayResult replay(PairVerifier verifier) {
    HitPolicy byDistance = HitPolicy.maxDistance(0.1).unguarded();
    return Replay.builder(embedder)
        .hitPolicy(VerifiedPolicy.of(byDistance, verifier))
        .cache(builder -> builder.verifier(PairVerifier.none()))
        .build()
        .run(prompts);
  }

  @Test
  void nextCandidateIsVerifiedAfterARejection() {
    ReplayResult result = replay(noPin);

    assertThat(result.total().hits()).isEqualTo(1);
    assertThat(result.prompts().get(2).answer().matchedPrompt()).contains("where is my card");
    assertThat(result.stats().missesByReason().toString()).contains("pin=1", "too-far=1");
  }

  @Test
  void decisionsEqualThoseOfACacheWithTheVerifier() {
    ReplayResult cache =
        Replay.builder(embedder)
            .hitPolicy(HitPolicy.maxDistance(0.1).unguarded())
            .cache(builder -> builder.verifier(noPin))
            .build()
            .run(prompts);

    assertThat(replay(noPin).total()).isEqualTo(cache.total());
    assertThat(replay(noPin).missesByReason()).isEqualTo(cache.missesByReason());
  }

  @Test
  void candidatesBeyondTheThresholdAreNotVerified() {
    AtomicInteger calls = new AtomicInteger();
    replay(
        pair -> {
          calls.incrementAndGet();
          assertThat(pair.distance()).isLessThanOrEqualTo(0.1);
          return Verification.reject("never");
        });

    assertThat(calls).hasValue(3);
  }
}
