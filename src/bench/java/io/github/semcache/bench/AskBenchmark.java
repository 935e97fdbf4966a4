package io.github.semcache.bench;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the overhead of the cache for a request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AskBenchmark {
  private static final int ENTRIES = 10_000;
  private static final String SYSTEM =
      "You are the help desk of ACME. Answer in one sentence, in the language of the question.";

  private final Embedder embedder = Embedder.of("none", 2, text -> new float[] {1, 0});
  private final ChatClient chatClient = ChatClient.of("none", prompt -> "answer");
  private final SemanticCache withNoOpPorts =
      SemanticCache.builder()
          .embedder(embedder)
          .maxDistance(0.15)
          .chatClient(chatClient)
          .store(new EmptyStore(EmbeddingSpace.of(embedder)))
          .build();
  private final SemanticCache inMemory =
      SemanticCache.builder().embedder(embedder).chatClient(chatClient).maxDistance(0.15).build();
  private final SemanticCache scoped =
      SemanticCache.builder().embedder(embedder).chatClient(chatClient).maxDistance(0.15).build();
  private final Prompt[] prompts = new Prompt[ENTRIES];
  private final Prompt[] scopedPrompts = new Prompt[ENTRIES];
  private int next;

  /** Fills the in-memory stores. */
  public AskBenchmark() {
    for (int i = 0; i < ENTRIES; i++) {
      prompts[i] = Prompt.of("What is the answer to question number " + i + "?");
      inMemory.put(prompts[i], "answer " + i);
      scopedPrompts[i] = prompts[i].system(SYSTEM).tag("tenant", "acme");
      scoped.put(scopedPrompts[i], "answer " + i);
    }
  }

  /**
   * Measures a miss with no-op ports.
   *
   * @return the answer
   */
  @Benchmark
  public Answer missWithNoOpPorts() {
    return withNoOpPorts.ask(prompts[next++ % ENTRIES]);
  }

  /**
   * Measures an exact hit in an in-memory store with 10,000 entries.
   *
   * @return the answer
   */
  @Benchmark
  public Answer exactHitInMemory() {
    return inMemory.ask(prompts[next++ % ENTRIES]);
  }

  /**
   * Measures an exact hit for prompts with a system prompt of 87 characters and a tag.
   *
   * @return the answer
   */
  @Benchmark
  public Answer exactHitInScope() {
    return scoped.ask(scopedPrompts[next++ % ENTRIES]);
  }

  /** A store that is always empty. */
  private record EmptyStore(EmbeddingSpace space) implements VectorStore {
    @Override
    public Optional<CacheEntry> find(String key) {
      return Optional.empty();
    }

    @Override
    public NearestEntries nearest(NearestQuery query) {
      return NearestEntries.none();
    }

    @Override
    public int put(List<NewEntry> entries) {
      return 0;
    }

    @Override
    public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
      return Optional.empty();
    }

    @Override
    public boolean expire(String key, Optional<Duration> timeToLive) {
      return false;
    }

    @Override
    public long remove(EntrySelector selector) {
      return 0;
    }

    @Override
    public long count(EntrySelector selector) {
      return 0;
    }

    @Override
    public Map<String, String> versions(Set<String> dependencies) {
      return Map.of();
    }

    @Override
    public void renewVersion(String dependency) {}

    @Override
    public void close() {}
  }
}
