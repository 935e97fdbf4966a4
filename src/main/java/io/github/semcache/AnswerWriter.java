package io.github.semcache;

import io.github.semcache.chat.Admission;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.RejectedTextException;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.NewEntry;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps answers: those of the model if they may be kept, and those that the caller puts. */
final class AnswerWriter {
  private static final Logger log = LoggerFactory.getLogger(SemanticCache.class);
  private static final int BATCH = 128;

  private final QueryFactory queries;
  private final ResilientEmbedder embeddings;
  private final ResilientStore entries;
  private final Admission admission;
  private final ExpiryPolicy lifetimes;
  private final InstantSource time;
  private final Learning learning;
  private final EventPublisher events;
  private final FailOpen fence;

  AnswerWriter(
      SemanticCacheBuilder options,
      QueryFactory queries,
      ResilientEmbedder embeddings,
      ResilientStore entries,
      Learning learning,
      EventPublisher events,
      FailOpen fence) {
    this.queries = queries;
    this.embeddings = embeddings;
    this.entries = entries;
    this.admission = options.admission;
    this.lifetimes = options.lifetimes();
    this.time = options.time;
    this.learning = learning;
    this.events = events;
    this.fence = fence;
  }

  /** The model is about to be asked. */
  void asksModel(CacheRequest request) {
    learning.asksModel(request);
  }

  /** The model answered: keeps its reply if it may be kept, and makes the caller's answer of it. */
  Answer answered(CacheRequest request, ChatReply reply, EventPublisher.Stopwatch stopwatch) {
    events.publish(
        new CacheEvent.ModelAnswered(stopwatch.elapsed(), reply.finishReason(), reply.usage()));
    return Answer.ofModel(request.query, reply, remember(request, reply), request.missReason());
  }

  void failed(Throwable failure) {
    events.publish(new CacheEvent.Failed(CacheEvent.Part.MODEL, failure));
  }

  void abandoned() {
    events.publish(new CacheEvent.Abandoned());
  }

  /** The id of the reply's entry; empty if it is not kept. */
  private Optional<String> remember(CacheRequest request, ChatReply reply) {
    if (!request.writes() || request.storeFailed()) {
      return Optional.empty();
    }
    if (!admits(request.prompt, reply)) {
      events.publish(new CacheEvent.NotAdmitted(reply.finishReason()));
      return Optional.empty();
    }
    Optional<NewEntry> kept = request.isHidden() ? Optional.empty() : write(request, reply);
    learning.observe(request, reply, kept);
    return kept.map(insertion -> insertion.entry().key());
  }

  private boolean admits(Prompt prompt, ChatReply reply) {
    return fence.attempt(Operation.ADMIT, () -> admission.admits(prompt, reply)).orElse(false);
  }

  private Optional<NewEntry> write(CacheRequest request, ChatReply reply) {
    NewEntry insertion = insertion(request.prompt, request.query, reply, embedding(request));
    return entries.put(request, insertion) ? Optional.of(insertion) : Optional.empty();
  }

  /** The model's answer is there, and not lost to an interrupt; the thread keeps its flag. */
  private Optional<Embedding> embedding(CacheRequest request) {
    try {
      return embeddings.embed(request);
    } catch (SingleFlight.InterruptedWait e) {
      return Optional.empty();
    }
  }

  private NewEntry insertion(
      Prompt prompt, Query query, ChatReply reply, Optional<Embedding> embedding) {
    return new NewEntry(
        ReplyMapper.entryOf(query, reply, time.instant().truncatedTo(ChronoUnit.MILLIS)),
        embedding,
        lifetimes.of(prompt));
  }

  /** Keeps what the caller gives. Trouble is thrown. */
  void put(Prompt prompt, ChatReply reply) {
    Query query = queries.of(prompt);
    Optional<Embedding> embedding = Optional.of(embeddings.embed(query.text()));
    entries.put(List.of(insertion(prompt, query, reply, embedding)));
  }

  /** Keeps what the caller gives, a batch at a time. Trouble is thrown. */
  long putAll(Iterator<Map.Entry<Prompt, String>> answers, LongConsumer progress) {
    long kept = 0;
    while (answers.hasNext()) {
      List<Map.Entry<Prompt, String>> batch = new ArrayList<>(BATCH);
      while (batch.size() < BATCH && answers.hasNext()) {
        batch.add(answers.next());
      }
      entries.put(insertions(batch, kept));
      kept += batch.size();
      progress.accept(kept);
    }
    return kept;
  }

  private List<NewEntry> insertions(List<Map.Entry<Prompt, String>> answers, long before) {
    List<Query> asked = answers.stream().map(answer -> queries.of(answer.getKey())).toList();
    List<Optional<Embedding>> made = embeddings(asked, before);
    List<NewEntry> insertions = new ArrayList<>(answers.size());
    for (int i = 0; i < answers.size(); i++) {
      Map.Entry<Prompt, String> answer = answers.get(i);
      ChatReply reply = ChatReply.of(answer.getValue());
      insertions.add(insertion(answer.getKey(), asked.get(i), reply, made.get(i)));
    }
    return insertions;
  }

  /** One text that the embedder rejects must not cost the others of its batch their embeddings. */
  private List<Optional<Embedding>> embeddings(List<Query> asked, long before) {
    try {
      return embeddings.embed(asked.stream().map(Query::text).toList()).stream()
          .map(Optional::of)
          .toList();
    } catch (RejectedTextException e) {
      return IntStream.range(0, asked.size())
          .mapToObj(i -> embeddingUnlessRejected(asked.get(i), before + i))
          .toList();
    }
  }

  private Optional<Embedding> embeddingUnlessRejected(Query query, long number) {
    try {
      return Optional.of(embeddings.embed(query.text()));
    } catch (RejectedTextException e) {
      String rejected = "the embedder rejects the prompt of answer " + number + ", counted from 0";
      events.publish(
          new CacheEvent.Failed(CacheEvent.Part.EMBEDDER, new RejectedTextException(rejected, e)));
      log.warn("{}: the answer is kept for exactly this prompt", rejected);
      return Optional.empty();
    }
  }
}
