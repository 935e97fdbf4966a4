package io.github.semcache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.ITERABLE;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.micrometer.CacheMetrics;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The health indicator, the endpoint, the metrics, and the observations. */
class SemanticCacheActuatorTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private final FakeEmbedder embedder = new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20);
  private final FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  SemanticCacheAutoConfiguration.class,
                  SemanticCacheMetricsAutoConfiguration.class,
                  SemanticCacheActuatorAutoConfiguration.class))
          .withPropertyValues("management.endpoints.web.exposure.include=*")
          .withBean("embedder", Embedder.class, () -> embedder)
          .withBean("store", VectorStore.class, () -> store)
          .withBean("chat", ChatClient.class, FakeChatClient::new);

  private static Health health(HealthIndicator indicator) {
    return Objects.requireNonNull(indicator.health());
  }

  @Test
  void healthIsUpWhileTheStoreCanBeSearched() {
    runner.run(
        context -> {
          Health health = health(context.getBean(HealthIndicator.class));

          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails())
              .containsEntry("embeddingModel", embedder.modelId())
              .containsEntry("dimension", embedder.dimension())
              .containsEntry("reachable", true)
              .containsEntry("index", "searchable")
              .hasEntrySatisfying(
                  "openCircuits",
                  circuits -> assertThat(circuits).asInstanceOf(ITERABLE).isEmpty());
        });
  }

  @Test
  void healthIsDownIfTheStoreOrItsIndexFails() {
    store.fail(FaultyStore.Call.FIND);
    runner.run(
        context ->
            assertThat(health(context.getBean(HealthIndicator.class)))
                .satisfies(health -> assertThat(health.getStatus()).isEqualTo(Status.DOWN))
                .satisfies(
                    health -> assertThat(health.getDetails()).doesNotContainKey("reachable")));
    FaultyStore other = new FaultyStore(InMemoryVectorStore.of(embedder));
    other.fail(FaultyStore.Call.NEAREST);
    assertThat(
            health(
                new SemanticCacheHealthIndicator(
                    SemanticCache.builder().embedder(embedder).build(), other)))
        .satisfies(health -> assertThat(health.getStatus()).isEqualTo(Status.DOWN))
        .satisfies(health -> assertThat(health.getDetails()).containsEntry("reachable", true));
  }

  @Test
  void costsAreShownIfPricesAreProperties() {
    runner
        .withBean("registry", MeterRegistry.class, SimpleMeterRegistry::new)
        .withPropertyValues(
            "semcache.prices.currency=USD",
            "semcache.prices.models.fake-model.input=1",
            "semcache.prices.models.fake-model.output=2")
        .run(
            context -> {
              SemanticCache cache = context.getBean(SemanticCache.class);
              cache.ask(PARIS);
              cache.ask(PARIS_AGAIN);

              assertThat(
                      context
                          .getBean(MeterRegistry.class)
                          .get("semcache.cost")
                          .tags("state", "saved", "model", "fake-model")
                          .counter()
                          .count())
                  .isPositive();
              assertThat(context.getBean(SemanticCacheEndpoint.class).read(null, null, null, null))
                  .extractingByKey("savings")
                  .asInstanceOf(MAP)
                  .containsEntry("currency", "USD");
            });
  }

  @Test
  void openCircuitsAreReported() {
    runner
        .withPropertyValues(
            "semcache.circuit-breaker.failures=1", "semcache.circuit-breaker.pause=1h")
        .run(
            context -> {
              SemanticCache cache = context.getBean(SemanticCache.class);
              store.fail(FaultyStore.Call.PUT);
              cache.ask(PARIS);

              assertThat(cache.openCircuits()).containsExactly("write");
              assertThat(health(context.getBean(HealthIndicator.class)).getStatus())
                  .isEqualTo(Status.UP);
              assertThat(context.getBean(SemanticCacheEndpoint.class).read(null, null, null, null))
                  .extractingByKey("openCircuits")
                  .asInstanceOf(ITERABLE)
                  .containsExactly("write");
            });
  }

  @Test
  void endpointReturnsStatisticsExplainsAndRemoves() {
    runner.run(
        context -> {
          SemanticCache cache = context.getBean(SemanticCache.class);
          SemanticCacheEndpoint endpoint = context.getBean(SemanticCacheEndpoint.class);
          cache.put(Prompt.of(PARIS).system("brief").tag("tenant", "acme"), "Paris");
          cache.ask(PARIS);
          cache.ask(PARIS_AGAIN);

          assertThat(endpoint.read(null, null, null, null))
              .hasEntrySatisfying(
                  "errors",
                  errors -> assertThat(errors).asInstanceOf(MAP).containsEntry("verifier", 0L))
              .containsEntry("requests", 2L)
              .containsEntry("semanticHits", 1L)
              .containsEntry("hitRate", 0.5)
              .containsEntry("scopes", 1L)
              .containsEntry("singleUseScopeRate", 0.0)
              .doesNotContainKey("policyState")
              .containsEntry("misses", Map.of("no-neighbor", 1L));
          Map<String, Object> candidate =
              candidate(endpoint.read(PARIS_AGAIN, "brief", List.of("tenant=acme"), null));
          assertThat(candidate)
              .containsEntry("decision", "hit")
              .containsEntry("verification", "accepted")
              .containsEntry("prompt", PARIS)
              .containsEntry("answer", "Paris");

          String entry = text(candidate, "entry");
          assertThat(endpoint.entry(entry).getBody()).containsEntry("answer", "Paris");
          assertThat(endpoint.remove(entry)).containsEntry("removed", 1L);
          assertThat(endpoint.entry(entry).getStatus())
              .isEqualTo(WebEndpointResponse.STATUS_NOT_FOUND);
          String scope = text(candidate(endpoint.read(PARIS, null, null, null)), "scope");
          assertThat(endpoint.removeAll(scope, null, null)).containsEntry("removed", 1L);
          assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
        });
  }

  @Test
  void endpointRemovesTheEntriesWithATag() {
    runner.run(
        context -> {
          SemanticCache cache = context.getBean(SemanticCache.class);
          SemanticCacheEndpoint endpoint = context.getBean(SemanticCacheEndpoint.class);
          cache.put(Prompt.of(PARIS).tag("tenant", "acme=1"), "Paris");
          cache.put(Prompt.of(PARIS).tag("tenant", "other"), "Paris");

          assertThat(endpoint.removeAll(null, "tenant=acme=1", null)).containsEntry("removed", 1L);
          assertThat(cache.lookup(Prompt.of(PARIS).tag("tenant", "other"))).isPresent();
          for (String invalid : List.of("tenant", "=acme")) {
            assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.removeAll(null, invalid, null))
                .withMessage("tag is '" + invalid + "'; it must be name=value");
          }
          assertThatExceptionOfType(InvalidEndpointRequestException.class)
              .isThrownBy(() -> endpoint.removeAll(null, null, null));
          assertThatExceptionOfType(InvalidEndpointRequestException.class)
              .isThrownBy(() -> endpoint.removeAll("scope", "tenant=acme", null));
        });
  }

  @Test
  void endpointReturnsLabelsAndSelectsEntriesByThem() {
    runner.run(
        context -> {
          SemanticCache cache = context.getBean(SemanticCache.class);
          SemanticCacheEndpoint endpoint = context.getBean(SemanticCacheEndpoint.class);
          cache.put(Prompt.of(PARIS).label("topic", "travel").label("price", 12.5), "Paris");
          cache.put(Prompt.of(PARIS).tag("tenant", "other"), "Paris");

          assertThat(candidate(endpoint.read(PARIS_AGAIN, null, null, "topic=travel price:10..")))
              .containsEntry("labels", Map.of("topic", "travel", "price", 12.5));
          assertThat(endpoint.read(PARIS_AGAIN, null, null, "topic=billing"))
              .containsEntry("candidates", List.of());
          assertThat(endpoint.removeAll(null, null, "price:20..")).containsEntry("removed", 0L);
          assertThat(endpoint.removeAll(null, null, "price:..20")).containsEntry("removed", 1L);
          assertThat(cache.lookup(Prompt.of(PARIS).tag("tenant", "other"))).isPresent();
          assertThatExceptionOfType(InvalidEndpointRequestException.class)
              .isThrownBy(() -> endpoint.removeAll(null, null, "price:a..b"))
              .withMessageContaining("labels is 'price:a..b'; it must be a filter");
        });
  }

  private static String text(Map<String, Object> values, String key) {
    return Objects.requireNonNull(values.get(key)).toString();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> candidate(Map<String, Object> explanation) {
    return Objects.requireNonNull((List<Map<String, Object>>) explanation.get("candidates")).get(0);
  }

  @Test
  void actuatorIsOptional() {
    runner
        .withClassLoader(
            new FilteredClassLoader(
                "org.springframework.boot.actuate",
                "org.springframework.boot.health",
                "io.micrometer"))
        .run(
            context ->
                assertThat(context)
                    .hasSingleBean(SemanticCache.class)
                    .doesNotHaveBean("semcacheHealthIndicator")
                    .doesNotHaveBean("semcacheEndpoint")
                    .doesNotHaveBean("semcacheMetrics"));
  }

  @Test
  void healthIndicatorCanBeDisabled() {
    runner
        .withPropertyValues("management.health.semcache.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("semcacheHealthIndicator"));
  }

  @Test
  void metricsAreBoundToTheRegistry() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    runner
        .withBean("registry", MeterRegistry.class, () -> registry)
        .withPropertyValues("semcache.cache-name=answers")
        .run(
            context -> {
              SemanticCache cache = context.getBean(SemanticCache.class);
              cache.ask(PARIS);
              cache.ask(PARIS);

              assertThat(context).hasSingleBean(CacheMetrics.class);
              assertThat(
                      registry
                          .get("cache.gets")
                          .tags("cache", "answers", "result", "hit")
                          .functionCounter()
                          .count())
                  .isEqualTo(1);
              assertThat(registry.get("semcache.misses").counter().count()).isEqualTo(1);
            });
  }

  @Test
  void lookupsAreObserved() {
    List<String> observed = new ArrayList<>();
    ObservationRegistry registry = ObservationRegistry.create();
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public void onStop(Observation.Context context) {
                observed.add(context.getName());
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return true;
              }
            });
    runner
        .withBean("observations", ObservationRegistry.class, () -> registry)
        .run(
            context -> {
              context.getBean(SemanticCache.class).ask(PARIS);

              assertThat(observed).isNotEmpty();
            });
  }
}
