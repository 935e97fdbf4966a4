package io.github.semcache;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.concurrent.MatchingDelay;
import io.github.semcache.internal.concurrent.SingleFlight;
import io.github.semcache.internal.entry.Curation;
import io.github.semcache.internal.entry.DependencyStamp;
import io.github.semcache.internal.entry.ExpiryPolicy;
import io.github.semcache.internal.entry.ReplyMapper;
import io.github.semcache.internal.entry.TimeToLiveRenewal;
import io.github.semcache.internal.learning.ConfirmationRecorder;
import io.github.semcache.internal.learning.HitEvaluator;
import io.github.semcache.internal.migration.CopyMark;
import io.github.semcache.internal.resilience.CacheabilityCheck;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.internal.stats.UsagePublisher;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore.Lease;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers to the store: admitted replies of the model, and answers given by the caller. */
final class AnswerWriter {
  private static final Logger log = LoggerFactory.getLogger(AnswerWriter.class);
  private static final int BATCH_SIZE = 128;

  /** Limits the writes of an answer while other instances answer the same prompt. */
  private static final int MAX_WRITE_ATTEMPTS = 16;

  /** The number of characters after which a batch ends, so that a batch fits into memory. */
  private static final int BATCH_CHARACTERS = 1 << 22;

  private final QueryFactory queries;
  private final ResilientEmbedder embedder;
  private final ResilientStore store;
  private final @Nullable PreviousLookup previous;
  private final Admission admission;
  private final CacheabilityCheck cacheability;
  private final Supplier<ExpiryPolicy> expiry;
  private final @Nullable TimeToLiveRenewal renewal;
  private final InstantSource time;
  private final CacheOptions.TimeLimits limits;
  private final @Nullable HitEvaluator evaluator;
  private final @Nullable ConfirmationRecorder confirmations;
  private final UsagePublisher usage;
  private final MatchingDelay modelCalls;
  private final EventPublisher events;
  private final FailOpen failOpen;

  /**
   * Creates a writer.
   *
   * @param previous the lookup in the store that {@code store} replaces; null for none. After an
   *     answer was stored, the previous answer to the same prompt is removed, so that it is not
   *     served again when the new one expires
   */
  AnswerWriter(
      QueryFactory queries,
      ResilientEmbedder embedder,
      ResilientStore store,
      @Nullable PreviousLookup previous,
      Admission admission,
      CacheabilityCheck cacheability,
      Supplier<ExpiryPolicy> expiry,
      @Nullable TimeToLiveRenewal renewal,
      InstantSource time,
      CacheOptions.TimeLimits limits,
      @Nullable HitEvaluator evaluator,
      @Nullable ConfirmationRecorder confirmations,
      UsagePublisher usage,
      MatchingDelay modelCalls,
      EventPublisher events,
      FailOpen failOpen) {
    this.queries = queries;
    this.embedder = embedder;
    this.store = store;
    this.previous = previous;
    this.admission = admission;
    this.cacheability = cacheability;
    this.expiry = expiry;
    this.renewal = renewal;
    this.time = time;
    this.limits = limits;
    this.evaluator = evaluator;
    this.confirmations = confirmations;
    this.usage = usage;
    this.modelCalls = modelCalls;
    this.events = events;
    this.failOpen = failOpen;
  }

  /** Records that the model is about to be called. */
  void onModelCall(LookupResult.Miss miss) {
    if (evaluator != null) {
      miss.decided().ifPresent(evaluator::onModelCall);
    }
  }

  /** Stores a reply of the model if it is admitted, and returns the answer for the caller. */
  Answer onReply(LookupResult.Miss miss, ChatReply reply, EventPublisher.Stopwatch stopwatch) {
    Duration took = stopwatch.elapsed();
    modelCalls.add(took);
    events.publish(new CacheEvent.ModelAnswered(took, reply.finishReason(), reply.usage()));
    usage.onModelCall(miss.request().query(), reply, took);
    Optional<String> entryId = tryStore(miss, reply, took);
    return Answer.ofModel(miss.request(), reply, entryId, miss.reason(), miss.verification());
  }

  /**
   * Returns the id of the reply's entry; empty if it was not stored in time. The model has
   * answered, so nothing that happens here may withhold the answer.
   */
  private Optional<String> tryStore(LookupResult.Miss miss, ChatReply reply, Duration took) {
    Supplier<Optional<String>> storing =
        () ->
            failOpen
                .contain(CacheEvent.Part.STORE, () -> store(miss, reply, took))
                .orElse(noEntry());
    return untilDeadline(storing);
  }

  private <T> T untilDeadline(Supplier<T> storing) {
    return limits.storingDeadline().map(deadline -> deadline.run(storing)).orElseGet(storing);
  }

  private static Optional<String> noEntry() {
    return Optional.empty();
  }

  void onFailure(LookupResult.Miss miss, Throwable failure) {
    events.publish(new CacheEvent.Failed(CacheEvent.Part.MODEL, failure));
    release(miss);
  }

  void onAbandoned(LookupResult.Miss miss) {
    events.publish(new CacheEvent.Abandoned());
    release(miss);
  }

  /**
   * Ends the lease of a call that stores no answer. The lease of a refresh is left to expire, so
   * that no instance tries again before.
   */
  private void release(LookupResult.Miss miss) {
    if (!miss.reason().equals(MissReason.REFRESH)) {
      miss.waiting().lease().ifPresent(this::release);
    }
  }

  /** Ends a lease without writing an answer, before the current deadline or that of storing. */
  void release(Lease lease) {
    Supplier<Boolean> release =
        () -> {
          store.tryRelease(lease);
          return true;
        };
    boolean unused = Deadline.current().isPresent() ? release.get() : untilDeadline(release);
  }

  /** Returns the id of the reply's entry; empty if it was not stored. */
  private Optional<String> store(LookupResult.Miss miss, ChatReply reply, Duration took) {
    if (!miss.request().writes() || miss.storeFailed()) {
      return Optional.empty();
    }
    Optional<CacheEntry> stored = Optional.empty();
    try {
      if (!admits(miss.request().prompt(), reply)) {
        events.publish(new CacheEvent.NotAdmitted(reply.finishReason()));
        return Optional.empty();
      }
      if (!miss.shadowHit() && miss.request().meetsOwnFilter()) {
        stored = write(miss, reply, took);
      }
    } finally {
      if (stored.isEmpty()) {
        release(miss);
      }
    }
    onStored(miss, reply, stored);
    return stored.map(CacheEntry::key);
  }

  private void onStored(LookupResult.Miss miss, ChatReply reply, Optional<CacheEntry> stored) {
    if (evaluator != null) {
      miss.decided().ifPresent(decided -> evaluator.onReply(decided, reply, stored));
    }
  }

  private boolean admits(Prompt prompt, ChatReply reply) {
    return failOpen.attempt(Operation.ADMIT, () -> admission.admits(prompt, reply)).orElse(false);
  }

  private Optional<CacheEntry> write(LookupResult.Miss miss, ChatReply reply, Duration took) {
    CacheRequest request = miss.request();
    Optional<String> versions = versions(miss);
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> timeToLive =
        expiry.get().timeToLiveOf(request.prompt(), cacheability.maxTimeToLive(request.prompt()));
    NewEntry entry =
        with(
            newEntry(
                request.prompt(),
                request.query(),
                reply,
                versions.get(),
                embedding(miss),
                timeToLive),
            plain -> ReplyMapper.withModelTime(plain, took));
    return write(miss, entry);
  }

  /**
   * Writes an answer of the model. If another entry was written under its key in the meantime, the
   * answer replaces that entry, unless it is curated, or the answer was invalidated since.
   */
  private Optional<CacheEntry> write(LookupResult.Miss miss, NewEntry entry) {
    Replaced replaced = replaced(miss);
    for (int attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt++) {
      if (!miss.request().prompt().isCurated() && replaced.isCurated()) {
        return Optional.empty();
      }
      Optional<CacheEntry> old = replaced.entry();
      NewEntry marked = with(entry, plain -> marked(miss, plain, old));
      Optional<Boolean> written =
          tryPut(miss, marked, replaced.known(), () -> onWritten(miss, marked, old));
      if (written.isEmpty()) {
        return Optional.empty();
      }
      if (written.get()) {
        onWritten(miss, marked, old);
        return Optional.of(marked.entry());
      }
      Replaced current = Replaced.find(store, miss.request().query());
      if (!DependencyStamp.matches(entry.entry(), current.versions())) {
        return Optional.empty();
      }
      replaced = replaced(miss, current);
    }
    return Optional.empty();
  }

  /**
   * Writes an entry under the lease of the request, or unless the entry under its key has changed.
   *
   * @param onLate is called if the entry was written after this method has returned
   * @return whether it was written, or is to be written again; empty if it cannot be written
   */
  private Optional<Boolean> tryPut(
      LookupResult.Miss miss, NewEntry entry, Optional<Instant> known, Runnable onLate) {
    Optional<Lease> lease = miss.waiting().lease();
    if (lease.isEmpty() && !miss.request().prompt().isCurated()) {
      return store.tryPutIfUnchanged(entry, known, onLate);
    }
    boolean isWritten =
        lease
            .map(held -> store.tryPut(entry, held, onLate))
            .orElseGet(() -> store.tryPut(entry, onLate));
    return isWritten ? Optional.of(true) : Optional.empty();
  }

  private void onWritten(LookupResult.Miss miss, NewEntry written, Optional<CacheEntry> replaced) {
    Query query = miss.request().query();
    if (previous != null) {
      previous.tryRemove(query.key());
    }
    if (confirmations != null && !miss.request().prompt().isCurated()) {
      confirmations.onStored(query, written.embedding(), written.entry(), replaced);
    }
  }

  /**
   * The entry that an answer replaces.
   *
   * @param entry the entry; empty if there is none
   * @param versions the versions of its dependencies in the store of the entry
   * @param known the creation time of the entry under the key in the current store; empty for none
   */
  private record Replaced(Optional<CacheEntry> entry, String versions, Optional<Instant> known) {

    /** Excludes entries of another scope, and copies that may never be served. */
    static Replaced of(Query query, Optional<CacheEntry> stored, String versions) {
      return new Replaced(
          stored
              .filter(entry -> entry.scope().equals(query.scope().hash()))
              .filter(entry -> !CopyMark.isPending(entry)),
          versions,
          stored.map(CacheEntry::createdAt));
    }

    static Replaced find(ResilientStore store, Query query) {
      return store
          .tryFind(query)
          .map(found -> of(query, found.stored(), found.versions()))
          .orElseGet(() -> new Replaced(Optional.empty(), "", Optional.empty()));
    }

    Replaced withKnown(Optional<Instant> createdAt) {
      return new Replaced(entry, versions, createdAt);
    }

    /** Returns whether the entry is curated, and its dependencies have not changed. */
    boolean isCurated() {
      return entry
          .filter(Curation::isCurated)
          .filter(found -> DependencyStamp.matches(found, versions))
          .isPresent();
    }
  }

  /**
   * Returns the entry that the answer replaces. The store is searched if the request did not look
   * up the entry, because it asks for a new answer or its deadline had expired. If the store has
   * none, the previous store is searched, unless the lookup would have served its entry.
   */
  private Replaced replaced(LookupResult.Miss miss) {
    CacheRequest request = miss.request();
    boolean isLookedUp =
        miss.waiting().stored().isPresent() || (request.reads() && miss.versions().isPresent());
    Replaced replaced =
        isLookedUp
            ? Replaced.of(request.query(), miss.waiting().stored(), miss.versions().orElse(""))
            : Replaced.find(store, request.query());
    return replaced(miss, replaced);
  }

  private Replaced replaced(LookupResult.Miss miss, Replaced current) {
    return current.entry().isPresent() || previous == null || miss.request().readsAll()
        ? current
        : Replaced.find(previous.store(), miss.request().query()).withKnown(current.known());
  }

  private CacheEntry marked(
      LookupResult.Miss miss, CacheEntry entry, Optional<CacheEntry> replaced) {
    CacheRequest request = miss.request();
    if (request.prompt().isCurated()) {
      return Curation.mark(entry);
    }
    boolean isRefresh = request.reads() && miss.reason().equals(MissReason.REFRESH);
    return confirmations == null
        ? entry
        : confirmations.mark(entry, request.query(), replaced, isRefresh);
  }

  private static NewEntry with(NewEntry entry, UnaryOperator<CacheEntry> change) {
    return new NewEntry(
        change.apply(entry.entry()), entry.embedding(), entry.timeToLive(), entry.terms());
  }

  /** Marks an entry that the caller stores, if the prompt requests it. */
  private static NewEntry marked(Prompt prompt, NewEntry entry) {
    return prompt.isCurated() ? with(entry, Curation::mark) : entry;
  }

  /**
   * Returns the versions of the dependencies before the model was called; empty if there are
   * dependencies whose versions are not known, so that the answer cannot be stored.
   */
  private static Optional<String> versions(LookupResult.Miss miss) {
    return miss.request().query().scope().dependencies().isEmpty()
        ? Optional.of("")
        : miss.versions();
  }

  /**
   * Returns the embedding of the lookup, even if it was computed after the deadline, or computes
   * one if the lookup did not try.
   */
  private Optional<Embedding> embedding(LookupResult.Miss miss) {
    if (miss.embeddingTried()) {
      return miss.embedding().or(miss.request().late()::get);
    }
    try {
      return embedder.tryRead(miss.request().query().text()).orElse(false)
          ? embedder.tryEmbed(miss.request())
          : Optional.empty();
    } catch (SingleFlight.InterruptedWaitException e) {
      return Optional.empty(); // The answer is available; the interrupt flag stays set.
    }
  }

  private NewEntry newEntry(
      Prompt prompt,
      Query query,
      ChatReply reply,
      String versions,
      Optional<Embedding> embedding,
      Optional<Duration> timeToLive) {
    Instant now = time.instant().truncatedTo(ChronoUnit.MILLIS);
    CacheEntry entry = ReplyMapper.entryOf(query, reply, versions, now).labels(prompt.labels());
    CacheEntry expiring = ReplyMapper.withExpiry(entry, timeToLive, now);
    return new NewEntry(
        renewal == null ? expiring : renewal.mark(expiring, timeToLive),
        embedding,
        timeToLive,
        terms(prompt, query, versions));
  }

  private static Set<String> terms(Prompt prompt, Query query, String versions) {
    Set<String> terms = new HashSet<>(DependencyStamp.terms(query.scope(), versions));
    terms.addAll(prompt.labels().terms());
    return terms;
  }

  /**
   * Stores the answer of an entry under the key of another query too, in the same answer group,
   * until the entry expires. A curated answer of that query is not replaced. Reads the entry again,
   * which may have been removed while it was verified.
   */
  void addKey(LookupResult.Miss miss, CacheEntry entry) {
    if (!miss.request().addsKeys()) {
      return;
    }
    Replaced replaced = replaced(miss);
    if (!replaced.isCurated()) {
      store
          .tryFindEntry(entry.key())
          .filter(current -> current.createdAt().equals(entry.createdAt()))
          .filter(current -> current.answer().equals(entry.answer()))
          .flatMap(
              current ->
                  ReplyMapper.copyFor(
                      miss.request().query(), miss.embedding(), current, time.instant()))
          .ifPresent(copy -> store.tryPutIfUnchanged(copy, replaced.known(), () -> {}));
    }
  }

  /** Stores an answer given by the caller. Failures are thrown. */
  void put(Prompt prompt, ChatReply reply) {
    Query query = queries.queryOf(prompt);
    String versions = failOpen.require(Operation.FIND, () -> store.versions(query));
    Optional<Embedding> embedding = embedder.requireIfReadable(query);
    NewEntry entry =
        marked(
            prompt,
            newEntry(prompt, query, reply, versions, embedding, expiry.get().timeToLiveOf(prompt)));
    failOpen.require(
        Operation.WRITE,
        () -> {
          store.put(List.of(entry));
          return entry;
        });
    if (previous != null) {
      previous.remove(query.key());
    }
  }

  /**
   * Replaces the answer of an entry and removes its copies; returns whether the entry exists. If
   * the entry is a copy of an entry with the same answer, that entry is changed, and the copies are
   * removed. Failures are thrown.
   */
  boolean replaceAnswer(VectorStore entries, String key, ChatReply reply) {
    Instant now = time.instant().truncatedTo(ChronoUnit.MILLIS);
    UnaryOperator<CacheEntry> change = entry -> ReplyMapper.withReply(entry, reply, now);
    Optional<CacheEntry> old = entries.find(key);
    Optional<String> origin = old.map(ReplyMapper::originOf).filter(other -> !other.equals(key));
    if (origin.isEmpty()) {
      boolean isReplaced = entries.updateEntry(key, change).isPresent();
      return isReplaced && removeCopies(entries, key);
    }
    String answer = old.get().answer();
    Optional<CacheEntry> original =
        entries.updateEntry(
            origin.get(), entry -> entry.answer().equals(answer) ? change.apply(entry) : entry);
    return original.filter(entry -> entry.answer().equals(reply.text())).isPresent()
        ? removeCopies(entries, origin.get())
        : entries.updateEntry(key, change).isPresent();
  }

  private static boolean removeCopies(VectorStore entries, String origin) {
    long unused = entries.remove(new EntrySelector.ByTerm(Scope.copyTerm(origin)));
    return true;
  }

  /**
   * Changes the time to live of an entry; returns whether it exists. The attributes are changed
   * first, so that a concurrent renewal does not revert the change. Failures are thrown.
   */
  boolean expireAfter(VectorStore entries, String key, Duration timeToLive) {
    Optional<Duration> changed = Optional.of(timeToLive);
    Instant now = time.instant();
    return entries
            .updateAttributes(key, entry -> ReplyMapper.withExpiry(entry, changed, now))
            .isPresent()
        && entries.expire(key, changed);
  }

  /** Stores answers given by the caller in batches. Failures are thrown. */
  long putAll(Iterator<Map.Entry<Prompt, String>> answers, LongConsumer progress) {
    long stored = 0;
    while (answers.hasNext()) {
      List<Map.Entry<Prompt, String>> batch = new ArrayList<>(BATCH_SIZE);
      long characters = 0;
      while (batch.size() < BATCH_SIZE && characters < BATCH_CHARACTERS && answers.hasNext()) {
        Map.Entry<Prompt, String> answer = answers.next();
        batch.add(answer);
        characters += answer.getKey().text().length() + String.valueOf(answer.getValue()).length();
      }
      List<NewEntry> entries = newEntries(batch, stored);
      store.put(entries);
      if (previous != null) {
        entries.forEach(entry -> previous.remove(entry.entry().key()));
      }
      stored += batch.size();
      progress.accept(stored);
    }
    return stored;
  }

  private List<NewEntry> newEntries(List<Map.Entry<Prompt, String>> answers, long offset) {
    List<Query> prompts = answers.stream().map(answer -> queries.queryOf(answer.getKey())).toList();
    List<String> versions = prompts.stream().map(store::versions).toList();
    List<Optional<Embedding>> embeddings = embed(prompts, offset);
    List<NewEntry> entries = new ArrayList<>(answers.size());
    for (int i = 0; i < answers.size(); i++) {
      Map.Entry<Prompt, String> answer = answers.get(i);
      ChatReply reply = ChatReply.of(answer.getValue());
      entries.add(
          marked(
              answer.getKey(),
              newEntry(
                  answer.getKey(),
                  prompts.get(i),
                  reply,
                  versions.get(i),
                  embeddings.get(i),
                  expiry.get().timeToLiveOf(answer.getKey()))));
    }
    return entries;
  }

  /**
   * Embeds a batch, or each text on its own if the embedder rejects one of them. Texts that the
   * embedder cannot read have no embedding.
   */
  private List<Optional<Embedding>> embed(List<Query> prompts, long offset) {
    List<String> readable =
        prompts.stream()
            .filter(query -> query.embedding().isEmpty())
            .map(Query::text)
            .distinct()
            .filter(embedder::reads)
            .toList();
    Map<String, EmbedderException.RejectedText> rejected = new HashMap<>();
    Map<String, Embedding> byText = embedder.embedAll(readable, rejected::put);
    List<Optional<Embedding>> embeddings = new ArrayList<>(prompts.size());
    for (int i = 0; i < prompts.size(); i++) {
      Query query = prompts.get(i);
      Optional<Embedding> embedding =
          query.embedding().or(() -> Optional.ofNullable(byText.get(query.text())));
      EmbedderException.RejectedText failure = rejected.get(query.text());
      if (embedding.isEmpty() && failure != null) {
        reportRejected(offset + i, failure);
      }
      embeddings.add(embedding);
    }
    return embeddings;
  }

  private void reportRejected(long index, EmbedderException.RejectedText failure) {
    String message = "the embedder rejects the prompt at index " + index;
    events.publish(
        new CacheEvent.Failed(
            CacheEvent.Part.EMBEDDER, new EmbedderException.RejectedText(message, failure)));
    log.warn("{}: its answer is stored for exactly this prompt", message);
  }
}
