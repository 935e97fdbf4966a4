package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.stats.CacheStats.ModelUsage;
import io.github.semcache.stats.ModelPrices;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the counts of model usage, of savings, and of the automatic bypass. */
class UsageTest extends CacheFixture {
  private static final ModelPrices PRICES =
      ModelPrices.in("EUR").model("small-model", 1, 10).embeddings(20);

  private void answerWithin(Duration took, String model) {
    chat.replying(
        prompt -> {
          time.advance(took);
          return new ChatReply(
              "answer",
              Optional.of(model),
              FinishReason.STOP,
              Optional.of(new TokenUsage(1_000, 100)),
              Optional.empty());
        });
  }

  @Test
  void hitsSaveTheMoneyAndTheTimeOfTheCallsThatProducedTheirAnswers() {
    answerWithin(Duration.ofSeconds(3), "small-model-2026-01-31");
    cache.ask(PARIS);
    cache.ask(PARIS);
    cache.ask(PARIS_PARAPHRASE);

    CacheStats stats = cache.stats();
    assertThat(stats.modelUsage())
        .containsExactly(
            new ModelUsage(
                "small-model-2026-01-31",
                "",
                1,
                1_000,
                100,
                Duration.ofSeconds(3),
                2,
                2_000,
                200,
                Duration.ofSeconds(6)));
    CacheStats.Savings savings = stats.savings(PRICES);
    assertThat(savings.moneySpent()).isCloseTo(0.002, within(1e-12));
    assertThat(savings.moneySaved()).isCloseTo(0.004, within(1e-12));
    assertThat(savings.embeddingCost()).isCloseTo(2 * 20 / 1e6, within(1e-12));
    assertThat(savings.timeSaved()).isEqualTo(Duration.ofSeconds(6));
    assertThat(savings.currency()).isEqualTo("EUR");
    assertThat(savings.unpricedCalls()).isZero();
    assertThat(savings.savesTime()).isTrue();
  }

  @Test
  void callsOfModelsWithoutAPriceAreCountedSeparately() {
    answerWithin(Duration.ofSeconds(1), "other-model");
    cache.ask(PARIS);
    cache.ask(PARIS);
    cache.put(Prompt.of(PYTHON), "s[::-1]");
    cache.ask(PYTHON);

    CacheStats.Savings savings = cache.stats().savings(PRICES);
    assertThat(savings.moneySaved()).isZero();
    assertThat(savings.unpricedCalls()).isEqualTo(3);
    assertThat(cache.stats().modelUsage())
        .extracting(ModelUsage::model)
        .containsExactly("other-model", ModelUsage.UNKNOWN);
  }

  @Test
  void usageIsCountedByTheValueOfATagUpToAMaximum() {
    SemanticCache tagged = builder().usageByTag("tenant").build();
    answerWithin(Duration.ofSeconds(1), "small-model");
    Prompt acme = Prompt.of(PARIS).tag("tenant", "acme");
    tagged.ask(acme);
    tagged.ask(acme);
    tagged.ask(PARIS);
    assertThat(tagged.stats().moneySavedByTag(PRICES)).isEqualTo(Map.of("acme", 0.002, "", 0.0));

    for (int i = 0; i < 400; i++) {
      tagged.ask(Prompt.of(PARIS).tag("tenant", "tenant " + i));
    }
    List<ModelUsage> usage = tagged.stats().modelUsage();
    assertThat(usage).hasSizeLessThanOrEqualTo(201);
    assertThat(usage)
        .filteredOn(row -> row.tag().equals(ModelUsage.OTHER))
        .singleElement()
        .satisfies(row -> assertThat(row.calls()).isEqualTo(402 - 200));
    assertThat(usage.stream().mapToLong(ModelUsage::calls).sum()).isEqualTo(402);
  }

  @Test
  void savingsOfAPeriodAreTheDifference() {
    answerWithin(Duration.ofSeconds(1), "small-model");
    cache.ask(PARIS);
    CacheStats before = cache.stats();
    cache.ask(PARIS);

    CacheStats.Savings savings = cache.stats().minus(before).savings(PRICES);
    assertThat(savings.moneySpent()).isZero();
    assertThat(savings.moneySaved()).isCloseTo(0.002, within(1e-12));
    assertThat(before.minus(cache.stats()).modelUsage()).isEmpty();
  }

  @Test
  void datedModelsHaveThePriceOfTheirModelUnlessTheyHaveTheirOwn() {
    ModelPrices prices = PRICES.model("small-model-20260131", 2, 20);
    TokenUsage million = new TokenUsage(1_000_000, 0);

    assertThat(prices.costOf("small-model", million)).contains(1.0);
    assertThat(prices.costOf("small-model-2026-01-31", million)).contains(1.0);
    assertThat(prices.costOf("small-model-20260131", million)).contains(2.0);
    assertThat(prices.costOf("small-model-large", million)).isEmpty();
    assertThat(PRICES.costOf("small-model-20260131", million)).contains(1.0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, Double.NaN, Double.POSITIVE_INFINITY})
  void invalidPricesAreRejected(double price) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PRICES.model("m", price, 1))
        .withMessage("inputPerMillion is " + price + "; it must be finite and at least 0");
    assertThatIllegalArgumentException().isThrownBy(() -> PRICES.model("m", 1, price));
    assertThatIllegalArgumentException().isThrownBy(() -> PRICES.embeddings(price));
    assertThatIllegalArgumentException().isThrownBy(() -> ModelPrices.in(" "));
    assertThatIllegalArgumentException().isThrownBy(() -> PRICES.model(" ", 1, 1));
  }

  private SemanticCache bypassing() {
    embedder.beforeEmbedding(() -> time.advance(Duration.ofMillis(20)));
    answerWithin(Duration.ofMillis(200), "small-model");
    return builder().noGuards().automaticBypass().build();
  }

  @Test
  void semanticLookupsAreSkippedWhileTheyDoNotPayAndSampledAgain() {
    SemanticCache bypassing = bypassing();
    for (int i = 0; i < 2_000; i++) {
      bypassing.ask("Unique question number " + i + " on subject " + 31 * i);
    }

    long skipped = bypassing.stats().missesByReason().getOrDefault(MissReason.NOT_WORTHWHILE, 0L);
    assertThat(skipped).as("800 after the first 200, then after the next 200").isEqualTo(1_600);
    assertThat(bypassing.stats().embeddings()).isEqualTo(400);
    assertThat(bypassing.ask("Unique question number 500 on subject 15500").source())
        .as("exact hits are not skipped")
        .isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void semanticLookupsThatPayAreNotSkipped() {
    SemanticCache bypassing = bypassing();
    for (int i = 0; i < 1_000; i++) {
      String text = (i % 4 == 0 ? "near " : "unique ") + i;
      if (i % 4 == 0) {
        embedder.place(text, 0);
      }
      bypassing.ask(Prompt.of(text));
    }

    assertThat(bypassing.stats().missesByReason()).doesNotContainKey(MissReason.NOT_WORTHWHILE);
    assertThat(bypassing.stats().semanticHits()).isGreaterThan(240);
  }

  @Test
  void hitRateIsEstimatedForEachScope() {
    SemanticCache bypassing = bypassing();
    for (int i = 0; i < 300; i++) {
      bypassing.ask(Prompt.of("unique " + i).tag("tenant", "unique"));
      embedder.place("near " + i, 0);
      bypassing.ask(Prompt.of("near " + i).tag("tenant", "repeating"));
    }

    assertThat(bypassing.stats().missesByReason()).containsEntry(MissReason.NOT_WORTHWHILE, 100L);
    assertThat(bypassing.stats().semanticHits()).isEqualTo(299);
  }

  @Test
  void lookupsOfBatchesAreMeasuredAndSkipped() {
    SemanticCache bypassing = bypassing();
    for (int i = 0; i < 20; i++) {
      bypassing.ask(Prompt.of("asked " + i).tag("tenant", "other"));
    }
    for (int i = 0; i < 300; i += 50) {
      bypassing.lookupAll(
          IntStream.range(i, i + 50)
              .mapToObj(j -> Prompt.of("Unique question number " + j + " on subject " + 31 * j))
              .toList());
    }

    assertThat(bypassing.stats().missesByReason())
        .as("the average lookup of a batch takes 1 ms, and a model call 200 ms")
        .containsEntry(MissReason.NOT_WORTHWHILE, 100L);
    assertThat(bypassing.stats().embeddings()).isEqualTo(220);
  }

  @Test
  void failedLookupsDoNotCountAsLookupsThatDoNotPay() {
    SemanticCache bypassing =
        builder()
            .noGuards()
            .automaticBypass()
            .circuitBreaker(Integer.MAX_VALUE, Duration.ofSeconds(1))
            .build();
    answerWithin(Duration.ofMillis(200), "small-model");
    embedder.beforeEmbedding(() -> time.advance(Duration.ofMillis(20)));
    for (int i = 0; i < 50; i++) {
      bypassing.ask("unique " + i);
    }
    embedder.failWith(new EmbedderException("down"));
    for (int i = 50; i < 300; i++) {
      bypassing.ask("unique " + i);
    }
    embedder.recover();

    assertThat(bypassing.ask("unique 300").missReason())
        .isPresent()
        .isNotEqualTo(Optional.of(MissReason.NOT_WORTHWHILE));
    bypassing.close();
  }
}
