package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.Admission;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.policy.ScaledPolicy;
import io.github.semcache.policy.Verdict;
import io.github.semcache.prompt.CacheMode;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Insertion;
import io.github.semcache.store.Match;
import io.github.semcache.store.Selection;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the answers of a language model: a prompt that was asked before, in the same or in
 * other words, is answered from the cache; only a new one reaches the model.
 *
 * <pre>{@code
 * try (SemanticCache cache =
 *     SemanticCache.builder().embedder(embedder).chatClient(chatClient).build()) {
 *   cache.ask("What is the capital of France?"); // from the model
 *   cache.ask("Which city serves as France's capital?"); // from the cache
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads. {@link #ask}, {@link #lookup}, {@link #explain}, {@code put} and
 * {@code invalidate} block on the embedder, the store and the model; of threads that ask the same
 * new prompt at once, one asks the model and the others wait for its answer.
 *
 * <p>Trouble in the embedder, the store, the policy or the admission never fails {@link #ask} or
 * {@link #lookup}: it is counted, told to the listener, and treated as a miss, unless {@link
 * SemanticCacheBuilder#failOnCacheErrors} was set. The methods that change the cache always throw.
 * Every method but {@link #stats}, {@link #isClosed} and {@link #close} throws {@link
 * IllegalStateException} once the cache is closed.
 */
public final class SemanticCache implements AutoCloseable {
  private static final int BATCH = 128;
  private static final String ASK = "ask";

  private final @Nullable ChatClient chatClient;
  private final VectorStore store;
  private final HitPolicy policy;
  private final Admission admission;
  private final Normalizer normalizer;
  private final Lifetimes lifetimes;
  private final InstantSource time;
  private final AsyncCalls asyncCalls;
  private final Events events;
  private final Fence fence;
  private final Embeddings embeddings;
  private final Entries entries;
  private final Learning learning;
  private final SingleFlight<CacheCall> flights = new SingleFlight<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  SemanticCache(SemanticCacheBuilder options, VectorStore store, HitPolicy policy) {
    this.chatClient = options.chatClient;
    this.store = store;
    this.admission = options.admission;
    this.normalizer = options.normalizer;
    this.lifetimes = options.lifetimes();
    this.time = options.time;
    this.asyncCalls = new AsyncCalls(options.executor);
    this.events = new Events(options.listener, options.ticker);
    this.fence = new Fence(events, options.failOnCacheErrors, options.circuitBreakers());
    this.embeddings = new Embeddings(options.requiredEmbedder(), events, fence);
    this.entries = new Entries(store, options.candidates, time, events, fence);
    this.policy =
        policy instanceof ScaledPolicy scaled
            ? scaled.scaledBy(options.scale(store, events))
            : policy;
    this.learning = new Learning(options, store, this.policy, events);
  }

  /**
   * Begins a cache.
   *
   * @return a builder with the defaults set
   */
  public static SemanticCacheBuilder builder() {
    return new SemanticCacheBuilder();
  }

  /**
   * Answers a prompt of a text alone; see {@link #ask(Prompt)}.
   *
   * @param text what is asked
   * @return the answer
   * @throws IllegalArgumentException if the text is blank
   */
  public Answer ask(String text) {
    return ask(Prompt.of(text));
  }

  /**
   * Answers a prompt, from the cache if it can, else from the model.
   *
   * @param prompt what is asked
   * @return the answer
   * @throws IllegalStateException if the cache was built without a chat client
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for another one's answer; its interrupt flag is set
   * @throws RuntimeException whatever the chat client throws, as it is
   */
  public Answer ask(Prompt prompt) {
    return ask(prompt, requiredChatClient());
  }

  private ChatClient requiredChatClient() {
    if (chatClient == null) {
      throw new IllegalStateException("ask needs a chatClient; the cache was built without one");
    }
    return chatClient;
  }

  /**
   * Answers a prompt, from the cache if it can, else from a model that is chosen for this call. An
   * answer of one model under one set of settings is never served to another.
   *
   * @param prompt what is asked
   * @param model who answers a miss
   * @return the answer
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for another one's answer; its interrupt flag is set
   * @throws RuntimeException whatever the chat client throws, as it is
   */
  public Answer ask(Prompt prompt, ChatClient model) {
    return ask(prompt, model, new Place(ASK, Thread.currentThread()));
  }

  private Answer ask(Prompt prompt, ChatClient model, Place place) {
    CacheCall call = begin(prompt, model.settings(), place);
    while (call instanceof CacheCall.Follow follow) {
      call = follow.await();
    }
    return call instanceof CacheCall.Lead lead
        ? lead.ask(model)
        : ((CacheCall.Answered) call).answer();
  }

  /**
   * Answers a prompt as {@link #ask(Prompt)} does, and gives the text on as it arrives. The model
   * streams if the chat client is a {@link io.github.semcache.chat.StreamingChatClient}; from the
   * cache, from another chat client, and from another call that was first to ask, the text comes in
   * one piece.
   *
   * @param prompt what is asked
   * @param onText is given the pieces of the text, on this thread. If it throws, the call ends with
   *     that exception and nothing is kept
   * @return the whole answer
   * @throws IllegalStateException if the cache was built without a chat client
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for another one's answer; its interrupt flag is set
   * @throws RuntimeException whatever the chat client throws, as it is
   */
  public Answer ask(Prompt prompt, Consumer<String> onText) {
    StreamedCall call = new StreamedCall(requiredChatClient(), requireNonNull(onText, "onText"));
    return call.deliver(ask(prompt, call, new Place("streams", Thread.currentThread())));
  }

  /**
   * Begins to answer a prompt, for callers that get the model's answer in a way of their own. It
   * looks the prompt up as {@link #ask} does; of many calls that ask the same new prompt at once,
   * {@link #ask} included, one leads and the others follow. A lead is bound to no thread, so a
   * thread must not wait for one that it holds itself.
   *
   * @param prompt what is asked
   * @param settings what shapes the answer besides the prompt; see {@link ChatClient#settings}
   * @return the answer, the lead, or a call to follow
   */
  public CacheCall begin(Prompt prompt, Map<String, String> settings) {
    return begin(prompt, settings, new Place(ASK, null));
  }

  /**
   * Begins to answer a prompt as {@link #begin(Prompt, Map)} does, in a lane of its own. Calls
   * follow one another within a lane only: for leads that others must not wait for, such as streams
   * that stand still as long as their reader pleases.
   *
   * @param prompt what is asked
   * @param settings what shapes the answer besides the prompt; see {@link ChatClient#settings}
   * @param lane any name
   * @return the answer, the lead, or a call to follow
   */
  public CacheCall begin(Prompt prompt, Map<String, String> settings, String lane) {
    return begin(prompt, settings, new Place("lane " + requireNonNull(lane, "lane"), null));
  }

  private CacheCall begin(Prompt prompt, Map<String, String> settings, Place place) {
    Request request = new Request(prompt, queryOf(prompt, settings));
    Optional<Answer> hit = lookUp(request);
    if (hit.isPresent()) {
      return new CacheCall.Answered(hit.get());
    }
    return prompt.mode() == CacheMode.USE ? join(request, place) : leadAlone(request, place);
  }

  private Optional<Answer> lookUp(Request request) {
    return request.prompt.mode() == CacheMode.USE
        ? exactHit(request).or(() -> semanticHit(request))
        : Optional.empty();
  }

  /** Follows the call that is getting the answer, or leads after one more look at the store. */
  CacheCall join(Request request, Place place) {
    SingleFlight.Seat<CacheCall> seat =
        flights.join(place.lane + ' ' + request.query.key(), place.owner);
    if (!seat.leads()) {
      publishFollower(request);
      return new CacheCall.Follow(this, request, seat.flight(), place);
    }
    Optional<CacheCall> meanwhile = lookAgain(request, seat.flight());
    return meanwhile.orElseGet(() -> lead(request, seat.flight(), place));
  }

  private Optional<CacheCall> lookAgain(Request request, SingleFlight.Flight<CacheCall> flight) {
    try {
      Optional<CacheCall> answer = exactHit(request).map(CacheCall.Answered::new);
      answer.ifPresent(flight::land);
      return answer;
    } catch (Throwable e) {
      flight.fail(e);
      throw e;
    }
  }

  CacheCall leadAlone(Request request, Place place) {
    return lead(request, flights.alone(request.query.key()), place);
  }

  private CacheCall lead(Request request, SingleFlight.Flight<CacheCall> flight, Place place) {
    publishMiss(request);
    return new CacheCall.Lead(this, request, flight, place, events.stopwatch());
  }

  /** Where a call takes its turn: in a lane, and on a thread that leads to the end, or on any. */
  record Place(String lane, @Nullable Thread owner) {
    boolean isShared() {
      return lane.equals(ASK);
    }
  }

  private Query queryOf(Prompt prompt) {
    return queryOf(prompt, chatClient == null ? Map.of() : chatClient.settings());
  }

  private Query queryOf(Prompt prompt, Map<String, String> settings) {
    requireNonNull(prompt, "prompt");
    checkOpen();
    return Query.of(prompt, normalizer, settings);
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the cache is closed");
    }
  }

  private Optional<Answer> exactHit(Request request) {
    return entries
        .find(request)
        .filter(entry -> !learning.hides(request, entry, CacheEvent.Tier.EXACT, 0))
        .map(entry -> hit(request, entry, Answer.Source.EXACT, 0));
  }

  private Optional<Answer> semanticHit(Request request) {
    if (request.storeFailed() || request.isHidden()) {
      return Optional.empty();
    }
    Optional<Embedding> embedding = embeddings.embed(request);
    if (embedding.isEmpty()) {
      request.misses(MissReason.EMBEDDER_ERROR);
      return Optional.empty();
    }
    return entries
        .nearest(request, embedding.get())
        .flatMap(matches -> decide(request, learning.allowed(request.query, matches)))
        .map(match -> hit(request, match.entry(), Answer.Source.SEMANTIC, match.distance()));
  }

  private Optional<Match> decide(Request request, List<Match> matches) {
    matches.stream().findFirst().ifPresent(nearest -> request.nearestIs(nearest.distance()));
    Decision decision =
        fence
            .attempt(CacheEvent.Part.POLICY, () -> policy.decide(request.query, matches))
            .orElse(Decision.miss(MissReason.POLICY_ERROR));
    request.decided(matches, decision);
    if (decision instanceof Decision.Miss miss) {
      request.misses(miss.reason());
      return Optional.empty();
    }
    return served(request, decision);
  }

  /** The match of a hit, unless it is put to the test or the cache is in shadow mode. */
  private Optional<Match> served(Request request, Decision decision) {
    boolean audited = decision instanceof Decision.Audit && request.asksModel();
    Match match =
        decision instanceof Decision.Audit audit
            ? audit.match()
            : ((Decision.Hit) decision).match();
    if (learning.hides(request, match.entry(), CacheEvent.Tier.SEMANTIC, match.distance())) {
      return Optional.empty();
    }
    if (audited) {
      request.misses(MissReason.AUDIT);
    }
    return audited ? Optional.empty() : Optional.of(match);
  }

  private Answer hit(Request request, CacheEntry entry, Answer.Source source, double distance) {
    Answer answer = Answer.ofEntry(request.query, entry, source, distance, entries.ageOf(entry));
    CacheEvent.Tier tier =
        source == Answer.Source.EXACT ? CacheEvent.Tier.EXACT : CacheEvent.Tier.SEMANTIC;
    if (request.counts()) {
      events.publish(new CacheEvent.Hit(tier, distance, answer.age(), answer.usage()));
    }
    return answer;
  }

  /** Once, also if it follows a second call after the first one was abandoned. */
  private void publishFollower(Request request) {
    if (request.counts()) {
      events.publish(request.miss());
      events.publish(new CacheEvent.Coalesced());
    }
  }

  private void publishMiss(Request request) {
    if (request.counts()) {
      events.publish(request.miss());
    }
  }

  Answer modelAnswered(Request request, ChatReply reply, Events.Stopwatch stopwatch) {
    events.publish(
        new CacheEvent.ModelAnswered(stopwatch.elapsed(), reply.finishReason(), reply.usage()));
    return Answer.ofModel(request.query, reply, remember(request, reply), request.missReason());
  }

  void modelFailed(Throwable failure) {
    events.publish(new CacheEvent.Failed(CacheEvent.Part.MODEL, failure));
  }

  void modelAbandoned() {
    events.publish(new CacheEvent.Abandoned());
  }

  /** Keeps a reply if it may be kept; the id of its entry if that worked. */
  private Optional<String> remember(Request request, ChatReply reply) {
    if (request.prompt.mode() == CacheMode.BYPASS || request.storeFailed()) {
      return Optional.empty();
    }
    if (!admits(request.prompt, reply)) {
      events.publish(new CacheEvent.NotAdmitted(reply.finishReason()));
      return Optional.empty();
    }
    Optional<Insertion> kept = request.isHidden() ? Optional.empty() : keep(request, reply);
    learning.observe(request, reply, kept);
    return kept.map(insertion -> insertion.entry().key());
  }

  private Optional<Insertion> keep(Request request, ChatReply reply) {
    Insertion insertion =
        insertion(request.prompt, request.query, reply, embeddings.embed(request));
    return entries.put(request, insertion) ? Optional.of(insertion) : Optional.empty();
  }

  private boolean admits(Prompt prompt, ChatReply reply) {
    return fence
        .attempt(CacheEvent.Part.ADMISSION, () -> admission.admits(prompt, reply))
        .orElse(false);
  }

  private Insertion insertion(
      Prompt prompt, Query query, ChatReply reply, Optional<Embedding> embedding) {
    CacheEntry entry = Replies.entryOf(query, reply, time.instant().truncatedTo(ChronoUnit.MILLIS));
    return new Insertion(entry, embedding, lifetimes.of(prompt));
  }

  /**
   * Answers a prompt on another thread: the builder's executor, or one of the cache's own threads.
   * Cancelling the future does not stop the call.
   *
   * @param prompt what is asked
   * @return a future that ends as {@link #ask(Prompt)} does
   */
  public CompletableFuture<Answer> askAsync(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    return asyncCalls.run(() -> ask(prompt));
  }

  /**
   * Answers a prompt as {@link #ask(Prompt, Consumer)} does, on another thread: the builder's
   * executor, or one of the cache's own threads.
   *
   * @param prompt what is asked
   * @param onText is given the pieces of the text, on that thread
   * @return a future that ends as {@link #ask(Prompt, Consumer)} does
   */
  public CompletableFuture<Answer> askAsync(Prompt prompt, Consumer<String> onText) {
    requireNonNull(prompt, "prompt");
    requireNonNull(onText, "onText");
    return asyncCalls.run(() -> ask(prompt, onText));
  }

  /**
   * Where {@link #askAsync(Prompt)} runs, for adapters that run blocking calls of the cache of
   * their own.
   *
   * @return the builder's executor, or one of daemon threads that the cache owns
   */
  public Executor executor() {
    return asyncCalls.executor();
  }

  /**
   * Answers a prompt from the cache, or not at all: the model is never asked. Counts as a request.
   *
   * @param prompt what is asked
   * @return the answer, or empty if the cache has none; always empty if the prompt passes the cache
   *     by
   */
  public Optional<Answer> lookup(Prompt prompt) {
    Request request = new Request(prompt, queryOf(prompt));
    request.asksNoModel();
    Optional<Answer> hit = lookUp(request);
    if (hit.isEmpty()) {
      publishMiss(request);
    }
    return hit;
  }

  /**
   * Shows what the cache knows of a prompt and what the policy says of it. Does not count as a
   * request, and asks no model.
   *
   * @param prompt what would be asked
   * @return the candidates and the decision
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   * @throws io.github.semcache.store.StoreException if the store fails
   * @throws RuntimeException whatever the policy throws
   */
  public Explanation explain(Prompt prompt) {
    Query query = queryOf(prompt);
    List<Match> matches = nearestAllowed(query);
    return new Explanation(
        entries.find(query),
        matches.stream()
            .map(match -> new Explanation.Candidate(match, policy.decide(query, List.of(match))))
            .toList(),
        policy.decide(query, matches));
  }

  private List<Match> nearestAllowed(Query query) {
    return learning.allowed(query, entries.nearest(query, embeddings.embed(query.text())));
  }

  /**
   * Takes a wrong answer out of service: the prompt is never again answered with that entry, nor
   * with another one of its answer group. An answer to exactly this prompt is removed. A policy
   * that learns, learns from it.
   *
   * @param answer an answer of this cache
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails; the answer is out
   *     of service all the same
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public void reportWrong(Answer answer) {
    checkOpen();
    events.publish(new CacheEvent.Reported(false));
    if (answer.source() == Answer.Source.SEMANTIC) {
      answer.entryId().flatMap(store::find).ifPresent(entry -> block(answer, entry));
    } else {
      answer.entryId().ifPresent(key -> store.remove(new Selection.ByKey(key)));
    }
  }

  private void block(Answer answer, CacheEntry entry) {
    List<Match> matches;
    try {
      matches = nearestAllowed(answer.query());
    } finally {
      learning.block(answer.query(), entry);
    }
    teach(answer, matches, Verdict.DIFFERENT);
  }

  /**
   * Confirms an answer. A policy that learns, learns from it if it came from another prompt's
   * entry; otherwise it is only counted.
   *
   * @param answer an answer of this cache
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public void reportRight(Answer answer) {
    checkOpen();
    events.publish(new CacheEvent.Reported(true));
    if (answer.source() == Answer.Source.SEMANTIC) {
      teach(answer, nearestAllowed(answer.query()), Verdict.SAME);
    }
  }

  private void teach(Answer answer, List<Match> matches, Verdict verdict) {
    matches.stream()
        .filter(match -> answer.entryId().filter(match.entry().key()::equals).isPresent())
        .findFirst()
        .ifPresent(served -> learning.report(answer.query(), matches, served, verdict));
  }

  /**
   * Keeps an answer to a prompt, replacing the one kept before. The admission is not asked.
   *
   * @param prompt what may be asked; its {@linkplain Prompt#timeToLive(Duration) time to live}
   *     counts
   * @param answer the text to answer with
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public void put(Prompt prompt, String answer) {
    put(prompt, ChatReply.of(answer));
  }

  /**
   * Keeps an answer to a prompt for so long; see {@link #put(Prompt, String)}.
   *
   * @param prompt what may be asked
   * @param answer the text to answer with
   * @param timeToLive at least a millisecond and at most 100 years
   * @throws IllegalArgumentException if the time is outside these bounds
   */
  public void put(Prompt prompt, String answer, Duration timeToLive) {
    put(prompt.timeToLive(timeToLive), answer);
  }

  /**
   * Keeps a whole reply to a prompt; see {@link #put(Prompt, String)}.
   *
   * @param prompt what may be asked
   * @param reply the reply to answer with
   */
  public void put(Prompt prompt, ChatReply reply) {
    Query query = queryOf(prompt);
    Optional<Embedding> embedding = Optional.of(embeddings.embed(query.text()));
    entries.put(List.of(insertion(prompt, query, reply, embedding)));
  }

  /**
   * Keeps many answers, embedding and writing them in batches of 128.
   *
   * @param answers prompts with their answers; read once, one batch at a time
   * @param progress is told after each batch how many answers are kept so far; called on this
   *     thread
   * @return how many answers were kept
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails; the batches
   *     before are kept
   * @throws io.github.semcache.store.StoreException if the store fails; the batches before are kept
   */
  public long putAll(Iterable<Map.Entry<Prompt, String>> answers, LongConsumer progress) {
    requireNonNull(progress, "progress");
    long kept = 0;
    Iterator<Map.Entry<Prompt, String>> rest = answers.iterator();
    while (rest.hasNext()) {
      List<Map.Entry<Prompt, String>> batch = new ArrayList<>(BATCH);
      while (batch.size() < BATCH && rest.hasNext()) {
        batch.add(rest.next());
      }
      entries.put(insertions(batch));
      kept += batch.size();
      progress.accept(kept);
    }
    return kept;
  }

  private List<Insertion> insertions(List<Map.Entry<Prompt, String>> answers) {
    List<Query> queries = answers.stream().map(answer -> queryOf(answer.getKey())).toList();
    List<Embedding> made = embeddings.embed(queries.stream().map(Query::text).toList());
    List<Insertion> insertions = new ArrayList<>(answers.size());
    for (int i = 0; i < answers.size(); i++) {
      ChatReply reply = ChatReply.of(answers.get(i).getValue());
      insertions.add(
          insertion(answers.get(i).getKey(), queries.get(i), reply, Optional.of(made.get(i))));
    }
    return insertions;
  }

  /**
   * Removes the answer kept for exactly this prompt: the same normalised text in the same scope.
   *
   * @param prompt the prompt
   * @return whether there was one
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public boolean invalidate(Prompt prompt) {
    return store.remove(new Selection.ByKey(queryOf(prompt).key())) > 0;
  }

  /**
   * Removes all answers of a scope: those whose prompts had exactly these tags, system text and
   * earlier messages, under the cache's chat model and its settings.
   *
   * @param scope the scope, as {@link Prompt#scope()} gives it
   * @return how many there were
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public long invalidate(Scope scope) {
    Query query = queryOf(Prompt.of("any").scope(scope));
    return store.remove(new Selection.ByScope(query.scope().hash()));
  }

  /**
   * Removes all answers of the store.
   *
   * @return how many there were
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public long clear() {
    checkOpen();
    return store.remove(new Selection.All());
  }

  /**
   * Counts of what happened since the cache was built.
   *
   * @return a snapshot
   */
  public CacheStats stats() {
    return events.snapshot();
  }

  /**
   * Whether the cache was closed.
   *
   * @return true from the first call of {@link #close} on
   */
  public boolean isClosed() {
    return closed.get();
  }

  /**
   * Closes the cache and its store. Calls under way may fail. The embedder, the chat client and a
   * given executor are left open. May be called twice.
   */
  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      asyncCalls.close();
      learning.close();
      store.close();
    }
  }
}
