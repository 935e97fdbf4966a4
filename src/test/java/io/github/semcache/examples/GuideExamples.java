package io.github.semcache.examples;

import ai.onnxruntime.OrtSession.SessionOptions;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.model.scoring.onnx.OnnxScoringModel;
import io.github.semcache.Answer;
import io.github.semcache.Explanation;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingCache;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.encryption.StoreEncryption;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPair;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.PairReplay;
import io.github.semcache.evaluation.PrecisionCurve;
import io.github.semcache.evaluation.PromptColumns;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayResult;
import io.github.semcache.guard.Guard;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.guard.Guards.Lexicon;
import io.github.semcache.guard.Guards.Lexicon.WordList;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.langchain4j.LangChain4jVerifier;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.migration.StoreMigration;
import io.github.semcache.policy.CacheSettings;
import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.redis.NearCache;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.stats.ModelPrices;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The examples of the README and of the pages in {@code docs}. */
final class GuideExamples {
  private GuideExamples() {}

  /** Not run: it would write to the server at this address. */
  static List<RedisVectorStore> redis(Embedder embedder) {
    // redis begins
    RedisVectorStore store = RedisVectorStore.connect("redis://localhost:6379", embedder);

    RedisConnection connection =
        RedisConnection.of("rediss://app:secret@redis.example")
            .socketTimeout(Duration.ofMillis(200));
    RedisVectorStore tuned =
        RedisVectorStore.builder(connection, EmbeddingSpace.of(embedder))
            .cacheName("support")
            .vectorIndex(VectorIndex.hnsw().efRuntime(128))
            .build();
    // redis ends
    return List.of(store, tuned, limited(embedder, connection));
  }

  private static RedisVectorStore limited(Embedder embedder, RedisConnection connection) {
    // limited begins
    RedisVectorStore store =
        RedisVectorStore.builder(connection, EmbeddingSpace.of(embedder))
            .maxEntries(500_000)
            .build();
    // limited ends
    return store;
  }

  static SemanticCache embedded(Path directory, ChatClient chatClient) {
    // embedded begins
    Embedder embedder = MiniLmEmbedder.create(); // runs in the process, no key, no network
    SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chatClient)
            .ownedStore(LuceneVectorStore.open(directory, embedder)) // closed with the cache
            .build();
    // embedded ends
    return cache;
  }

  static VectorStore encryption(VectorStore store, byte[] lookupKey, byte[] aesKey) {
    // encryption begins
    StoreEncryption.Keys keys =
        StoreEncryption.Keys.of(lookupKey, "2026-11", Map.of("2026-11", aesKey));
    VectorStore encrypted = StoreEncryption.of(keys).encrypt(store);
    // encryption ends
    return encrypted;
  }

  static Answer confirmations(
      Embedder embedder, ChatClient chatClient, String question, String accountId) {
    // confirmations begins
    SemanticCache cache =
        SemanticCache.builder().embedder(embedder).chatClient(chatClient).confirmations(2).build();
    // The id of the authenticated account, which callers cannot choose:
    Answer answer = cache.ask(Prompt.of(question).contributor(accountId));
    // Answers that were checked need no confirmation, and answers of the model do not replace them:
    cache.put(Prompt.of("What does the premium plan cost?").curated(), "10 euros per month");
    // confirmations ends
    return answer;
  }

  static Answer scope(SemanticCache cache) {
    // scope begins
    Prompt prompt =
        Prompt.of("How many days of leave do I have?")
            .tag("tenant", "acme")
            .tag("user", "4711")
            .system("Answer from the HR handbook.")
            .timeToLive(Duration.ofMinutes(10));
    Answer answer = cache.ask(prompt);
    // scope ends
    return answer;
  }

  static List<Answer> lookups(SemanticCache cache, Prompt prompt) {
    // lookups begins
    Optional<Answer> cached = cache.lookup(prompt); // never calls the model
    Explanation explanation = cache.explain(prompt); // nearest entries, and the decision on each
    Answer recent = cache.ask(prompt.maxAge(Duration.ofHours(1))); // no older answer
    Answer refreshed = cache.ask(prompt.refresh()); // calls the model, replaces the stored answer
    Answer uncached = cache.ask(prompt.bypass()); // calls the model, stores nothing
    // lookups ends
    System.out.println(cached.map(Answer::source) + " " + explanation.decision());
    return List.of(recent, refreshed, uncached);
  }

  static List<Optional<Answer>> severalLookups(SemanticCache cache, List<Prompt> prompts) {
    // several begins
    List<Optional<Answer>> answers = cache.lookupAll(prompts); // one embedding call, one search
    List<Answer> nearest = cache.lookupNearest(prompts.get(0), 3); // up to three answers
    CompletableFuture<Optional<Answer>> future = cache.lookupAsync(prompts.get(0));
    // several ends
    System.out.println(nearest.size() + " " + future.join().isPresent());
    return answers;
  }

  static SemanticCache exactOnly(ChatClient chatClient) {
    // exact-only begins
    SemanticCache cache = SemanticCache.builder().exactOnly().chatClient(chatClient).build();
    // exact-only ends
    return cache;
  }

  static Optional<Answer> ownEmbedding(SemanticCache cache, float[] vector) {
    // own-embedding begins
    Prompt prompt = Prompt.of("How do I renew my passport?").embedding(Embedding.of(vector));
    cache.put(prompt, "At the registry office.");
    Optional<Answer> answer = cache.lookup(prompt);
    // own-embedding ends
    return answer;
  }

  static Embedder embeddingCache(Embedder embedder, RedisVectorStore store) {
    // embedding-cache begins
    Embedder cached =
        EmbeddingCache.builder(embedder)
            .maxEntries(50_000)
            .timeToLive(Duration.ofDays(30))
            .shared(store.embeddings()) // optional: shared by all instances
            .build();
    // embedding-cache ends
    return cached;
  }

  static boolean changes(SemanticCache cache, Prompt prompt) {
    // changes begins
    String id = cache.ask(prompt).entryId().orElseThrow();
    cache.replaceAnswer(id, ChatReply.of("A corrected answer."));
    boolean exists = cache.expireAfter(id, Duration.ofDays(7));
    cache.putReplacing(prompt, ChatReply.of("The only answer.")); // removes near duplicates
    // changes ends
    return exists;
  }

  static CacheStats statistics(SemanticCache cache, Runnable traffic) {
    // statistics begins
    CacheStats before = cache.stats();
    traffic.run();
    CacheStats since = cache.stats().minus(before);
    // statistics ends
    return since;
  }

  static CacheStats.Savings savings(SemanticCache cache) {
    // savings begins
    ModelPrices prices = ModelPrices.in("USD").model("small-model", 0.50, 1.50).embeddings(0.40);
    CacheStats.Savings savings = cache.stats().savings(prices);
    System.out.println(savings.moneySaved() + " " + savings.currency());
    System.out.println(savings.timeSaved() + " saved, " + savings.overhead() + " spent on lookups");
    // savings ends
    return savings;
  }

  static Answer cacheability(Embedder embedder, ChatClient chatClient) {
    // cacheability begins
    SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chatClient)
            .cacheability(
                prompt ->
                    prompt.text().contains("lottery")
                        ? Optional.of(new MissReason("lottery"))
                        : CacheabilityPolicy.english().bypassReason(prompt))
            .build();
    Answer hourly =
        cache.ask(Prompt.of("What is the weather in Rome?").timeToLive(Duration.ofHours(1)));
    // cacheability ends
    return hourly.missReason().isPresent() ? cache.ask("Did I win the lottery?") : hourly;
  }

  static CompletableFuture<Answer> async(SemanticCache cache, Prompt prompt) {
    // async begins
    CompletableFuture<Answer> future = cache.askAsync(prompt);
    Answer streamed = cache.ask(prompt, text -> System.out.print(text));
    // async ends
    return future.thenApply(answer -> answer.isHit() ? answer : streamed);
  }

  static Answer timeLimits(Embedder embedder, ChatClient chatClient, Prompt prompt) {
    // limits begins
    SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chatClient)
            .deadline(Duration.ofMillis(300)) // of the lookup
            .storeTimeout(Duration.ofMillis(500)) // of storing the reply
            .maxWait(Duration.ofSeconds(30)) // for another call with the same prompt
            .build();
    cache.ask(prompt.deadline(Duration.ofSeconds(2)));
    // limits ends
    return cache.ask(prompt);
  }

  static Duration remaining() {
    // remaining begins
    Duration timeout = Deadline.current().map(Deadline::remaining).orElse(Duration.ofSeconds(10));
    // remaining ends
    return timeout;
  }

  static long bulk(SemanticCache cache, Map<String, String> faq) {
    // bulk begins
    List<Map.Entry<Prompt, String>> answers =
        faq.entrySet().stream()
            .map(row -> Map.entry(Prompt.of(row.getKey()), row.getValue()))
            .toList();
    long stored = cache.putAll(answers, count -> System.out.println(count + " stored"));
    // bulk ends
    return stored;
  }

  static long remove(SemanticCache cache, Prompt prompt) {
    // remove begins
    boolean removed = cache.invalidate(prompt); // exactly this prompt in its scope
    long ofTenant = cache.invalidate(EntrySelector.tag("tenant", "acme"));
    long ofModel = cache.invalidate(EntrySelector.model("gpt-4o-mini"));
    long old =
        cache.invalidate(EntrySelector.createdBefore(Instant.now().minus(Duration.ofDays(7))));
    long all = cache.clear();
    // remove ends
    return (removed ? 1 : 0) + ofTenant + ofModel + old + all;
  }

  static long labels(SemanticCache cache) {
    // labels begins
    Prompt prompt =
        Prompt.of("What does the premium plan cost?")
            .label("topic", "billing")
            .label("price", 12.5);
    Answer answer = cache.ask(prompt);
    System.out.println(answer.labels().text("topic") + " " + answer.labels().number("price"));

    Labels.Filter filter =
        Labels.Filter.anyOf("topic", "billing", "refunds")
            .and(Labels.Filter.range("price", 10, 20));
    Optional<Answer> found = cache.lookup(Prompt.of("How much is premium?").where(filter));
    long affected = cache.count(EntrySelector.labels(filter)); // a dry run
    long removed = cache.invalidate(EntrySelector.labels(filter));
    // labels ends
    return affected + removed + found.stream().count();
  }

  static CacheSettings settings(Embedder embedder, ChatClient chatClient, RedisVectorStore store) {
    // settings begins
    SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chatClient)
            .store(store)
            .sharedSettings(Duration.ofSeconds(10)) // optional: for all instances on the store
            .build();
    cache.update(CacheSettings.none().maxDistance(0.08).timeToLive(Duration.ofHours(6)));
    // settings ends
    return cache.settings();
  }

  static Answer dependency(SemanticCache cache) {
    // dependency begins
    Prompt prompt = Prompt.of("What does the premium plan cost?").dependsOn("price-list");
    Answer answer = cache.ask(prompt);
    // After the price list has changed:
    cache.invalidateDependents("price-list");
    // dependency ends
    return answer;
  }

  static Answer freshness(Embedder embedder, ChatClient chatClient, Prompt prompt) {
    // freshness begins
    SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chatClient)
            .timeToLive(Duration.ofDays(7)) // the hard limit
            .staleWhileRevalidate(Duration.ofHours(24)) // the soft one
            .build();
    Answer answer = cache.ask(prompt);
    if (answer.isStale()) {
      System.out.println("This answer is " + answer.age().toHours() + " hours old.");
    }
    // freshness ends
    return answer;
  }

  static SemanticCache instances(
      RedisConnection connection, Embedder embedder, ChatClient chatClient) {
    // instances begins
    RedisVectorStore store =
        RedisVectorStore.builder(connection, EmbeddingSpace.of(embedder))
            .nearCache(NearCache.of(10_000).maxBytes(64 << 20))
            .build();
    SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chatClient)
            .ownedStore(store)
            .singleFlightAcrossInstances(Duration.ofSeconds(30)) // the duration of a lease
            .coalesceSimilarPrompts()
            .build();
    // instances ends
    return cache;
  }

  static void feedback(SemanticCache cache, Answer answer, boolean helpful) {
    // feedback begins
    if (helpful) {
      cache.reportRight(answer);
    } else {
      cache.reportWrong(answer); // never served again for this prompt
    }
    // feedback ends
  }

  static CacheStats shadow(SemanticCacheBuilder builder, ChatClient chatClient) {
    // shadow begins
    SemanticCache cache =
        builder.shadowMode().judge(AnswerJudge.chat(chatClient)).maxDistance(0.10).build();
    // ... after some traffic:
    CacheStats stats = cache.stats();
    System.out.println(stats.shadowHitRate() + " " + stats.quality());
    // shadow ends
    cache.close();
    return stats;
  }

  static SemanticCache learning(SemanticCacheBuilder builder, ChatClient chatClient) {
    // learning begins
    SemanticCache cache =
        builder.hitPolicy(ErrorBudget.of(0.01)).judge(AnswerJudge.chat(chatClient)).build();
    // learning ends
    return cache;
  }

  /** Not run: it needs a server. */
  static StoreMigration.Result migration(
      RedisConnection connection,
      Embedder oldEmbedder,
      Embedder newEmbedder,
      ChatClient chatClient) {
    // migration begins
    RedisVectorStore oldStore =
        RedisVectorStore.builder(connection, EmbeddingSpace.of(oldEmbedder)).build();
    RedisVectorStore newStore =
        RedisVectorStore.builder(connection, EmbeddingSpace.of(newEmbedder)).build();
    SemanticCache cache =
        SemanticCache.builder()
            .embedder(newEmbedder)
            .chatClient(chatClient)
            .store(newStore)
            .previousStore(oldStore, oldEmbedder)
            .build();
    StoreMigration.Result result =
        StoreMigration.builder(oldStore, newStore, newEmbedder)
            .promptsPerSecond(50)
            .onProgress(done -> System.out.println(done.processed() + " of " + done.total()))
            .build()
            .run();
    // migration ends
    cache.close();
    newStore.close();
    oldStore.close();
    return result;
  }

  static SemanticCache verifier(SemanticCacheBuilder builder, ChatClient smallModel) {
    // verifier begins
    PairVerifier sameUnits =
        pair ->
            pair.query().contains("miles") == pair.cachedPrompt().contains("miles")
                ? Verification.unsure("same-units")
                : Verification.reject("other-units");
    SemanticCache cache = builder.verifier(sameUnits.orElse(PairVerifier.chat(smallModel))).build();
    // verifier ends
    return cache;
  }

  static PairVerifier crossEncoder(Embedder embedder, List<LabeledPair> pairs) {
    // cross-encoder begins
    SessionOptions options = new SessionOptions();
    ScoringModel model = new OnnxScoringModel("model.onnx", options, "tokenizer.json", 510, true);
    PrecisionCurve curve =
        PairReplay.builder(embedder)
            .scoredBy(LangChain4jVerifier.of(model, 0.5))
            .build()
            .run(pairs)
            .curve();
    double threshold =
        curve.points().stream()
            .filter(point -> point.precision() >= 0.99)
            .mapToDouble(PrecisionCurve.Point::threshold)
            .min()
            .orElseThrow();
    PairVerifier verifier =
        PairVerifier.local().strict().orElse(LangChain4jVerifier.of(model, threshold));
    // cross-encoder ends
    return verifier;
  }

  static SemanticCache targetErrorRate(SemanticCacheBuilder builder) {
    // target-error-rate begins
    SemanticCache cache = builder.targetErrorRate(0.01).build();
    // target-error-rate ends
    return cache;
  }

  static List<HitPolicy> guards() {
    // guards begins
    HitPolicy withoutNegation =
        HitPolicy.maxDistance(0.15).guards(Guards.english().without(RejectionReason.NEGATION));
    HitPolicy ownWords =
        HitPolicy.maxDistance(0.15)
            .guards(Guards.of(Lexicon.english().adding(WordList.OPPOSITES, "sandbox | live")));
    // guards ends
    return List.of(withoutNegation, ownWords);
  }

  static HitPolicy customGuard() {
    // custom-guard begins
    Set<String> plans = Set.of("basic", "premium", "enterprise");
    Guard samePlan =
        prompts ->
            Stream.concat(prompts.onlyInAsked().stream(), prompts.onlyInCached().stream())
                    .anyMatch(plans::contains)
                ? Optional.of(new RejectionReason("other-plan"))
                : Optional.empty();
    HitPolicy policy = HitPolicy.maxDistance(0.15).guardedBy(samePlan);
    // custom-guard ends
    return policy;
  }

  static HitPolicy strictFallback() {
    // fallback begins
    HitPolicy policy = ErrorBudget.of(0.01).fallback(HitPolicy.never());
    // fallback ends
    return policy;
  }

  /** Not run: it reads a file. */
  static ReplayResult replay(Embedder embedder) {
    // replay begins
    List<LabeledPrompt> prompts =
        DataFile.read(Path.of("prompts.csv")).prompts(PromptColumns.of("text").label("intent"));
    ReplayResult result =
        Replay.builder(embedder)
            .hitPolicy(HitPolicy.maxDistance(0.15))
            .shuffled(1)
            .build()
            .run(prompts);
    // replay ends
    return result;
  }
}
