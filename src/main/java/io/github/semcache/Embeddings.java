package io.github.semcache;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.stats.CacheEvent;
import java.util.List;
import java.util.Optional;

/**
 * The embedder as the cache uses it: checked, timed, fenced, and never asked twice for one text.
 */
final class Embeddings {
  private final Embedder embedder;
  private final int dimension;
  private final Events events;
  private final Fence fence;
  private final SingleFlight<Optional<Embedding>> flights = new SingleFlight<>();

  Embeddings(Embedder embedder, Events events, Fence fence) {
    this.embedder = embedder;
    this.dimension = embedder.dimension();
    this.events = events;
    this.fence = fence;
  }

  /** Embeds the request's text, unless that was tried before. */
  Optional<Embedding> embed(Request request) {
    if (request.lacksEmbedding()) {
      request.embedding(
          flights.run(
              request.query.text(), request.prompt.maxWait(), () -> attempt(request.query.text())));
    }
    return request.embedding();
  }

  private Optional<Embedding> attempt(String text) {
    return fence.attempt(CacheEvent.Part.EMBEDDER, () -> embed(text));
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
