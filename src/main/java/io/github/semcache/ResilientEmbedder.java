package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.concurrent.Interrupts;
import io.github.semcache.internal.concurrent.SingleFlight;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.internal.text.InvisibleCharacters;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The embedder with validation, timing, failure handling and coalescing of concurrent calls for the
 * same text.
 */
final class ResilientEmbedder {
  private final Embedder embedder;
  private final EmbeddingSpace space;
  private final EventPublisher events;
  private final FailOpen failOpen;
  private final SingleFlight<Optional<Embedding>> calls = new SingleFlight<>();

  ResilientEmbedder(Embedder embedder, EventPublisher events, FailOpen failOpen) {
    this.embedder = embedder;
    this.space = EmbeddingSpace.of(embedder);
    this.events = events;
    this.failOpen = failOpen;
  }

  /** Returns whether a text may be compared by its embedding; empty if the embedder fails. */
  Optional<Boolean> tryRead(String text) {
    return failOpen.attempt(Operation.READ, () -> reads(text));
  }

  /**
   * Returns whether a text may be compared by its embedding: the model reads nearly all of it, and
   * it has no invisible characters.
   */
  boolean reads(String text) {
    return !InvisibleCharacters.in(text) && embedder.coverage(text) >= Embedder.MIN_COVERAGE;
  }

  /**
   * Returns whether the text of a query may be compared, with the embedding of the caller if any.
   */
  boolean reads(Query query) {
    return query.embedding().isPresent() || reads(query.text());
  }

  /**
   * Returns the embedding of a query, computed until the current deadline unless the caller has
   * given it; empty if the text may not be compared by its embedding.
   *
   * @throws EmbedderException if the embedder fails or does not respond
   */
  Optional<Embedding> requireIfReadable(Query query) {
    if (query.embedding().isPresent()) {
      return query.embedding();
    }
    return failOpen.require(Operation.READ, () -> reads(query.text()))
        ? Optional.of(failOpen.require(Operation.EMBED, () -> embed(query.text())))
        : Optional.empty();
  }

  /** Embeds the text of a request; empty if the embedder fails. */
  Optional<Embedding> tryEmbed(CacheRequest request) {
    Attempt attempt = new Attempt(request);
    return calls.run(
        attempt.text,
        Optional.of(request.limits().maxWaitInLookup()),
        attempt,
        Optional::isPresent,
        attempt::endedByCaller);
  }

  /**
   * One attempt. If it ends because the caller is interrupted or because of the caller's deadline,
   * each follower makes its own attempt.
   */
  private final class Attempt implements Supplier<Optional<Embedding>> {
    private final CacheRequest request;
    private final String text;
    private volatile boolean interrupted;

    Attempt(CacheRequest request) {
      this.request = request;
      this.text = request.query().text();
    }

    @Override
    public Optional<Embedding> get() {
      return failOpen.attempt(Operation.EMBED, this::embedding);
    }

    boolean endedByCaller() {
      return interrupted
          || Thread.currentThread().isInterrupted()
          || Deadline.current().filter(Deadline::isExpired).isPresent();
    }

    private Embedding embedding() {
      try {
        Embedding computed = embed(text);
        request.late().set(computed);
        return computed;
      } catch (RuntimeException e) {
        interrupted = Interrupts.caused(e);
        throw e;
      }
    }
  }

  /**
   * Returns the embeddings of texts; without a text that the embedder rejects, and empty if it
   * fails.
   */
  Optional<Map<String, Embedding>> tryEmbedAll(List<String> texts) {
    return texts.isEmpty()
        ? Optional.of(Map.of())
        : failOpen.attempt(
            Operation.EMBED,
            () ->
                embedAll(
                    texts,
                    (text, e) ->
                        events.publish(new CacheEvent.Failed(CacheEvent.Part.EMBEDDER, e))));
  }

  /**
   * Embeds texts with one call, or each on its own if the embedder rejects one of them.
   *
   * @param texts distinct texts
   * @param onRejected receives each rejected text
   * @return the embeddings, without those of rejected texts
   * @throws EmbedderException if the embedder fails or breaks its contract
   */
  Map<String, Embedding> embedAll(
      List<String> texts, BiConsumer<String, EmbedderException.RejectedText> onRejected) {
    if (texts.isEmpty()) {
      return Map.of();
    }
    Map<String, Embedding> byText = new HashMap<>();
    try {
      List<Embedding> computed = embed(texts);
      for (int i = 0; i < texts.size(); i++) {
        byText.put(texts.get(i), computed.get(i));
      }
    } catch (EmbedderException.RejectedText rejected) {
      for (String text : texts) {
        try {
          byText.put(text, embed(text));
        } catch (EmbedderException.RejectedText e) {
          onRejected.accept(text, e);
        }
      }
    }
    return byText;
  }

  /**
   * Returns the embedding of a query: that of the caller, or else the computed one.
   *
   * @throws EmbedderException if the embedder fails or breaks its contract
   */
  Embedding embed(Query query) {
    return query.embedding().orElseGet(() -> embed(query.text()));
  }

  /**
   * Embeds a text; see {@link #embed(List)}.
   *
   * @throws EmbedderException if the embedder fails or breaks its contract
   */
  Embedding embed(String text) {
    return embed(List.of(text)).get(0);
  }

  /**
   * Embeds texts and validates the result.
   *
   * @throws EmbedderException if the embedder fails or breaks its contract
   */
  List<Embedding> embed(List<String> texts) {
    return space.checkResult(
        events.timed(
            () -> call(texts), (computed, took) -> new CacheEvent.Embedded(texts.size(), took)),
        texts.size());
  }

  private List<Embedding> call(List<String> texts) {
    try {
      return requireNonNull(embedder.embed(texts), "the embedder returned null");
    } catch (EmbedderException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new EmbedderException("the embedder failed", e);
    }
  }
}
