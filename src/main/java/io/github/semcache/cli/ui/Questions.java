package io.github.semcache.cli.ui;

import io.github.semcache.Answer;
import io.github.semcache.Explanation;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The questions that were asked on the page. Each is recorded with the entries that were near it at
 * that time, so that it can be decided again with another threshold. Thread-safe.
 */
final class Questions implements AutoCloseable {
  private static final int MAX_RECORDED = 50;

  /** Longer than in an application, because a person waits for the result. */
  private static final Duration DEADLINE = Duration.ofSeconds(15);

  private final UiOptions options;
  private final SemanticCache cache;
  private final RecordedStore recordedStore;
  private final SemanticCache recordedCache;
  private final Map<Long, Question> asked = new LinkedHashMap<>();
  private final Map<String, Long> hitsByEntry = new ConcurrentHashMap<>();
  private long lastId;

  Questions(UiOptions options) {
    this.options = options;
    this.recordedStore = new RecordedStore(options.store().space());
    this.cache = newCache(builder -> builder.store(options.store()));
    this.recordedCache = newCache(builder -> builder.store(recordedStore));
  }

  private SemanticCache newCache(Consumer<SemanticCacheBuilder> store) {
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .embedder(options.embedder())
            .stateStore(InMemoryVectorStore.builder(options.store().space()).build())
            .deadline(DEADLINE)
            .failOnCacheErrors();
    options.policy().accept(builder);
    store.accept(builder);
    return builder.build();
  }

  /**
   * A question on the page.
   *
   * @param prompt the prompt without the threshold of the slider
   * @param matches the nearest entries when it was asked
   * @param isExact whether an entry had the same prompt
   */
  private record Question(Prompt prompt, List<Match> matches, boolean isExact) {}

  SemanticCache cache() {
    return cache;
  }

  CacheStats stats() {
    return cache.stats();
  }

  /** Returns how often an entry answered a question on the page. */
  long hits(String entryId) {
    return hitsByEntry.getOrDefault(entryId, 0L);
  }

  /** Returns whether a scope is that of new answers, of which all parts are known. */
  boolean isOwn(String scopeHash) {
    return options.scope().hash().equals(scopeHash);
  }

  private Prompt prompt(String text, String scopeHash) {
    return Prompt.of(text).scope(isOwn(scopeHash) ? options.scope() : Scope.ofHash(scopeHash));
  }

  private static Prompt at(Prompt prompt, OptionalDouble maxDistance) {
    return maxDistance.isPresent() ? prompt.maxDistance(maxDistance.getAsDouble()) : prompt;
  }

  /**
   * Asks a question. A miss is answered by the chat model, if there is one and its answers belong
   * to the scope.
   *
   * @param maxDistance the threshold, or empty for that of the policy
   */
  Map<String, @Nullable Object> ask(String text, String scopeHash, OptionalDouble maxDistance) {
    Prompt prompt = prompt(text, scopeHash);
    Explanation explanation = cache.explain(at(prompt, maxDistance));
    long start = System.nanoTime();
    Optional<Answer> answer = answer(at(prompt, maxDistance), isOwn(scopeHash));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    answer
        .filter(Answer::isHit)
        .flatMap(Answer::entryId)
        .ifPresent(id -> hitsByEntry.merge(id, 1L, Long::sum));
    boolean isExact = answer.filter(found -> found.source() == Answer.Source.EXACT).isPresent();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", record(new Question(prompt, matches(explanation), isExact)));
    json.put("prompt", text);
    json.put("micros", took.toNanos() / 1_000);
    json.put("answer", answer.map(this::describe).orElse(null));
    json.put("decision", Decisions.describe(normalized(text), explanation, isExact));
    return json;
  }

  private Optional<Answer> answer(Prompt prompt, boolean isOwn) {
    return isOwn && !options.isExactOnly() && options.model().isPresent()
        ? Optional.of(cache.ask(prompt, options.model().get()))
        : cache.lookup(prompt);
  }

  private static List<Match> matches(Explanation explanation) {
    return explanation.candidates().stream().map(Explanation.Candidate::match).toList();
  }

  private static String normalized(String text) {
    return Normalizer.nfc().normalize(text);
  }

  private Map<String, @Nullable Object> describe(Answer answer) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("text", answer.text());
    json.put("source", answer.source().name());
    json.put("isDemo", !answer.isHit() && options.demo().isPresent());
    json.put("key", answer.entryId().orElse(null));
    json.put("matchedPrompt", answer.matchedPrompt().orElse(null));
    json.put("distance", answer.distance().isPresent() ? answer.distance().getAsDouble() : null);
    json.put("ageSeconds", answer.age().toSeconds());
    json.put("model", answer.reply().model().orElse(null));
    return json;
  }

  private synchronized long record(Question question) {
    lastId++;
    asked.put(lastId, question);
    if (asked.size() > MAX_RECORDED) {
      asked.remove(asked.keySet().iterator().next());
    }
    return lastId;
  }

  /**
   * Decides on the recorded questions again.
   *
   * @param maxDistance the threshold, or empty for that of the policy
   */
  synchronized List<Map<String, @Nullable Object>> decide(OptionalDouble maxDistance) {
    List<Map<String, @Nullable Object>> decisions = new ArrayList<>();
    asked.forEach(
        (id, question) -> {
          recordedStore.replay(question.matches());
          Explanation explanation = recordedCache.explain(at(question.prompt(), maxDistance));
          Map<String, @Nullable Object> json =
              Decisions.describe(
                  normalized(question.prompt().text()), explanation, question.isExact());
          json.put("id", id);
          decisions.add(json);
        });
    return decisions;
  }

  /** Stores an answer of the user, with the time to live of the cache or the given one. */
  void put(String text, String answer, Optional<Duration> timeToLive) {
    Prompt prompt = Prompt.of(text).scope(options.scope());
    cache.put(timeToLive.map(prompt::timeToLive).orElse(prompt), answer);
  }

  @Override
  public void close() {
    cache.close();
    recordedCache.close();
  }
}
