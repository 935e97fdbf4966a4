package io.github.semcache;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.stats.CacheEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The embedder as the cache uses it: checked, timed, fenced, and never asked twice for one text.
 */
final class ResilientEmbedder {
  private final Embedder embedder;
  private final int dimension;
  private final EventPublisher events;
  private final FailOpen fence;
  private final SingleFlight<Optional<Embedding>> flights = new SingleFlight<>();

  ResilientEmbedder(Embedder embedder, EventPublisher events, FailOpen fence) {
    this.embedder = embedder;
    this.dimension = embedder.dimension();
    this.events = events;
    this.fence = fence;
  }

  /** Embeds the request's text, unless that was tried before. */
  Optional<Embedding> embed(CacheRequest request) {
    if (request.lacksEmbedding()) {
      String text = request.query.text();
      Attempt attempt = new Attempt(text);
      request.embedding(
          flights.run(text, request.prompt.maxWait(), attempt, made -> !attempt.interrupted));
    }
    return request.embedding();
  }

  /** One caller's try. That the caller was interrupted says nothing of the embedder. */
  private final class Attempt implements Supplier<Optional<Embedding>> {
    private final String text;
    private boolean interrupted;

    Attempt(String text) {
      this.text = text;
    }

    @Override
    public Optional<Embedding> get() {
      return fence.attempt(Operation.EMBED, this::embedding);
    }

    private Embedding embedding() {
      try {
        return embed(text);
      } catch (RuntimeException e) {
        interrupted = Interrupts.caused(e);
        throw e;
      }
    }
  }

  /**
   * Embeds one text; see {@link #embed(List)}.
   *
   * @throws EmbedderException if the embedder fails or breaks its contract
   */
  Embedding embed(String text) {
    return embed(List.of(text)).get(0);
  }

  /**
   * Embeds texts and checks what comes back.
   *
   * @throws EmbedderException if the embedder fails or breaks its contract
   */
  List<Embedding> embed(List<String> texts) {
    List<Embedding> embeddings =
        events.timed(
            () -> call(texts), (made, took) -> new CacheEvent.Embedded(texts.size(), took));
    if (embeddings.size() != texts.size()) {
      throw new EmbedderException(
          "the embedder made " + embeddings.size() + " embeddings of " + texts.size() + " texts");
    }
    for (Embedding embedding : embeddings) {
      if (embedding.dimension() != dimension) {
        throw new EmbedderException(
            "the embedder made an embedding of dimension "
                + embedding.dimension()
                + "; it said that it makes those of "
                + dimension);
      }
    }
    return embeddings;
  }

  private List<Embedding> call(List<String> texts) {
    try {
      return embedder.embed(texts);
    } catch (EmbedderException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new EmbedderException("the embedder failed", e);
    }
  }
}
