package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.HttpRequest;
import io.github.semcache.internal.json.CanonicalJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * An in-memory cache of embeddings. The key is the text and everything else that the request
 * contains. The least recently used embedding is evicted first. This class is thread-safe.
 */
final class EmbeddingResponseCache {
  private final Map<Key, CachedEmbedding> embeddings;
  private final Consumer<Throwable> onFailure;

  /**
   * Creates an empty cache.
   *
   * @param maxEntries the maximum number of embeddings
   * @param onFailure notified of responses that cannot be cached because they are malformed
   */
  EmbeddingResponseCache(int maxEntries, Consumer<Throwable> onFailure) {
    this.embeddings =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, CachedEmbedding> eldest) {
            return size() > maxEntries;
          }
        };
    this.onFailure = onFailure;
  }

  private record Key(RequestKey request, String text) {}

  /**
   * The properties that all texts of one request share.
   *
   * @param service identifies the service
   * @param rest the request body without its texts, as canonical JSON
   */
  record RequestKey(Map<String, String> service, String rest) {}

  /**
   * An embedding in the format of the service.
   *
   * @param embedding the vector
   * @param model the model that the response names
   */
  record CachedEmbedding(JsonNode embedding, JsonNode model) {}

  /**
   * Looks up the texts of a request.
   *
   * @param request the request
   * @param service identifies the service
   * @param body the request body
   * @param reads whether cached embeddings may be used; otherwise all are requested and replaced
   * @return the lookup; empty if the input of the request is not text
   */
  Optional<EmbeddingLookup> lookUp(
      HttpRequest request, Map<String, String> service, ObjectNode body, boolean reads) {
    ObjectNode rest = body.deepCopy().without(Set.of("input", "user"));
    RequestKey key = new RequestKey(service, CanonicalJson.of(rest));
    return texts(body.path("input"))
        .map(
            texts ->
                new EmbeddingLookup(
                    this, request, body, key, texts, reads ? find(key, texts) : Map.of()));
  }

  private static Optional<List<String>> texts(JsonNode input) {
    List<String> texts = new ArrayList<>();
    for (JsonNode text : input.isTextual() ? List.of(input) : input) {
      if (!text.isTextual()) {
        return Optional.empty();
      }
      texts.add(text.textValue());
    }
    return texts.isEmpty() ? Optional.empty() : Optional.of(texts);
  }

  private Map<String, CachedEmbedding> find(RequestKey request, List<String> texts) {
    Map<String, CachedEmbedding> found = new LinkedHashMap<>();
    synchronized (embeddings) {
      for (String text : texts) {
        CachedEmbedding embedding = embeddings.get(new Key(request, text));
        if (embedding != null) {
          found.put(text, embedding);
        }
      }
    }
    return found;
  }

  /** Stores the embeddings of some texts of a request. */
  void put(RequestKey request, Map<String, CachedEmbedding> byText) {
    synchronized (embeddings) {
      byText.forEach((text, embedding) -> embeddings.put(new Key(request, text), embedding));
    }
  }

  /** Reports a malformed response. */
  void failed(Throwable failure) {
    onFailure.accept(failure);
  }
}
