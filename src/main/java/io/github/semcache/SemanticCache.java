package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.ScaledPolicy;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
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
 * <p>An answer belongs to the chat model that gave it and to its settings. The methods that take a
 * model or settings look for their answers; {@link #lookup}, {@link #explain}, {@code put} and
 * {@code invalidate} look for those of the settings that the scope {@linkplain Scope#settings has},
 * and of the cache's own chat client if it has none. So what {@code ask(prompt, model)} keeps is
 * found by {@code prompt.scope(prompt.scope().settings(model.settings()))}, and {@code
 * answer.query().scope()} is the scope of any answer, whoever gave it.
 *
 * <p>Trouble in the normalizer, the embedder, the store, the policy or the admission never fails
 * {@link #ask} or {@link #lookup}: it is counted, told to the listener, and treated as a miss,
 * unless {@link SemanticCacheBuilder#failOnCacheErrors} was set. The methods that change the cache
 * always throw. Every method but {@link #stats}, {@link #isClosed} and {@link #close} throws {@link
 * IllegalStateException} once the cache is closed.
 */
public final class SemanticCache implements AutoCloseable {
  private final @Nullable ChatClient chatClient;
  private final SharedStore store;
  private final EntryLocks changes;
  private final AsyncExecutor asyncCalls;
  private final EventPublisher events;
  private final QueryFactory queries;
  private final CacheLookup lookups;
  private final RequestCoalescer turns;
  private final AnswerWriter keeper;
  private final Learning learning;
  private final Feedback feedback;
  private final AtomicBoolean closed = new AtomicBoolean();

  SemanticCache(SemanticCacheBuilder options, SharedStore shared, HitPolicy policy) {
    VectorStore store = shared.store();
    this.chatClient = options.chatClient;
    this.store = shared;
    this.changes = new EntryLocks(store);
    this.asyncCalls = new AsyncExecutor(options.executor);
    this.events = new EventPublisher(options.listener, options.ticker);
    FailOpen fence = new FailOpen(events, options.failOnCacheErrors, options.circuitBreakers());
    ResilientEmbedder embeddings = new ResilientEmbedder(options.requiredEmbedder(), events, fence);
    ResilientStore entries =
        new ResilientStore(store, changes, options.candidates, options.time, events, fence);
    HitPolicy decides =
        policy instanceof ScaledPolicy scaled
            ? scaled.scaledBy(options.scale(store, events))
            : policy;
    this.learning = new Learning(options, store, changes, decides, events);
    this.queries = new QueryFactory(options.normalizer, chatClient, fence);
    this.lookups = new CacheLookup(embeddings, entries, decides, learning, events, fence);
    this.keeper = new AnswerWriter(options, queries, embeddings, entries, learning, events, fence);
    this.turns = new RequestCoalescer(lookups, keeper, events, asyncCalls.executor());
    this.feedback = new Feedback(store, changes, lookups, learning, events);
    shared.enter();
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
   * @throws RuntimeException whatever the chat client throws, as it is; of a cache that {@linkplain
   *     SemanticCacheBuilder#failOnCacheErrors fails on cache errors} also a {@link
   *     io.github.semcache.store.StoreException}, an {@link
   *     io.github.semcache.embedding.EmbedderException}, and whatever normalizer, policy and
   *     admission throw
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
   * answer of one model under one set of settings is never served to another. It is looked up and
   * invalidated with these settings in the scope; see {@link Scope#settings(Map)}. Of a model that
   * reports none, those that the prompt's scope has count.
   *
   * @param prompt what is asked
   * @param model who answers a miss
   * @return the answer
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for another one's answer; its interrupt flag is set
   * @throws RuntimeException whatever the chat client throws, as it is; of a cache that {@linkplain
   *     SemanticCacheBuilder#failOnCacheErrors fails on cache errors} also a {@link
   *     io.github.semcache.store.StoreException}, an {@link
   *     io.github.semcache.embedding.EmbedderException}, and whatever normalizer, policy and
   *     admission throw
   */
  public Answer ask(Prompt prompt, ChatClient model) {
    return ask(prompt, model, CoalescingGroup.here());
  }

  /** The road of one prompt. {@link #begin} is the same road for callers that ask the model. */
  private Answer ask(Prompt prompt, ChatClient model, CoalescingGroup place) {
    checkOpen();
    CacheRequest request = queries.request(prompt, model.settings());
    Optional<Answer> kept = lookups.exact(request).or(() -> lookups.semantic(request));
    if (kept.isPresent()) {
      return kept.get();
    }
    CacheCall turn = turns.take(request, place);
    while (turn instanceof CacheCall.Follow other) {
      turn = other.await();
    }
    if (turn instanceof CacheCall.Answered meanwhile) {
      return meanwhile.answer();
    }
    CacheCall.Lead lead = (CacheCall.Lead) turn;
    ChatReply reply = lead.ask(model);
    return lead.complete(reply);
  }

  /**
   * Answers a prompt as {@link #ask(Prompt)} does, and gives the text on as it arrives. The model
   * streams if the chat client is a {@link io.github.semcache.chat.StreamingChatClient}; from the
   * cache, from another chat client, and from another call that was first to ask, the text comes in
   * one piece. A call of {@link #ask(Prompt)} for the same new prompt does not wait for this one,
   * whose consumer may be slow, but asks the model itself.
   *
   * @param prompt what is asked
   * @param onText is given the pieces of the text, on this thread. If it throws, the call ends with
   *     that exception and nothing is kept
   * @return the whole answer
   * @throws IllegalStateException if the cache was built without a chat client
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for another one's answer; its interrupt flag is set
   * @throws RuntimeException whatever the chat client throws, as it is; of a cache that {@linkplain
   *     SemanticCacheBuilder#failOnCacheErrors fails on cache errors} also a {@link
   *     io.github.semcache.store.StoreException}, an {@link
   *     io.github.semcache.embedding.EmbedderException}, and whatever normalizer, policy and
   *     admission throw
   */
  public Answer ask(Prompt prompt, Consumer<String> onText) {
    StreamedCall call = new StreamedCall(requiredChatClient(), requireNonNull(onText, "onText"));
    return call.deliver(ask(prompt, call, CoalescingGroup.streamingHere()));
  }

  /**
   * Begins to answer a prompt, for callers that get the model's answer in a way of their own. It
   * looks the prompt up as {@link #ask} does; of many calls that ask the same new prompt at once,
   * {@link #ask} included, one leads and the others follow. A lead is bound to no thread, so a
   * thread must not wait for one that it holds itself. The answer is looked up and invalidated with
   * the settings in the scope; see {@link Scope#settings(Map)}.
   *
   * @param prompt what is asked
   * @param settings what shapes the answer besides the prompt; see {@link ChatClient#settings}
   * @return the answer, the lead, or a call to follow
   * @throws RuntimeException of a cache that {@linkplain SemanticCacheBuilder#failOnCacheErrors
   *     fails on cache errors}, what {@link #lookup} throws
   */
  public CacheCall begin(Prompt prompt, Map<String, String> settings) {
    return begin(prompt, settings, CoalescingGroup.anywhere());
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
   * @throws RuntimeException of a cache that {@linkplain SemanticCacheBuilder#failOnCacheErrors
   *     fails on cache errors}, what {@link #lookup} throws
   */
  public CacheCall begin(Prompt prompt, Map<String, String> settings, String lane) {
    return begin(prompt, settings, CoalescingGroup.inLane(requireNonNull(lane, "lane")));
  }

  private CacheCall begin(Prompt prompt, Map<String, String> settings, CoalescingGroup place) {
    checkOpen();
    CacheRequest request = queries.request(prompt, settings);
    return lookups
        .find(request)
        .<CacheCall>map(CacheCall.Answered::new)
        .orElseGet(() -> turns.take(request, place));
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the cache is closed");
    }
  }

  /**
   * Answers a prompt on another thread: the builder's executor, or one of the cache's own threads,
   * of which there are at most 256: more calls wait for one. A call that is made on one of them
   * while all are busy runs there, and returns a future that has ended. Cancelling the future does
   * not stop the call.
   *
   * @param prompt what is asked
   * @return a future that ends as {@link #ask(Prompt)} does, or with the executor's {@link
   *     java.util.concurrent.RejectedExecutionException}
   */
  public CompletableFuture<Answer> askAsync(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    checkOpen();
    return asyncCalls.run(() -> ask(prompt));
  }

  /**
   * Answers a prompt as {@link #ask(Prompt, Consumer)} does, on another thread: the builder's
   * executor, or one of the cache's own threads.
   *
   * @param prompt what is asked
   * @param onText is given the pieces of the text, on that thread
   * @return a future that ends as {@link #ask(Prompt, Consumer)} does, or with the executor's
   *     {@link java.util.concurrent.RejectedExecutionException}
   */
  public CompletableFuture<Answer> askAsync(Prompt prompt, Consumer<String> onText) {
    requireNonNull(prompt, "prompt");
    requireNonNull(onText, "onText");
    checkOpen();
    return asyncCalls.run(() -> ask(prompt, onText));
  }

  /**
   * Where {@link #askAsync(Prompt)} runs, for adapters that run blocking calls of the cache of
   * their own.
   *
   * @return the builder's executor, or one of at most 256 daemon threads that the cache owns; more
   *     tasks wait for one, but a task given by such a thread while all are busy runs on it at once
   */
  public Executor executor() {
    return asyncCalls.executor();
  }

  /**
   * Records that a wrapped client could not process a request or a response for the cache. For
   * authors of wrapped clients. Does not block and never throws.
   *
   * @param cause the exception
   */
  public void adapterFailed(Throwable cause) {
    events.publish(new CacheEvent.Failed(CacheEvent.Part.ADAPTER, cause));
  }

  /**
   * Answers a prompt from the cache, or not at all: the model is never asked. Counts as a request.
   *
   * @param prompt what is asked
   * @return the answer, or empty if the cache has none; always empty if the prompt passes the cache
   *     by
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for another one's embedding; its interrupt flag is set
   * @throws RuntimeException of a cache that {@linkplain SemanticCacheBuilder#failOnCacheErrors
   *     fails on cache errors}: a {@link io.github.semcache.store.StoreException}, an {@link
   *     io.github.semcache.embedding.EmbedderException}, or whatever normalizer and policy throw
   */
  public Optional<Answer> lookup(Prompt prompt) {
    checkOpen();
    CacheRequest request = queries.request(prompt);
    request.asksNoModel();
    Optional<Answer> kept = lookups.find(request);
    if (kept.isEmpty()) {
      lookups.missed(request);
    }
    return kept;
  }

  /**
   * Shows what the cache knows of a prompt and what the policy says of it. Does not count as a
   * request, and asks no model.
   *
   * @param prompt what would be asked
   * @return the candidates and the decision
   * @throws IllegalArgumentException if nothing is left of the text when it is normalized
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   * @throws io.github.semcache.store.StoreException if the store fails
   * @throws RuntimeException whatever normalizer and policy throw
   */
  public Explanation explain(Prompt prompt) {
    checkOpen();
    return lookups.explain(queries.of(prompt));
  }

  /**
   * Takes a wrong answer out of service: the prompt is never again answered with that entry, nor
   * with another one of its answer group, also when the entry has gone; but the group that an
   * answer of the model joined after it was given is known only as long as its entry is there. An
   * answer to exactly this prompt is removed. A policy that learns, learns from it. Other caches on
   * the same store hear of it within half a minute, if they are asked anything.
   *
   * @param answer an answer of this cache
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails; the answer is out
   *     of service all the same
   * @throws io.github.semcache.store.StoreException if the store fails: then the answer may not be
   *     removed, or other caches not told. To a near prompt this cache serves it no more, and tells
   *     the others later
   */
  public void reportWrong(Answer answer) {
    checkOpen();
    feedback.wrong(answer);
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
    feedback.right(answer);
  }

  /**
   * Keeps an answer to a prompt, replacing the one kept before. The admission is not asked.
   *
   * @param prompt what may be asked; its {@linkplain Prompt#timeToLive(Duration) time to live}
   *     counts
   * @param answer the text to answer with
   * @throws IllegalArgumentException if nothing is left of the text when it is normalized
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
    checkOpen();
    keeper.put(prompt, reply);
  }

  /**
   * Keeps many answers, embedding and writing them in batches of 128. An answer whose prompt the
   * embedder {@linkplain io.github.semcache.embedding.RejectedTextException rejects}, because it is
   * too long for instance, is kept for exactly that prompt and no near one, so that one bad row
   * does not end an import; it counts as an embedder error, and the listener and the log are told
   * its number.
   *
   * @param answers prompts with their answers; read once, one batch at a time
   * @param progress is told after each batch how many answers are kept so far; called on this
   *     thread
   * @return how many answers were kept
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails; the batches
   *     before are kept
   * @throws IllegalArgumentException if nothing is left of a prompt's text when it is normalized;
   *     the batches before are kept
   * @throws io.github.semcache.store.StoreException if the store fails; the batches before are kept
   */
  public long putAll(Iterable<Map.Entry<Prompt, String>> answers, LongConsumer progress) {
    checkOpen();
    return keeper.putAll(answers.iterator(), requireNonNull(progress, "progress"));
  }

  /**
   * Removes the answer kept for exactly this prompt: the same normalized text in the same scope.
   *
   * @param prompt the prompt; an answer of a model other than the cache's own is removed if the
   *     prompt's scope has that model's {@linkplain Scope#settings(Map) settings}
   * @return whether there was one
   * @throws IllegalArgumentException if nothing is left of the text when it is normalized
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public boolean invalidate(Prompt prompt) {
    checkOpen();
    return changes.remove(new EntrySelector.ByKey(queries.of(prompt).key())) > 0;
  }

  /**
   * Removes all answers of a scope: those whose prompts had exactly these tags, system text and
   * earlier messages, under one chat model and its settings. Answers of several models are removed
   * one model at a time.
   *
   * @param scope the scope, as {@link Prompt#scope()} gives it, with the {@linkplain
   *     Scope#settings(Map) settings} of the model; without any, those of the cache's own chat
   *     client are meant
   * @return how many there were
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public long invalidate(Scope scope) {
    checkOpen();
    return changes.remove(new EntrySelector.ByScope(queries.scopeOf(scope).hash()));
  }

  /**
   * Removes all answers of the store.
   *
   * @return how many there were
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public long clear() {
    checkOpen();
    return changes.remove(new EntrySelector.All());
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
   * Closes the cache and its store, unless another open cache of the same builder uses the store.
   * Calls under way may fail. The embedder, the chat client and a given executor are left open. May
   * be called twice.
   */
  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      asyncCalls.close();
      learning.close();
      store.leave();
    }
  }
}
