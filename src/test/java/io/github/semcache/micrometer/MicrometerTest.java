package io.github.semcache.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.ModelPrices;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.Verification;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The meters and observations of a cache. */
class MicrometerTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";
  private static final String FAR = "What is the capital of Peru?";
  private static final String MODEL = "fake-model";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FakeChatClient chat = new FakeChatClient();
  private final FakeEmbedder embedder =
      new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20).place(FAR, 60);

  private double count(String meter, String... tags) {
    return registry.get(meter).tags(tags).tag("cache", "answers").counter().count();
  }

  @Test
  void eventsAndStatisticsArePublishedAsMeters() {
    CacheMetrics metrics =
        CacheMetrics.builder(registry, "answers")
            .tags(Tags.of("region", "eu"))
            .prices(ModelPrices.in("usd").model(MODEL, 2, 10))
            .build();
    SemanticCache cache =
        metrics.bind(
            SemanticCache.builder().embedder(embedder).chatClient(chat).listener(metrics).build());

    cache.ask(PARIS);
    cache.ask(PARIS);
    cache.ask(PARIS_AGAIN);
    cache.ask(FAR);
    chat.failingWith(new IllegalStateException("down"));
    assertThatThrownBy(() -> cache.ask("something else")).hasMessage("down");
    cache.adapterFailed(new IllegalArgumentException("not serializable"));

    assertThat(registry.get("cache.gets").tag("result", "hit").functionCounter().count())
        .isEqualTo(2);
    assertThat(registry.get("cache.gets").tag("result", "miss").functionCounter().count())
        .isEqualTo(3);
    assertThat(registry.get("cache.puts").tag("region", "eu").functionCounter().count())
        .isEqualTo(2);
    assertThat(registry.get("cache.evictions").functionCounter().count()).isZero();
    assertThat(registry.find("cache.size").gauge()).isNull();
    assertThat(registry.get("semcache.lookup").tag("tier", "semantic").timer().count())
        .isEqualTo(4);
    assertThat(registry.get("semcache.embedding").timer().count()).isEqualTo(4);
    assertThat(registry.get("semcache.model").tag("finish_reason", "stop").timer().count())
        .isEqualTo(2);
    assertThat(registry.get("semcache.distance").tag("result", "hit").summary().max())
        .isCloseTo(0.06, within(0.01));
    assertThat(registry.get("semcache.distance").tag("result", "near_miss").summary().count())
        .isEqualTo(2);
    assertThat(count("semcache.misses", "reason", "too-far")).isEqualTo(2);
    assertThat(count("semcache.errors", "part", "model")).isEqualTo(1);
    assertThat(count("semcache.errors", "part", "adapter")).isEqualTo(1);
    assertThat(count("semcache.tokens", "state", "spent", "type", "input")).isEqualTo(20);
    assertThat(count("semcache.tokens", "state", "saved", "type", "output")).isEqualTo(10);
    assertThat(count("semcache.cost", "model", MODEL, "state", "saved"))
        .isCloseTo((2 * 10 * 2 + 2 * 5 * 10) / 1e6, within(1e-12));
  }

  @Test
  void costsAndSavedTimeAreCountedByModel() {
    CacheMetrics metrics =
        CacheMetrics.builder(registry, "answers")
            .prices(ModelPrices.in("EUR").model("small-model", 1, 10))
            .build();
    Optional<TokenUsage> tokens = Optional.of(new TokenUsage(1_000, 100));
    for (boolean saved : new boolean[] {true, true, false}) {
      metrics.onEvent(
          new CacheEvent.ModelUsed(
              saved,
              Optional.of("small-model"),
              tokens,
              Optional.of(Duration.ofSeconds(2)),
              Optional.empty()));
    }
    metrics.onEvent(
        new CacheEvent.ModelUsed(
            true, Optional.of("unpriced"), tokens, Optional.empty(), Optional.empty()));
    metrics.onEvent(
        new CacheEvent.ModelUsed(
            true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));

    assertThat(count("semcache.cost", "model", "small-model", "state", "saved"))
        .isCloseTo(0.004, within(1e-12));
    assertThat(count("semcache.cost", "model", "small-model", "state", "spent"))
        .isCloseTo(0.002, within(1e-12));
    assertThat(registry.find("semcache.cost").counters()).hasSize(2);
    assertThat(registry.get("semcache.time.saved").timer().count()).isEqualTo(2);
    assertThat(registry.get("semcache.time.saved").timer().totalTime(TimeUnit.SECONDS))
        .isEqualTo(4);
  }

  @Test
  void staleHitsAndRefreshesAreCounted() {
    CacheMetrics metrics = CacheMetrics.builder(registry, "answers").build();

    metrics.onEvent(new CacheEvent.StaleHit(Duration.ofHours(1)));
    metrics.onEvent(new CacheEvent.RefreshStarted());
    metrics.onEvent(new CacheEvent.RefreshDropped());
    metrics.onEvent(new CacheEvent.RefreshDropped());
    metrics.onEvent(new CacheEvent.Superseded());
    metrics.onEvent(new CacheEvent.Abandoned());

    assertThat(count("semcache.freshness", "event", "stale_hit")).isEqualTo(1);
    assertThat(count("semcache.freshness", "event", "refresh")).isEqualTo(1);
    assertThat(count("semcache.freshness", "event", "refresh_dropped")).isEqualTo(2);
    assertThat(count("semcache.freshness", "event", "superseded")).isEqualTo(1);
    assertThat(registry.find("semcache.freshness").counters()).hasSize(4);
  }

  @Test
  void metersHaveTheDocumentedNamesTypesUnitsAndTags() {
    CacheMetrics metrics =
        CacheMetrics.builder(registry, "answers")
            .prices(ModelPrices.in("usd").model(MODEL, 2, 10))
            .build();
    SemanticCache cache =
        metrics.bind(SemanticCache.builder().embedder(embedder).listener(metrics).build());
    Optional<TokenUsage> usage = Optional.of(new TokenUsage(10, 5));

    Stream.of(
            new CacheEvent.Hit(CacheEvent.Tier.SEMANTIC, 0.1, Duration.ZERO, usage),
            new CacheEvent.Miss(MissReason.TOO_FAR, OptionalDouble.of(0.3)),
            new CacheEvent.Coalesced(),
            new CacheEvent.LookedUp(CacheEvent.Tier.EXACT, Duration.ofMillis(1)),
            new CacheEvent.Embedded(1, Duration.ofMillis(1)),
            new CacheEvent.Verified(
                Verification.reject("order").plusCost(Verification.Cost.ofCall(usage)),
                0.1,
                Duration.ofMillis(1)),
            new CacheEvent.ModelAnswered(Duration.ofMillis(1), FinishReason.STOP, usage),
            new CacheEvent.ModelUsed(
                true,
                Optional.of(MODEL),
                usage,
                Optional.of(Duration.ofMillis(1)),
                Optional.empty()))
        .forEach(metrics::onEvent);
    cache.adapterFailed(new IllegalArgumentException("not serializable"));

    assertThat(registry.getMeters().stream().map(MicrometerTest::describe).distinct())
        .containsExactlyInAnyOrder(
            "cache.gets COUNTER null [cache, result]",
            "cache.puts COUNTER null [cache]",
            "cache.evictions COUNTER null [cache]",
            "semcache.lookup TIMER seconds [cache, tier]",
            "semcache.embedding TIMER seconds [cache]",
            "semcache.verification TIMER seconds [cache, outcome]",
            "semcache.verification.tokens COUNTER tokens [cache, type]",
            "semcache.model TIMER seconds [cache, finish_reason]",
            "semcache.distance DISTRIBUTION_SUMMARY null [cache, result]",
            "semcache.distance.histogram GAUGE null [cache, le, result]",
            "semcache.misses COUNTER null [cache, reason]",
            "semcache.coalesced COUNTER null [cache]",
            "semcache.errors COUNTER null [cache, part]",
            "semcache.tokens COUNTER tokens [cache, state, type]",
            "semcache.cost COUNTER usd [cache, model, state]",
            "semcache.time.saved TIMER seconds [cache]");
  }

  private static String describe(Meter meter) {
    Meter.Id id = meter.getId();
    return id.getName()
        + " "
        + id.getType()
        + " "
        + id.getBaseUnit()
        + " "
        + id.getTags().stream().map(Tag::getKey).toList();
  }

  @Test
  void invalidOptionsAreRejected() {
    assertThatIllegalArgumentException().isThrownBy(() -> CacheMetrics.builder(registry, " "));
  }

  @Test
  void lookupsAndModelCallsAreObservedWithoutText() {
    Spans spans = new Spans();
    ObservationRegistry observed = spans.registry();
    CacheObservations observations = CacheObservations.of(observed);
    SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .store(observations.observe(InMemoryVectorStore.of(embedder)))
            .chatClient(observations.observe(chat, "fake"))
            .build();

    cache.ask(PARIS);

    assertThat(spans.names())
        .containsExactly(
            "semcache lookup exact",
            "semcache lookup semantic",
            "semcache lookup exact",
            "chat fake-model");
    assertThat(spans.attributes(1))
        .containsEntry("semcache.tier", "semantic")
        .containsEntry("semcache.found", "0");
    assertThat(spans.attributes(3))
        .containsEntry("gen_ai.operation.name", "chat")
        .containsEntry("gen_ai.provider.name", "fake")
        .containsEntry("gen_ai.request.model", "fake-model")
        .containsEntry("gen_ai.response.model", "fake-model")
        .containsEntry("gen_ai.response.finish_reasons", "stop")
        .containsEntry("gen_ai.usage.input_tokens", "10")
        .containsEntry("gen_ai.usage.output_tokens", "5");
    assertThat(spans.ended().toString()).doesNotContain("France", "answer 1");
    chat.failingWith(new IllegalStateException("down"));
    assertThatThrownBy(() -> cache.ask(FAR)).hasMessage("down");
    Observation.Context failed = spans.last();
    assertThat(failed.getError()).hasMessage("down");
    assertThat(failed.getLowCardinalityKeyValues())
        .contains(KeyValue.of("error.type", "java.lang.IllegalStateException"));
    assertThat(failed)
        .isInstanceOfSatisfying(
            SenderContext.class, context -> assertThat(context.getKind()).isEqualTo(Kind.CLIENT));
    cache.clear();
    cache.close();
  }

  @Test
  void observedStreamingClientStreams() {
    ChatClient.Streaming streaming =
        new ChatClient.Streaming() {
          @Override
          public ChatReply chat(Prompt prompt, Consumer<String> onText) {
            onText.accept("Pa");
            onText.accept("ris");
            return ChatReply.of("Paris");
          }

          @Override
          public ChatReply chat(Prompt prompt) {
            return chat(prompt, text -> {});
          }

          @Override
          public Map<String, String> settings() {
            return Map.of();
          }
        };
    Spans spans = new Spans();
    ObservationRegistry observed = spans.registry();
    ChatClient client = CacheObservations.of(observed).observe(streaming, "fake");
    List<String> pieces = new ArrayList<>();

    ((ChatClient.Streaming) client).chat(Prompt.of(PARIS), pieces::add);
    client.chat(Prompt.of(PARIS));

    assertThat(pieces).containsExactly("Pa", "ris");
    assertThat(spans.names()).containsExactly("chat unknown", "chat unknown");
  }

  @Test
  void reportTakesEffectInTheNextCacheOnAnObservedStore() {
    InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
    CacheObservations observations = CacheObservations.of(ObservationRegistry.create());
    try (SemanticCache first =
        SemanticCache.builder()
            .embedder(embedder)
            .store(observations.observe(store))
            .chatClient(chat)
            .build()) {
      first.ask(PARIS);
      Answer wrong = first.ask(PARIS_AGAIN);
      assertThat(wrong.isHit()).isTrue();
      first.reportWrong(wrong);
    }
    SemanticCache next =
        SemanticCache.builder()
            .embedder(embedder)
            .store(observations.observe(store))
            .chatClient(chat)
            .build();

    assertThat(next.ask(PARIS_AGAIN).isHit()).isFalse();
  }

  @Test
  void observedStoreImplementsTheInterfacesOfTheStore() {
    CacheObservations observations = CacheObservations.of(ObservationRegistry.create());
    InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
    VectorStore observed = observations.observe(store);

    ((StateStore) observed).save("state", new byte[] {1});
    assertThat(store.load("state")).contains(new byte[] {1});
    assertThat(((StateStore) observed).load("state")).contains(new byte[] {1});
    try (Stream<ListedEntry> entries = ((VectorStore.Listable) observed).entries()) {
      assertThat(entries).isEmpty();
    }
    assertThat(observations.observe(new FaultyStore(store)))
        .isNotInstanceOf(StateStore.class)
        .isNotInstanceOf(VectorStore.Listable.class);
  }

  @Test
  void modelObservationsAlwaysHaveTheSameKeys() {
    Spans spans = new Spans();
    ObservationRegistry observed = spans.registry();
    ChatClient client = CacheObservations.of(observed).observe(chat, "fake");
    client.chat(Prompt.of(PARIS));
    chat.replying(prompt -> ChatReply.of("model unknown"));
    client.chat(Prompt.of(PARIS));
    chat.failingWith(new IllegalStateException("down"));
    assertThatThrownBy(() -> client.chat(Prompt.of(PARIS))).hasMessage("down");

    assertThat(
            spans.ended().stream()
                .map(
                    span ->
                        span.getLowCardinalityKeyValues().stream().map(KeyValue::getKey).toList())
                .distinct())
        .hasSize(1);
  }
}
