package io.github.semcache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.encryption.StoreEncryption;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.ModelPrices;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The properties reach the options of the builders, and a wrong value is reported by its name. */
class CachePropertiesTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private final FakeEmbedder embedder = new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20);
  private final ApplicationContextRunner bare =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(SemanticCacheAutoConfiguration.class))
          .withBean("chat", ChatClient.class, FakeChatClient::new);
  private final ApplicationContextRunner runner =
      bare.withBean("embedder", Embedder.class, () -> embedder);

  private static FailureAnalysis analysis(AssertableApplicationContext context) {
    assertThat(context).hasFailed();
    return Objects.requireNonNull(
        new InvalidConfigurationAnalyzer()
            .analyze(Objects.requireNonNull(context.getStartupFailure())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          semcache.max-distance               | 3    | maxDistance is 3.0
          semcache.relative-distance          | 2    | relativeDistance is 2.0
          semcache.target-error-rate          | 1    | targetErrorRate is 1.0
          semcache.candidates                 | 0    | candidates is 0
          semcache.time-to-live               | 0s   | timeToLive is PT0S
          semcache.time-to-live-jitter        | 2    | timeToLiveJitter is 2.0
          semcache.stale-while-revalidate     | 0s   | softTimeToLive is PT0S
          semcache.deadline                   | 0s   | deadline is PT0S
          semcache.store-timeout              | 11m  | storeTimeout is PT11M
          semcache.coalescing.max-wait        | 0s   | maxWait is PT0S
          semcache.coalescing.across-instances| 11m  | singleFlightAcrossInstances is PT11M
          semcache.shared-settings            | 11m  | sharedSettings is PT11M
          semcache.confirmations              | 0    | confirmations is 0
          semcache.judge.time-limit           | 0s   | judgeTimeLimit is PT0S
          semcache.judge.queue                | 0    | judgeQueue is 0
          semcache.circuit-breaker            | -    | circuitBreaker failures is 0
          semcache.memory.max-entries         | 0    | maxEntries is 0
          semcache.memory.max-size            | 0    | maxBytes is 0
          semcache.embedding.cache.max-entries| 0    | maxEntries is 0
          semcache.embedding.cache.time-to-live|0s   | timeToLive is PT0S
          """)
  void rejectedValueIsReportedWithTheNameOfItsPropertyAndTheRule(
      String property, String value, String message) {
    String setting = value.equals("-") ? property + ".failures=0" : property + "=" + value;
    runner
        .withPropertyValues(setting, "semcache.embedding.cache.enabled=true")
        .run(
            context -> {
              FailureAnalysis analysis = analysis(context);
              assertThat(analysis.getDescription())
                  .startsWith(property + " is invalid: " + message);
              assertThat(analysis.getAction()).contains(property);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          uri                     | http://localhost | semcache.redis.uri is invalid
          cluster-nodes           | localhost:x      | semcache.redis.cluster-nodes is invalid
          max-entries             | 0                | semcache.redis.max-entries is invalid
          max-connections         | 0                | semcache.redis.max-connections is invalid
          socket-timeout          | 0s               | semcache.redis.socket-timeout is invalid
          index.m                 | 1                | semcache.redis.index.m is invalid
          index.ef-construction   | 5000             | semcache.redis.index.ef-construction is invalid
          index.ef-runtime        | 5000             | semcache.redis.index.ef-runtime is invalid
          near-cache.max-entries  | 0                | semcache.redis.near-cache.max-entries is invalid
          near-cache.max-size     | 1MB              | Options of semcache.redis.near-cache are set
          near-cache.tracking     | false            | Options of semcache.redis.near-cache are set
          """)
  void rejectedValueOfTheRedisStoreIsReported(String property, String value, String description) {
    runner
        .withPropertyValues(
            "semcache.redis.uri=redis://localhost:1", "semcache.redis." + property + "=" + value)
        .run(context -> assertThat(analysis(context).getDescription()).startsWith(description));
  }

  @Test
  void optionsOfTheNearCacheAndTheIndexAreChecked() {
    ApplicationContextRunner redis =
        runner.withPropertyValues(
            "semcache.redis.uri=redis://localhost:1", "semcache.redis.near-cache.max-entries=10");
    redis
        .withPropertyValues("semcache.redis.near-cache.max-staleness=2h")
        .run(
            context ->
                assertThat(analysis(context).getDescription())
                    .startsWith("semcache.redis.near-cache.max-staleness is invalid"));
    runner
        .withPropertyValues(
            "semcache.redis.uri=redis://localhost:1",
            "semcache.redis.index.type=flat",
            "semcache.redis.index.m=8")
        .run(
            context ->
                assertThat(analysis(context).getDescription())
                    .startsWith("semcache.redis.index.type is flat"));
  }

  @ParameterizedTest
  @CsvSource({
    "renew-time-to-live-on-hit, renewsTimeToLive",
    "coalescing.similar-prompts, similarPrompts",
    "hedging, hedging",
    "automatic-bypass, automaticBypass",
    "shadow-mode, shadowMode",
    "fail-on-cache-errors, failOnCacheErrors",
    "fail-if-store-unreachable, failIfStoreUnreachable",
  })
  void switchEnablesItsOption(String property, String field) {
    assertThat(option(field)).isEqualTo(false);
    assertThat(option(field, "semcache." + property + "=true")).isEqualTo(true);
  }

  @Test
  void tagOfTheUsageIsSet() {
    assertThat(option("usageTag", "semcache.usage-by-tag=tenant")).isEqualTo(Optional.of("tenant"));
  }

  /** Returns the value of an option of the auto-configured builder. */
  private Object option(String field, String... properties) {
    Object[] value = new Object[1];
    runner
        .withPropertyValues(properties)
        .withBean(
            "customizer",
            SemanticCacheBuilderCustomizer.class,
            () -> builder -> value[0] = read(builder, field))
        .run(context -> assertThat(context).hasNotFailed());
    return Objects.requireNonNull(value[0]);
  }

  private static Object read(SemanticCacheBuilder builder, String name) {
    try {
      var field = SemanticCacheBuilder.class.getDeclaredField(name);
      field.setAccessible(true);
      return field.get(builder);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @Test
  void combinationThatTheBuilderRejectsIsReported() {
    runner
        .withPropertyValues("semcache.time-to-live=1m", "semcache.stale-while-revalidate=5m")
        .run(
            context ->
                assertThat(analysis(context).getDescription())
                    .startsWith("The options of the semantic cache are invalid")
                    .contains("staleWhileRevalidate is PT5M"));
  }

  @Test
  void exactOnlyCacheNeedsNoEmbedder() {
    bare.withPropertyValues("semcache.exact-only=true")
        .withConfiguration(AutoConfigurations.of(SemanticCacheActuatorAutoConfiguration.class))
        .run(
            context -> {
              SemanticCache cache = context.getBean(SemanticCache.class);
              cache.ask(PARIS);

              assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
              assertThat(cache.ask(PARIS_AGAIN).source()).isEqualTo(Answer.Source.MODEL);
              assertThat(context).doesNotHaveBean(Embedder.class);
              assertThat(
                      Objects.requireNonNull(context.getBean(HealthIndicator.class).health())
                          .getStatus())
                  .isEqualTo(Status.UP);
            });
  }

  @Test
  void unreachableStoreFailsTheStartIfRequired() {
    ApplicationContextRunner unreachable =
        runner.withBean("store", VectorStore.class, this::failingStore);

    unreachable.run(context -> assertThat(context).hasNotFailed());
    unreachable
        .withPropertyValues("semcache.fail-if-store-unreachable=true")
        .run(
            context ->
                assertThat(analysis(context).getDescription())
                    .startsWith("The store of the semantic cache cannot be reached"));
  }

  private FaultyStore failingStore() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    store.fail(FaultyStore.Call.FIND);
    return store;
  }

  @Test
  void embeddingsAreCachedIfEnabled() {
    runner
        .withPropertyValues("semcache.embedding.cache.enabled=true")
        .run(
            context -> {
              SemanticCache cache = context.getBean(SemanticCache.class);
              cache.ask(Prompt.of(PARIS).tag("tenant", "a"));
              cache.ask(Prompt.of(PARIS).tag("tenant", "b"));

              assertThat(embedder.embedded()).containsOnlyOnce(PARIS);
            });
    runner
        .withPropertyValues("semcache.embedding.cache.shared=true")
        .run(
            context ->
                assertThat(analysis(context).getAction())
                    .isEqualTo("Set semcache.embedding.cache.enabled to true."));
    runner
        .withPropertyValues(
            "semcache.embedding.cache.enabled=true", "semcache.embedding.cache.shared=true")
        .run(
            context ->
                assertThat(analysis(context).getDescription())
                    .startsWith("semcache.embedding.cache.shared is true"));
  }

  private static StoreEncryption encryption() {
    return StoreEncryption.of(
        StoreEncryption.Keys.of(new byte[32], "2026", Map.of("2026", new byte[32])));
  }

  @Test
  void storeIsEncryptedIfThereIsAnEncryptionBean() {
    ApplicationContextRunner encrypted =
        runner.withBean("encryption", StoreEncryption.class, CachePropertiesTest::encryption);
    InMemoryVectorStore plain = InMemoryVectorStore.of(embedder);

    encrypted.run(
        context -> {
          SemanticCache cache = context.getBean(SemanticCache.class);
          cache.ask(PARIS);

          assertThat(cache.ask(PARIS_AGAIN).source()).isEqualTo(Answer.Source.SEMANTIC);
          assertThat(context.getBean(VectorStore.class)).isNotInstanceOf(InMemoryVectorStore.class);
        });
    encrypted
        .withBean("store", VectorStore.class, () -> plain)
        .run(
            context ->
                assertThat(analysis(context).getAction())
                    .startsWith("Return encryption.encrypt(store)"));
    encrypted
        .withBean("store", VectorStore.class, () -> encryption().encrypt(plain))
        .run(
            context -> {
              context.getBean(SemanticCache.class).ask(PARIS);
              assertThat(plain.entries())
                  .isNotEmpty()
                  .noneMatch(entry -> entry.entry().prompt().contains("France"));
            });
    assertThat(plain.count(new EntrySelector.All())).isOne();
  }

  @Test
  void cacheabilityAndNormalizerAreSelected() {
    String weather = "What is the weather in Rome?";
    runner.run(
        context -> assertThat(asked(context, weather, weather)).isEqualTo(Answer.Source.MODEL));
    runner
        .withPropertyValues("semcache.cacheability=none")
        .run(
            context -> assertThat(asked(context, weather, weather)).isEqualTo(Answer.Source.EXACT));
    runner
        .withPropertyValues("semcache.normalizer=collapse-whitespace")
        .run(
            context ->
                assertThat(asked(context, "one  two", "one two")).isEqualTo(Answer.Source.EXACT));
    runner
        .withPropertyValues("semcache.normalizer=none", "semcache.policy=never")
        .run(
            context ->
                assertThat(asked(context, "one two ", "one two")).isEqualTo(Answer.Source.MODEL));
  }

  private static Answer.Source asked(
      AssertableApplicationContext context, String first, String second) {
    SemanticCache cache = context.getBean(SemanticCache.class);
    cache.ask(first);
    return cache.ask(second).source();
  }

  @Test
  void pricesAreABeanIfACurrencyIsSet() {
    runner.run(context -> assertThat(context).doesNotHaveBean(ModelPrices.class));
    runner
        .withPropertyValues(
            "semcache.prices.currency=USD",
            "semcache.prices.embeddings=0.4",
            "semcache.prices.models.small-model.input=0.5",
            "semcache.prices.models.small-model.output=1.5",
            "semcache.prices.models[large-4.1].input=2",
            "semcache.prices.models[large-4.1].output=8")
        .run(
            context -> {
              ModelPrices prices = context.getBean(ModelPrices.class);
              assertThat(prices.costOf("small-model", new TokenUsage(1_000_000, 0))).hasValue(0.5);
              assertThat(prices.costOf("large-4.1", new TokenUsage(0, 1_000_000))).hasValue(8.0);
              assertThat(prices.currency()).isEqualTo("USD");
            });
    runner
        .withPropertyValues(
            "semcache.prices.currency=USD",
            "semcache.prices.models.small.input=-1",
            "semcache.prices.models.small.output=1")
        .run(
            context ->
                assertThat(analysis(context).getDescription())
                    .startsWith(
                        "semcache.prices.models.small is invalid: inputPerMillion is -1.0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"semcache.prices.models.small.input=1", "semcache.prices.embeddings=1"})
  void pricesWithoutACurrencyAreReported(String property) {
    runner
        .withPropertyValues(property)
        .run(
            context ->
                assertThat(analysis(context).getAction())
                    .startsWith("Set semcache.prices.currency"));
  }

  @Test
  void priceOfOneDirectionIsNotEnough() {
    runner
        .withPropertyValues("semcache.prices.currency=USD", "semcache.prices.models.small.input=1")
        .run(
            context ->
                assertThat(analysis(context).getDescription())
                    .startsWith("semcache.prices.models.small is invalid: input or output"));
  }

  @Test
  void beanOfTheApplicationTakesPrecedenceOverItsProperty() {
    runner
        .withPropertyValues("semcache.prices.currency=USD")
        .withBean("prices", ModelPrices.class, () -> ModelPrices.in("EUR"))
        .run(context -> assertThat(context.getBean(ModelPrices.class).currency()).isEqualTo("EUR"));
  }
}
