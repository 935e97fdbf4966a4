package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.stats.ModelPrices;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** The texts of {@link CacheStats} and {@link Explanation}. */
class PrintedResultsTest {
  private final FakeEmbedder embedder =
      new FakeEmbedder().place("Where is it?", 0).place("Where's it?", 5).place("How?", 90);

  @Test
  void statisticsPrintOnlyWhatHappened() {
    CacheStats.Counter counter = CacheStats.counter();
    assertThat(counter.snapshot()).hasToString("CacheStats{requests=0, hitRate=0.0%}");

    counter.onEvent(new CacheEvent.Miss(MissReason.TOO_FAR, OptionalDouble.empty()));
    counter.onEvent(new CacheEvent.Miss(MissReason.NO_NEIGHBOR, OptionalDouble.empty()));
    counter.onEvent(new CacheEvent.Miss(MissReason.NO_NEIGHBOR, OptionalDouble.empty()));
    counter.onEvent(new CacheEvent.Embedded(2, Duration.ofNanos(1_234_567)));
    counter.onEvent(new CacheEvent.Hit(CacheEvent.Tier.EXACT, 0, Duration.ZERO, Optional.empty()));

    assertThat(counter.snapshot())
        .hasToString(
            "CacheStats{requests=4, hitRate=25.0%, exactHits=1, misses={no-neighbor=2, too-far=1},"
                + " embeddings=2, embeddingTime=1.23ms}");
    counter.onEvent(new CacheEvent.PolicyStateChanged(Learner.State.COLD, Learner.State.TRIPPED));
    assertThat(counter.snapshot().toString()).endsWith("policyState=TRIPPED, policyTrips=1}");
  }

  @Test
  void savingsArePrintedWithTheirUnits() {
    CacheStats.Counter counter = CacheStats.counter();
    ChatReply.TokenUsage usage = new ChatReply.TokenUsage(1_000_000, 500_000);
    for (boolean saved : new boolean[] {true, true, false}) {
      counter.onEvent(
          new CacheEvent.ModelUsed(
              saved,
              Optional.of("small"),
              Optional.of(usage),
              Optional.of(Duration.ofMillis(750)),
              Optional.empty()));
    }
    counter.onEvent(
        new CacheEvent.ModelUsed(
            false, Optional.of("large"), Optional.empty(), Optional.empty(), Optional.empty()));
    counter.onEvent(new CacheEvent.Embedded(2, Duration.ofMillis(20)));

    assertThat(counter.snapshot().toString()).contains("timeSaved=1.5s");
    ModelPrices prices = ModelPrices.in("EUR").model("small", 0.5, 1).embeddings(100);
    assertThat(counter.snapshot().savings(prices))
        .hasToString(
            "Savings{moneySaved=2.00 EUR, moneySpent=1.00 EUR, embeddingCost=0.0002 EUR,"
                + " unpricedCalls=1, timeSaved=1.5s, overhead=20ms}");
  }

  @Test
  void explanationPrintsDecisionsWithoutTexts() {
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(new FakeChatClient())
            .verifier(pair -> io.github.semcache.verify.Verification.unsure("odd").withScore(0.5))
            .build()) {
      assertThat(cache.explain(Prompt.of("Where is it?")))
          .hasToString("Explanation[miss: no-neighbor]");
      String key = cache.ask("Where is it?").entryId().orElseThrow().substring(0, 12);
      cache.ask("How?");

      assertThat(cache.explain(Prompt.of("Where's it?")).toString())
          .startsWith(
              "Explanation[miss: odd; 0.0038 "
                  + key
                  + " miss: odd, verifier: unsure odd (score"
                  + " 0.500); 0.")
          .endsWith(" miss: too-far]")
          .doesNotContain("Where", "How");
    }
  }

  @Test
  void explanationPrintsHits() {
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(new FakeChatClient())
            .verifier(PairVerifier.none())
            .build()) {
      String key = cache.ask("Where is it?").entryId().orElseThrow().substring(0, 12);

      assertThat(cache.explain(Prompt.of("Where's it?")))
          .hasToString("Explanation[hit; 0.0038 " + key + " hit]");
      assertThat(cache.explain(Prompt.of("Where is it?")))
          .hasToString("Explanation[hit; exact entry " + key + "; 0.0000 " + key + " hit]");
    }
  }
}
