package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.internal.chat.StreamingCall;
import io.github.semcache.internal.concurrent.AsyncExecutor;
import io.github.semcache.internal.concurrent.CoalescingGroup;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.internal.concurrent.MatchingDelay;
import io.github.semcache.internal.entry.CurrentSettings;
import io.github.semcache.internal.learning.UserFeedback;
import io.github.semcache.internal.migration.TransitionStore;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.policy.CacheSettings;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A cache for the answers of a language model. A prompt that was asked before, in the same or in
 * other words, is answered from the cache; only a new prompt reaches the model.
 *
 * <pre>{@code
 * try (SemanticCache cache =
 *     SemanticCache.builder().embedder(embedder).chatClient(chatClient).build()) {
 *   cache.ask("What is the capital of France?"); // from the model
 *   cache.ask("Which city serves as France's capital?"); // from the cache
 * }
 * }</pre>
 *
 * <p>Thread-safe. {@link #ask}, {@link #lookup}, {@link #explain}, {@code put}, and {@code
 * invalidate} block on the embedder, the store, and the verifier, and {@code ask} also blocks on
 * the model. Methods whose name ends in {@code Async} do not block. Concurrent calls of {@code ask}
 * with the same new prompt are coalesced: one calls the model, the others wait for its answer.
 *
 * <p>An answer belongs to a chat model and its settings. Methods that take a model or settings use
 * these. {@link #lookup}, {@link #explain}, {@code put}, and {@code invalidate} use the {@linkplain
 * Scope#settings settings of the scope}, or those of the cache's chat client if the scope has none.
 * An answer stored by {@code ask(prompt, model)} is therefore found with {@code
 * prompt.scope(prompt.scope().settings(model.settings()))}, and {@code answer.query().scope()} is
 * the scope of any answer.
 *
 * <p>Failures of the normalizer, embedder, store, policy, verifier, or admission do not fail {@link
 * #ask} or {@link #lookup}: they are counted, published to the listener, and treated as a miss,
 * unless {@link SemanticCacheBuilder#failOnCacheErrors} is set. Methods that change the cache throw
 * them. After the cache is closed, methods that look up, report, or change answers throw {@link
 * IllegalStateException}.
 */
public final class SemanticCache implements AutoCloseable {
  private static final int MAX_ANSWERS = 100;

  private final @Nullable ChatClient chatClient;
  private final VectorStore store;

  /** The store of the cache and the one that it replaces, which may have other versions. */
  private final @Nullable PreviousLookup previous;

  private final EventPublisher events;
  private final AsyncExecutor asyncExecutor;
  private final QueryFactory queries;
  private final CacheLookup lookup;
  private final MultiLookup multiLookup;
  private final RequestCoalescer coalescer;
  private final @Nullable Hedging hedging;
  private final @Nullable Refresher refresher;
  private final AnswerWriter writer;
  private final UserFeedback feedback;
  private final CacheOptions.TimeLimits limits;
  private final CurrentSettings settings;
  private final FailOpen failOpen;
  private final MatchingDelay modelCalls;
  private final Runnable closeParts;
  private final AtomicBoolean closed = new AtomicBoolean();

  SemanticCache(CacheParts parts) {
    this.chatClient = parts.options().chatClient();
    this.store = parts.changedStore();
    CacheParts.PreviousParts previousParts = parts.previous();
    this.previous = previousParts == null ? null : previousParts.lookup();
    this.events = parts.events();
    this.asyncExecutor = parts.asyncExecutor();
    this.queries = parts.queries();
    this.lookup = parts.lookup();
    this.multiLookup = parts.multiLookup();
    this.coalescer = parts.coalescer();
    this.hedging = parts.hedging();
    this.refresher = parts.refresher();
    this.writer = parts.writer();
    this.feedback = parts.feedback();
    this.limits = parts.options().limits();
    this.settings = parts.settings();
    this.failOpen = parts.failOpen();
    this.modelCalls = parts.modelCalls();
    this.closeParts = parts::close;
  }

  /**
   * Returns a builder with default options.
   *
   * @return a new builder
   */
  public static SemanticCacheBuilder builder() {
    return new SemanticCacheBuilder();
  }

  /**
   * Answers a prompt that consists of only a text; see {@link #ask(Prompt)}.
   *
   * @param text the text of the prompt
   * @return the answer
   * @throws IllegalArgumentException if the text is blank
   */
  public Answer ask(String text) {
    return ask(Prompt.of(text));
  }

  /**
   * Answers a prompt from the cache if possible, otherwise by the cache's chat client.
   *
   * @param prompt the prompt
   * @return the answer
   * @throws IllegalStateException if the cache was built without a chat client
   * @throws IllegalArgumentException if the prompt has an {@linkplain Prompt#embedding embedding}
   *     of another dimension than the cache, or the cache is exact only
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for another call; its interrupt flag is set
   * @throws RuntimeException the exception of the chat client, not wrapped. If the cache
   *     {@linkplain SemanticCacheBuilder#failOnCacheErrors fails on cache errors}, also a {@link
   *     io.github.semcache.store.StoreException}, an {@link
   *     io.github.semcache.embedding.EmbedderException}, or an exception of the normalizer, policy,
   *     verifier, or admission
   */
  public Answer ask(Prompt prompt) {
    return ask(prompt, requiredChatClient());
  }

  private ChatClient requiredChatClient() {
    if (chatClient == null) {
      throw new IllegalStateException("chatClient is missing; ask needs one");
    }
    return chatClient;
  }

  /**
   * Answers a prompt from the cache if possible, otherwise by a given model. An answer of one model
   * and its settings is never served to another. It is looked up and invalidated with these
   * settings in the scope; see {@link Scope#settings(Map)}. If the model has no settings, the
   * settings of the prompt's scope are used.
   *
   * @param prompt the prompt
   * @param model the model that answers a miss
   * @return the answer
   * @throws IllegalArgumentException if the prompt has an {@linkplain Prompt#embedding embedding}
   *     of another dimension than the cache, or the cache is exact only
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for another call; its interrupt flag is set
   * @throws RuntimeException the exception of the chat client, not wrapped. If the cache
   *     {@linkplain SemanticCacheBuilder#failOnCacheErrors fails on cache errors}, also a {@link
   *     io.github.semcache.store.StoreException}, an {@link
   *     io.github.semcache.embedding.EmbedderException}, or an exception of the normalizer, policy,
   *     verifier, or admission
   */
  public Answer ask(Prompt prompt, ChatClient model) {
    return ask(prompt, model, CoalescingGroup.ask());
  }

  private Answer ask(Prompt prompt, ChatClient model, CoalescingGroup group) {
    return ask(lookUpExact(prompt, model), model, group);
  }

  /** The first step: counts the request and looks it up by its key. */
  private LookupResult lookUpExact(Prompt prompt, ChatClient model) {
    checkOpen();
    return lookup.exact(counted(queries.requestOf(prompt, model.settings())));
  }

  /** The second step, after an exact miss: looks up a similar prompt. */
  private Answer ask(LookupResult exact, ChatClient model, CoalescingGroup group) {
    return hedging != null
            && group.isAsk()
            && exact instanceof LookupResult.Miss miss
            && lookup.isCompared(miss)
        ? hedging.ask(miss, result -> answer(result, model, CoalescingGroup.ask()))
        : answer(exact.orElse(lookup::semantic), model, group);
  }

  /** The last step, after a miss: calls the model, or waits for the call that another one makes. */
  private Answer answer(LookupResult result, ChatClient model, CoalescingGroup group) {
    if (refresher != null && result instanceof LookupResult.Hit hit) {
      refresher.refresh(hit, model instanceof StreamingCall streaming ? streaming.model() : model);
    }
    CacheCall call = delayed(result).toCall(miss -> coalescer.join(miss, group)).await();
    return call instanceof CacheCall.Answered answered
        ? answered.answer()
        : ((CacheCall.Lead) call).ask(model);
  }

  /** Delays a hit of a quiet prompt. */
  private LookupResult delayed(LookupResult result) {
    if (result instanceof LookupResult.Hit hit && hit.isQuiet()) {
      modelCalls.await();
    }
    return result;
  }

  /**
   * Answers a prompt as {@link #ask(Prompt)} does and passes the text to a consumer as it arrives.
   * The model streams if the chat client is a {@link io.github.semcache.chat.ChatClient.Streaming}.
   * A cached answer, an answer of another chat client, and an answer of another call arrive in one
   * piece. Streaming calls may wait for a plain {@link #ask(Prompt)}; a plain {@code ask} never
   * waits for a streaming call, because a slow consumer would delay it.
   *
   * @param prompt the prompt
   * @param onText receives the pieces of the text on this thread. If it throws, the call fails with
   *     its exception and nothing is stored
   * @return the complete answer
   * @throws IllegalStateException if the cache was built without a chat client
   * @throws IllegalArgumentException if the prompt has an {@linkplain Prompt#embedding embedding}
   *     of another dimension than the cache, or the cache is exact only
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for another call; its interrupt flag is set
   * @throws RuntimeException the exception of the chat client, not wrapped. If the cache
   *     {@linkplain SemanticCacheBuilder#failOnCacheErrors fails on cache errors}, also a {@link
   *     io.github.semcache.store.StoreException}, an {@link
   *     io.github.semcache.embedding.EmbedderException}, or an exception of the normalizer, policy,
   *     verifier, or admission
   */
  public Answer ask(Prompt prompt, Consumer<String> onText) {
    StreamingCall call = new StreamingCall(requiredChatClient(), requireNonNull(onText, "onText"));
    Answer answer = ask(prompt, call, CoalescingGroup.streamingAsk());
    call.deliver(answer.text());
    return answer;
  }

  /**
   * Begins a call for callers that call the model themselves. Looks up the prompt as {@link #ask}
   * does. Concurrent calls with the same new prompt, {@link #ask} included, are coalesced: one
   * leads, the others follow. A lead is not bound to a thread, so a thread must not wait for a lead
   * that it holds itself. The answer is looked up and invalidated with the settings in the scope;
   * see {@link Scope#settings(Map)}.
   *
   * @param prompt the prompt
   * @param settings the settings of the model; see {@link ChatClient#settings}
   * @return the answer, a lead, or a call to follow
   * @throws RuntimeException if the cache {@linkplain SemanticCacheBuilder#failOnCacheErrors fails
   *     on cache errors}: see {@link #lookup}
   */
  public CacheCall begin(Prompt prompt, Map<String, String> settings) {
    return begin(prompt, settings, CoalescingGroup.askOnAnyThread());
  }

  /**
   * Begins a call as {@link #begin(Prompt, Map)} does, and binds the lead to the calling thread:
   * calls with the same prompt that this thread makes before the lead ends do not wait for it. For
   * callers that call the model on the same thread.
   *
   * @param prompt the prompt
   * @param settings the settings of the model; see {@link ChatClient#settings}
   * @return the answer, a lead, or a call to follow
   * @throws RuntimeException if the cache {@linkplain SemanticCacheBuilder#failOnCacheErrors fails
   *     on cache errors}: see {@link #lookup}
   */
  public CacheCall beginOnThread(Prompt prompt, Map<String, String> settings) {
    return begin(prompt, settings, CoalescingGroup.ask());
  }

  /**
   * Begins a call as {@link #begin(Prompt, Map)} does, in its own coalescing group. Only calls of
   * the same group are coalesced. Use a group for calls that others must not wait for, such as
   * streams that advance as fast as their reader.
   *
   * @param prompt the prompt
   * @param settings the settings of the model; see {@link ChatClient#settings}
   * @param group the name of the group
   * @return the answer, a lead, or a call to follow
   * @throws RuntimeException if the cache {@linkplain SemanticCacheBuilder#failOnCacheErrors fails
   *     on cache errors}: see {@link #lookup}
   */
  public CacheCall begin(Prompt prompt, Map<String, String> settings, String group) {
    return begin(prompt, settings, CoalescingGroup.named(requireNonNull(group, "group")));
  }

  private CacheCall begin(Prompt prompt, Map<String, String> settings, CoalescingGroup group) {
    checkOpen();
    CacheRequest request = counted(queries.requestOf(prompt, settings));
    LookupResult result = delayed(lookup.exact(request).orElse(lookup::semantic));
    return refresher != null && group.isAsk() && result instanceof LookupResult.Hit hit
        ? refresher.answered(hit)
        : result.toCall(miss -> coalescer.join(miss, group));
  }

  private CacheRequest counted(CacheRequest request) {
    events.countScope(request.query());
    return request;
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the cache is closed");
    }
  }

  /**
   * Answers a prompt on another thread: on the builder's executor, or on one of at most 256 threads
   * of the cache. Additional calls wait for a thread; a call made on one of these threads while all
   * are busy runs immediately on that thread. Prompts are looked up by their key on separate
   * threads, so calls that wait for the model do not delay exact hits. Canceling the future does
   * not stop the call.
   *
   * @param prompt the prompt
   * @return a future that completes as {@link #ask(Prompt)} does, or fails with the executor's
   *     {@link java.util.concurrent.RejectedExecutionException}
   */
  public CompletableFuture<Answer> askAsync(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    checkOpen();
    return asyncExecutor.submit(
        () -> lookUpExact(prompt, requiredChatClient()),
        exact -> exact instanceof LookupResult.Hit hit && !hit.isQuiet(),
        exact -> ask(exact.restarted(), requiredChatClient(), CoalescingGroup.ask()));
  }

  /**
   * Answers a prompt as {@link #ask(Prompt, Consumer)} does, on another thread; see {@link
   * #askAsync(Prompt)}.
   *
   * @param prompt the prompt
   * @param onText receives the pieces of the text on that thread
   * @return a future that completes as {@link #ask(Prompt, Consumer)} does, or fails with the
   *     executor's {@link java.util.concurrent.RejectedExecutionException}
   */
  public CompletableFuture<Answer> askAsync(Prompt prompt, Consumer<String> onText) {
    requireNonNull(prompt, "prompt");
    requireNonNull(onText, "onText");
    checkOpen();
    return asyncExecutor.submit(() -> ask(prompt, onText));
  }

  /**
   * Returns the executor of {@link #askAsync(Prompt)}, for wrapped clients that make blocking calls
   * to the cache.
   *
   * @return the builder's executor, or the threads of the cache. It throws a {@link
   *     java.util.concurrent.RejectedExecutionException} if it cannot run a task, whatever the
   *     builder's executor throws
   */
  public Executor executor() {
    return asyncExecutor.executor();
  }

  /**
   * Returns the maximum time that a call waits for another call with the same prompt, for wrapped
   * clients whose requests have a shorter time-out.
   *
   * @return the {@linkplain SemanticCacheBuilder#maxWait maximum wait} of the builder
   */
  public Duration maxWait() {
    return limits.maxWait();
  }

  /**
   * Records that a wrapped client could not process a request or a response for the cache. For
   * authors of wrapped clients, who pass whatever their code or the user's callbacks throw. Does
   * not block.
   *
   * @param cause the exception
   * @throws Error the cause, if it must not be contained: a {@code ThreadDeath}, or a {@link
   *     VirtualMachineError} other than {@link StackOverflowError}, {@link OutOfMemoryError}, and
   *     {@link InternalError}
   */
  public void adapterFailed(Throwable cause) {
    FatalErrors.rethrowIfFatal(cause);
    events.publish(new CacheEvent.Failed(CacheEvent.Part.ADAPTER, cause));
  }

  /**
   * Answers a prompt only from the cache. Never calls the model. Counts as a request.
   *
   * @param prompt the prompt
   * @return the answer, or empty on a miss; always empty if the mode of the prompt is {@link
   *     Prompt.Mode#BYPASS}
   * @throws IllegalArgumentException if the prompt has an {@linkplain Prompt#embedding embedding}
   *     of another dimension than the cache, or the cache is exact only
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   *     for the embedding of another call; its interrupt flag is set
   * @throws RuntimeException if the cache {@linkplain SemanticCacheBuilder#failOnCacheErrors fails
   *     on cache errors}: a {@link io.github.semcache.store.StoreException}, an {@link
   *     io.github.semcache.embedding.EmbedderException}, or an exception of the normalizer, policy,
   *     or verifier
   */
  public Optional<Answer> lookup(Prompt prompt) {
    return answer(lookUpExact(prompt).orElse(lookup::semantic));
  }

  private LookupResult lookUpExact(Prompt prompt) {
    checkOpen();
    return lookup.exact(lookupRequest(prompt));
  }

  private CacheRequest lookupRequest(Prompt prompt) {
    return counted(queries.requestOf(prompt).lookupOnly());
  }

  private Optional<Answer> answer(LookupResult result) {
    if (result instanceof LookupResult.Hit hit) {
      return Optional.of(hit.answer());
    }
    lookup.count((LookupResult.Miss) result);
    return Optional.empty();
  }

  /**
   * Answers a prompt only from the cache as {@link #lookup} does, on another thread; see {@link
   * #askAsync(Prompt)}.
   *
   * @param prompt the prompt
   * @return a future that completes as {@link #lookup} does, or fails with the executor's {@link
   *     java.util.concurrent.RejectedExecutionException}
   */
  public CompletableFuture<Optional<Answer>> lookupAsync(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    checkOpen();
    return asyncExecutor.submit(
        () -> lookUpExact(prompt),
        exact -> exact instanceof LookupResult.Hit,
        exact -> answer(exact.restarted().orElse(lookup::semantic)));
  }

  /**
   * Answers several prompts only from the cache. Each prompt is decided on as {@link #lookup} does
   * and counts as a request, but they share one lookup by key, one call of the embedder, and one
   * search. In Redis, each of these lookups takes one round trip (in a cluster, one per search),
   * and prompts with {@linkplain Prompt#dependsOn dependencies} take another one. A {@linkplain
   * SemanticCacheBuilder#previousStore previous store} is looked up in the same way. The deadline
   * covers all prompts together: it is the longest of their {@linkplain Prompt#deadline deadlines},
   * so set a longer one if a batch is large or the embedder is slow.
   *
   * @param prompts the prompts; may be empty and contain equal prompts
   * @return the answer to each prompt, in the order of the prompts; empty for a miss
   * @throws IllegalArgumentException if the embedding of a prompt has another dimension
   * @throws RuntimeException if the cache {@linkplain SemanticCacheBuilder#failOnCacheErrors fails
   *     on cache errors}: see {@link #lookup}
   */
  public List<Optional<Answer>> lookupAll(List<Prompt> prompts) {
    checkOpen();
    List<CacheRequest> requests = prompts.stream().map(this::lookupRequest).toList();
    return multiLookup.lookupAll(requests).stream().map(this::answer).toList();
  }

  /**
   * Returns several answers to a prompt from the cache: the one that {@link #lookup} returns, and
   * those of other near entries that the policy and the verifier accept, nearest first. Answers of
   * a {@linkplain SemanticCacheBuilder#previousStore previous store} follow those of the store,
   * because distances of different models cannot be compared. At most {@code limit} + 4 other
   * candidates of each store are verified. Never calls the model. Counts as one request.
   *
   * @param prompt the prompt
   * @param limit the maximum number of answers, 1 to 100
   * @return the answers; empty on a miss
   * @throws IllegalArgumentException if the limit is out of range, or if the embedding of the
   *     prompt has another dimension
   * @throws RuntimeException if the cache {@linkplain SemanticCacheBuilder#failOnCacheErrors fails
   *     on cache errors}: see {@link #lookup}
   */
  public List<Answer> lookupNearest(Prompt prompt, int limit) {
    checkOpen();
    if (limit < 1 || limit > MAX_ANSWERS) {
      throw new IllegalArgumentException(
          "limit is " + limit + "; it must be between 1 and " + MAX_ANSWERS);
    }
    return multiLookup.nearest(lookupRequest(prompt), limit);
  }

  /**
   * Explains the decision on a prompt. Does not count as a request and never calls the chat client
   * of the cache; a {@linkplain SemanticCacheBuilder#verifier verifier} may call a model. Takes at
   * most 30 seconds, independently of the {@linkplain SemanticCacheBuilder#deadline deadline} of
   * requests; a cache that fails on cache errors and has no deadline has no such limit. If the
   * {@linkplain SemanticCacheBuilder#cacheability cacheability policy} decides that the answer must
   * not be cached, there are no candidates.
   *
   * @param prompt the prompt
   * @return the candidates and the decision
   * @throws IllegalArgumentException if the normalized text is blank
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails or does not
   *     respond
   * @throws io.github.semcache.store.StoreException if the store fails or does not respond
   * @throws IllegalStateException if the policy or the verifier does not respond
   * @throws RuntimeException if the normalizer, the policy, or the verifier throws
   */
  public Explanation explain(Prompt prompt) {
    checkOpen();
    return limits.runExplicitCall(() -> lookup.explain(prompt, queries.queryOf(prompt)));
  }

  /**
   * Reports a wrong answer. The prompt is never answered again with its entry, nor with another
   * entry of the same answer group among the nearest ones. The report is stored with these entries,
   * so it takes effect for all instances on the same store with their next lookup. An answer to
   * exactly this prompt is removed. A learning policy learns from the report. Takes at most 30
   * seconds; a cache that fails on cache errors and has no deadline has no such limit.
   *
   * @param answer an answer of this cache
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   * @throws io.github.semcache.store.StoreException if the store fails. In both cases the report
   *     takes effect immediately in this instance. It is stored later: after a lookup at least 30
   *     seconds later, or when the cache is closed
   */
  public void reportWrong(Answer answer) {
    checkOpen();
    reportWrong(reported(answer));
  }

  private void reportWrong(UserFeedback.ReportedAnswer answer) {
    limits.runExplicitCall(
        () -> {
          feedback.reportWrong(answer);
          return answer;
        });
  }

  /**
   * Confirms an answer. A learning policy learns from it if the answer was served for another
   * prompt than that of its entry; otherwise it is only counted. Takes at most 30 seconds, as
   * {@link #reportWrong(Answer)} does.
   *
   * @param answer an answer of this cache
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public void reportRight(Answer answer) {
    checkOpen();
    reportRight(reported(answer));
  }

  private void reportRight(UserFeedback.ReportedAnswer answer) {
    limits.runExplicitCall(
        () -> {
          feedback.reportRight(answer);
          return answer;
        });
  }

  /**
   * Reports a wrong answer as {@link #reportWrong(Answer)} does, for users of wrapped clients, who
   * receive no {@link Answer}. The entry id is part of the marked answer: see {@code
   * CacheControl.HIT} and {@code CachedChatModel.ENTRY}.
   *
   * @param entryId the id of the entry that the answer was served from or stored in
   * @param prompt the text that was asked; for a wrapped client, the question
   * @return whether the entry exists; otherwise the report has no effect
   * @throws IllegalArgumentException if the normalized text is blank
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   * @throws io.github.semcache.store.StoreException if the store fails; see {@link
   *     #reportWrong(Answer)}
   */
  public boolean reportWrong(String entryId, String prompt) {
    Optional<UserFeedback.ReportedAnswer> answer = reported(entryId, prompt);
    answer.ifPresent(this::reportWrong);
    return answer.isPresent();
  }

  /**
   * Confirms an answer as {@link #reportRight(Answer)} does; see {@link #reportWrong(String,
   * String)}.
   *
   * @param entryId the id of the entry that the answer was served from or stored in
   * @param prompt the text that was asked; for a wrapped client, the question
   * @return whether the entry exists; otherwise the report has no effect
   * @throws IllegalArgumentException if the normalized text is blank
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public boolean reportRight(String entryId, String prompt) {
    Optional<UserFeedback.ReportedAnswer> answer = reported(entryId, prompt);
    answer.ifPresent(this::reportRight);
    return answer.isPresent();
  }

  /** Returns the reported answer; empty if the entry does not exist. */
  private Optional<UserFeedback.ReportedAnswer> reported(String entryId, String prompt) {
    checkOpen();
    requireNonNull(entryId, "entryId");
    Optional<CacheEntry> found =
        limits.runExplicitCall(() -> failOpen.require(Operation.FIND, () -> store.find(entryId)));
    return found.map(
        entry -> {
          Query query = queries.queryInScope(prompt, entry.scope());
          return new UserFeedback.ReportedAnswer(
              query,
              Optional.of(entry.key()),
              Optional.of(entry.group()),
              !query.key().equals(entry.key()));
        });
  }

  private static UserFeedback.ReportedAnswer reported(Answer answer) {
    return new UserFeedback.ReportedAnswer(
        answer.query(),
        answer.entryId(),
        answer.group(),
        answer.source() == Answer.Source.SEMANTIC);
  }

  /**
   * Stores an answer to a prompt, replacing the previous one. Neither the admission nor the
   * cacheability policy is consulted: the answer is served to the same prompt even if answers of
   * the model to it are not stored. Takes at most 30 seconds; a cache that fails on cache errors
   * and has no deadline has no such limit. If a part does not respond in time, the entry may be
   * written later.
   *
   * @param prompt the prompt, whose {@linkplain Prompt#timeToLive(Duration) time to live} applies
   * @param answer the text of the answer
   * @throws IllegalArgumentException if the normalized text is blank
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails or does not
   *     respond
   * @throws io.github.semcache.store.StoreException if the store fails or does not respond
   */
  public void put(Prompt prompt, String answer) {
    put(prompt, ChatReply.of(answer));
  }

  /**
   * Stores an answer to a prompt with a time to live; see {@link #put(Prompt, String)}.
   *
   * @param prompt the prompt
   * @param answer the text of the answer
   * @param timeToLive from 1 ms to 100 years
   * @throws IllegalArgumentException if the time to live is out of range
   */
  public void put(Prompt prompt, String answer, Duration timeToLive) {
    put(prompt.timeToLive(timeToLive), answer);
  }

  /**
   * Stores a complete reply to a prompt; see {@link #put(Prompt, String)}.
   *
   * @param prompt the prompt
   * @param reply the reply
   * @throws IllegalArgumentException if the normalized text is blank
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails or does not
   *     respond
   * @throws io.github.semcache.store.StoreException if the store fails or does not respond
   */
  public void put(Prompt prompt, ChatReply reply) {
    checkOpen();
    limits.runExplicitCall(
        () -> {
          writer.put(prompt, reply);
          return prompt;
        });
  }

  /**
   * Stores an answer as {@link #put(Prompt, ChatReply)} does, on another thread; see {@link
   * #askAsync(Prompt)}.
   *
   * @param prompt the prompt
   * @param reply the reply
   * @return a future that completes when the answer is stored, or fails with the exception of
   *     {@code put} or the executor's {@link java.util.concurrent.RejectedExecutionException}
   */
  public CompletableFuture<Void> putAsync(Prompt prompt, ChatReply reply) {
    requireNonNull(prompt, "prompt");
    requireNonNull(reply, "reply");
    checkOpen();
    return asyncExecutor.run(() -> put(prompt, reply));
  }

  /**
   * Stores an answer to a prompt, and removes the answers that the cache would have served for it
   * from other prompts: those of the nearest entries in the same scope that the policy and the
   * verifier accept, also in the {@linkplain SemanticCacheBuilder#previousStore previous store}.
   * Use it to correct an answer that is stored for several wordings of a question. The new answer
   * is stored first. The lookup and the write take at most 30 seconds, as {@link #put(Prompt,
   * String)} does.
   *
   * @param prompt the prompt
   * @param reply the reply
   * @return the number of removed answers of other prompts
   * @throws IllegalArgumentException if the normalized text is blank
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails; nothing is stored
   * @throws io.github.semcache.store.StoreException if the store fails; the answer may be stored
   * @throws RuntimeException if the normalizer, the policy, or the verifier throws; nothing is
   *     stored
   */
  public long putReplacing(Prompt prompt, ChatReply reply) {
    checkOpen();
    requireNonNull(reply, "reply");
    Set<String> replaced =
        limits.runExplicitCall(
            () -> {
              Set<String> duplicates = lookup.duplicates(prompt, queries.queryOf(prompt));
              writer.put(prompt, reply);
              return duplicates;
            });
    return replaced.stream().mapToLong(key -> store.remove(new EntrySelector.ByKey(key))).sum();
  }

  /**
   * Replaces the answer of an entry. Its prompt, scope, embedding, expiry, dependencies, and labels
   * remain. The age of the answer starts again, and reports of users on the old answer are removed.
   * Copies of the entry, which the cache stores for other wordings that a chat verifier accepted,
   * are removed. If the entry is such a copy itself, the entry from which it was copied is changed,
   * and the copy is removed with the others. Other entries of the same answer group do not change.
   * Blocks on the store.
   *
   * @param entryId the {@linkplain Answer#entryId id} of the entry
   * @param reply the new answer
   * @return whether the entry exists; otherwise nothing is stored
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public boolean replaceAnswer(String entryId, ChatReply reply) {
    checkOpen();
    return writer.replaceAnswer(
        store, requireNonNull(entryId, "entryId"), requireNonNull(reply, "reply"));
  }

  /**
   * Changes the time to live of an entry. Blocks on the store.
   *
   * @param entryId the {@linkplain Answer#entryId id} of the entry
   * @param timeToLive the new time to live, counted from this call, from 1 ms to 100 years
   * @return whether the entry exists
   * @throws IllegalArgumentException if the time to live is out of range
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public boolean expireAfter(String entryId, Duration timeToLive) {
    checkOpen();
    return writer.expireAfter(
        store, requireNonNull(entryId, "entryId"), Prompt.checkTimeToLive(timeToLive));
  }

  /**
   * Stores many answers, embedding and writing them in batches. A batch ends with 128 answers, or
   * when its prompts and answers have 4 Mi characters, so the memory does not depend on the number
   * of answers. If the embedder {@linkplain
   * io.github.semcache.embedding.EmbedderException.RejectedText rejects} a prompt, for example
   * because it is too long, its answer is found only by exact lookups, and the import continues.
   * The rejection counts as an embedder error and is logged with the index of the answer.
   *
   * @param answers prompts and their answers; iterated once, one batch at a time
   * @param progress receives the number of stored answers after each batch, on this thread
   * @return the number of stored answers
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails; the previous
   *     batches are stored
   * @throws IllegalArgumentException if the normalized text of a prompt is blank; the previous
   *     batches are stored
   * @throws io.github.semcache.store.StoreException if the store fails; the previous batches are
   *     stored
   */
  public long putAll(Iterable<Map.Entry<Prompt, String>> answers, LongConsumer progress) {
    checkOpen();
    return writer.putAll(answers.iterator(), requireNonNull(progress, "progress"));
  }

  /**
   * Removes the answer to exactly this prompt: the same normalized text in the same scope.
   *
   * @param prompt the prompt. An answer of another model than the cache's own is removed if the
   *     prompt's scope has that model's {@linkplain Scope#settings(Map) settings}
   * @return whether there was an answer
   * @throws IllegalArgumentException if the normalized text is blank
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public boolean invalidate(Prompt prompt) {
    checkOpen();
    return store.remove(new EntrySelector.ByKey(queries.queryOf(prompt).key())) > 0;
  }

  /**
   * Removes the answer to exactly this prompt as {@link #invalidate(Prompt)} does, on another
   * thread; see {@link #askAsync(Prompt)}.
   *
   * @param prompt the prompt
   * @return a future that completes with whether there was an answer, or fails with the exception
   *     of {@code invalidate} or the executor's {@link
   *     java.util.concurrent.RejectedExecutionException}
   */
  public CompletableFuture<Boolean> invalidateAsync(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    checkOpen();
    return asyncExecutor.submit(() -> invalidate(prompt));
  }

  /**
   * Removes the selected answers as {@link #invalidate(EntrySelector)} does, on another thread; see
   * {@link #askAsync(Prompt)}.
   *
   * @param selector selects the answers
   * @return a future that completes with the number of removed answers, or fails with the exception
   *     of {@code invalidate} or the executor's {@link
   *     java.util.concurrent.RejectedExecutionException}
   */
  public CompletableFuture<Long> invalidateAsync(EntrySelector selector) {
    requireNonNull(selector, "selector");
    checkOpen();
    return asyncExecutor.submit(() -> invalidate(selector));
  }

  /**
   * Removes all answers of a scope: those of prompts with exactly these tags, system text and
   * preceding messages, for one chat model and its settings. Answers of several models are removed
   * one model at a time.
   *
   * @param scope the scope, as {@link Prompt#scope()} returns it, with the {@linkplain
   *     Scope#settings(Map) settings} of the model; if the scope has no settings, the settings of
   *     the cache's chat client are used
   * @return the number of removed answers
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public long invalidate(Scope scope) {
    checkOpen();
    return store.remove(new EntrySelector.ByScope(queries.scopeOf(scope).hash()));
  }

  /**
   * Removes the selected answers, for example those with a tag, in all scopes that have it:
   *
   * <pre>{@code
   * cache.invalidate(EntrySelector.tag("tenant", "acme"));
   * }</pre>
   *
   * <p>If nothing is removed, {@link #count count(EntrySelector.tag("tenant"))} shows whether any
   * answer has a tag with this name.
   *
   * @param selector selects the answers
   * @return the number of removed answers
   * @throws io.github.semcache.store.StoreException if the store fails; some of the answers may
   *     have been removed
   */
  public long invalidate(EntrySelector selector) {
    return invalidate(selector, removed -> {});
  }

  /**
   * Removes the selected answers and reports progress; see {@link #invalidate(EntrySelector)}.
   *
   * @param selector selects the answers
   * @param progress receives the number of answers removed so far, on this thread, after each batch
   * @return the number of removed answers
   * @throws io.github.semcache.store.StoreException if the store fails; some of the answers may
   *     have been removed
   */
  public long invalidate(EntrySelector selector, LongConsumer progress) {
    checkOpen();
    return store.remove(selector, progress);
  }

  /**
   * Counts the selected answers without removing them.
   *
   * @param selector selects the answers
   * @return the number of answers
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public long count(EntrySelector selector) {
    checkOpen();
    return store.count(selector);
  }

  /**
   * Returns the number of answers in the store, including those of other caches on the same store.
   * A Redis store scans all keys of the server.
   *
   * @return the number of answers
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public long size() {
    return count(new EntrySelector.All());
  }

  /**
   * Invalidates all answers that {@linkplain Prompt#dependsOn depend} on something that has
   * changed, including those that the model is computing at the moment. Lookups that begin after
   * this method has returned do not serve such an answer, in any instance on the same store. Only
   * other instances with a near cache may serve it for up to the maximum staleness of that cache.
   * The duration does not depend on the number of answers: they remain in the store until they
   * expire or are replaced.
   *
   * @param dependency the name of the dependency
   * @throws io.github.semcache.store.StoreException if the store fails; in that case, the answers
   *     may still be served
   */
  public void invalidateDependents(String dependency) {
    checkOpen();
    store.renewVersion(Scope.dependencyTerm(requireNonNull(dependency, "dependency")));
  }

  /**
   * Counts the answers that {@link #invalidateDependents} would invalidate.
   *
   * @param dependency the name of the dependency
   * @return the number of answers that depend on it and were computed since it was last invalidated
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public long countDependents(String dependency) {
    checkOpen();
    requireNonNull(dependency, "dependency");
    return store instanceof TransitionStore both
        ? both.countDependents(dependency)
        : store.count(EntrySelector.currentDependents(store, dependency));
  }

  /**
   * Removes all answers of the store, including those of other caches on the same store. A Redis
   * store scans all keys of the server.
   *
   * @return the number of removed answers
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public long clear() {
    checkOpen();
    return store.remove(new EntrySelector.All());
  }

  /**
   * Returns the settings that were changed since the cache was built.
   *
   * @return the settings; empty ones are those of the builder
   */
  public CacheSettings settings() {
    return settings.get();
  }

  /**
   * Changes settings while the cache is running: the threshold, the time to live, and the deadline.
   * Requests that begin later use them; settings of a prompt take precedence. If the instances on
   * the store {@linkplain SemanticCacheBuilder#sharedSettings share their settings}, blocks on the
   * store, and the others use the new settings within the interval of that option. The change is
   * published as {@link CacheEvent.SettingsChanged} and logged.
   *
   * @param settings the new settings, which replace all changes that were made before
   * @throws io.github.semcache.store.StoreException if the settings are shared and the store fails;
   *     in that case, nothing changes
   */
  public void update(CacheSettings settings) {
    checkOpen();
    this.settings.update(requireNonNull(settings, "settings"));
  }

  /**
   * Returns the statistics since the cache was built. For the statistics since another time,
   * subtract the snapshot of that time with {@link CacheStats#minus}.
   *
   * @return a snapshot
   */
  public CacheStats stats() {
    return events.snapshot();
  }

  /**
   * Returns which circuits are open or half-open: operations that failed repeatedly and that
   * requests currently continue without; see {@link SemanticCacheBuilder#circuitBreaker}. Does not
   * block.
   *
   * @return a subset of {@code normalize}, {@code classify} (the cacheability policy), {@code read}
   *     and {@code embed} (the embedder), {@code find}, {@code search}, and {@code write} (the
   *     store), {@code decide} (the policy), {@code verify}, and {@code admit}, and of the same
   *     names with {@code previous-} before them for the {@linkplain
   *     SemanticCacheBuilder#previousStore previous store} and its embedder
   */
  public Set<String> openCircuits() {
    Set<String> names = new TreeSet<>(failOpen.openCircuits());
    if (previous != null) {
      names.addAll(previous.openCircuits());
    }
    return names;
  }

  /**
   * Returns whether the cache is closed.
   *
   * @return true after the first call to {@link #close}
   */
  public boolean isClosed() {
    return closed.get();
  }

  /**
   * Closes the cache, and its store if the cache owns it: a store that the builder created, or that
   * was passed to {@link SemanticCacheBuilder#ownedStore}. Running calls may fail. The embedder,
   * the chat client, and an executor passed to the builder stay open. Idempotent.
   */
  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      closeParts.run();
    }
  }
}
