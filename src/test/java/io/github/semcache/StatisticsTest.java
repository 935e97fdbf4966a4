package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests of the statistics and the events. */
class StatisticsTest extends CacheFixture {

  @Test
  void requestsTokensAndTimesAreCounted() {
    chat.replying(
        prompt -> {
          time.advance(Duration.ofSeconds(2));
          return ChatReply.of("x").usage(FakeChatClient.USAGE);
        });
    cache.ask(PARIS);
    cache.ask(PARIS);
    cache.ask(PARIS_PARAPHRASE);
    cache.ask(PYTHON);
    cache.ask(Prompt.of(PYTHON).bypass());

    var stats = cache.stats();
    assertThat(stats.requests()).isEqualTo(5);
    assertThat(stats.hits() + stats.misses()).isEqualTo(stats.requests());
    assertThat(stats.exactHits()).isEqualTo(1);
    assertThat(stats.semanticHits()).isEqualTo(1);
    assertThat(stats.missesByReason())
        .isEqualTo(
            Map.of(MissReason.NO_NEIGHBOR, 1L, MissReason.TOO_FAR, 1L, MissReason.BYPASS, 1L));
    assertThat(stats.hitRate()).isEqualTo(0.4);
    assertThat(stats.modelCalls()).isEqualTo(3);
    assertThat(stats.modelTime()).isEqualTo(Duration.ofSeconds(6));
    assertThat(stats.writes()).isEqualTo(2);
    assertThat(stats.embeddings()).isEqualTo(3);
    assertThat(stats.inputTokens()).isEqualTo(30);
    assertThat(stats.outputTokens()).isEqualTo(15);
    assertThat(stats.tokensSaved()).isEqualTo(30);
    assertThat(stats.misses()).isEqualTo(stats.modelCalls() + stats.coalesced());
  }

  @Test
  void eventsContainNoTextOfPromptsAndAnswers() {
    cache.ask(PARIS);
    cache.ask(PYTHON);
    cache.ask(PARIS_PARAPHRASE);

    assertThat(events.toString()).doesNotContain(PARIS, PARIS_PARAPHRASE, PYTHON, "answer 1");
    assertThat(events)
        .filteredOn(CacheEvent.Miss.class::isInstance)
        .element(1)
        .satisfies(
            miss ->
                assertThat(((CacheEvent.Miss) miss).nearest().orElseThrow())
                    .isEqualTo(1, within(1e-6)));
    assertThat(events).filteredOn(CacheEvent.Hit.class::isInstance).hasSize(1);
  }

  @Test
  void evictionsAreCounted() {
    var store = InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).maxEntries(1).build();
    SemanticCache small = builder().store(store).build();
    small.ask(PARIS);
    small.ask(PYTHON);

    assertThat(small.stats().evictions()).isEqualTo(1);
    assertThat(small.stats().writes()).isEqualTo(2);
  }

  @Test
  void durationsOfEmbedderStoreAndModelArePublishedAndSummed() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    store.onFind(found -> after(Duration.ofMillis(2), found));
    store.onNearest(found -> after(Duration.ofMillis(30), found));
    store.onPut(evicted -> after(Duration.ofMillis(400), evicted));
    embedder.beforeEmbedding(() -> time.advance(Duration.ofSeconds(5)));
    chat.replying(prompt -> after(Duration.ofSeconds(60), ChatReply.of("x")));
    SemanticCache slow = builder().store(store).deadline(Duration.ofMinutes(5)).build();

    slow.ask(PARIS);
    slow.ask(PARIS);
    slow.ask(PARIS_PARAPHRASE);

    assertThat(events)
        .filteredOn(
            event ->
                !(event instanceof CacheEvent.Hit
                    || event instanceof CacheEvent.Miss
                    || event instanceof CacheEvent.ModelUsed))
        .containsExactly(
            new CacheEvent.LookedUp(CacheEvent.Tier.EXACT, Duration.ofMillis(2)),
            new CacheEvent.Embedded(1, Duration.ofSeconds(5)),
            new CacheEvent.LookedUp(CacheEvent.Tier.SEMANTIC, Duration.ofMillis(30)),
            new CacheEvent.LookedUp(CacheEvent.Tier.EXACT, Duration.ofMillis(2)),
            new CacheEvent.ModelAnswered(
                Duration.ofSeconds(60), FinishReason.STOP, Optional.empty()),
            new CacheEvent.Stored(1, 0, Duration.ofMillis(400)),
            new CacheEvent.LookedUp(CacheEvent.Tier.EXACT, Duration.ofMillis(2)),
            new CacheEvent.LookedUp(CacheEvent.Tier.EXACT, Duration.ofMillis(2)),
            new CacheEvent.Embedded(1, Duration.ofSeconds(5)),
            new CacheEvent.LookedUp(CacheEvent.Tier.SEMANTIC, Duration.ofMillis(30)));
    CacheStats stats = slow.stats();
    assertThat(stats.embeddingTime()).isEqualTo(Duration.ofSeconds(10));
    assertThat(stats.lookups()).isEqualTo(6);
    assertThat(stats.lookupTime()).isEqualTo(Duration.ofMillis(4 * 2 + 2 * 30));
    assertThat(stats.modelTime()).isEqualTo(Duration.ofSeconds(60));
  }

  private <T> T after(Duration elapsed, T result) {
    time.advance(elapsed);
    return result;
  }

  @Test
  void snapshotsWithEqualCountsAreEqualAndPrintThem() {
    CacheStats none = cache.stats();
    cache.ask(PARIS);
    CacheStats one = cache.stats();

    assertThat(none)
        .isEqualTo(builder().build().stats())
        .hasSameHashCodeAs(builder().build().stats());
    assertThat(one).isEqualTo(cache.stats()).isNotEqualTo(none);
    assertThat(one.toString()).startsWith("CacheStats{").contains("writes=1", "lookups=3");
  }
}
