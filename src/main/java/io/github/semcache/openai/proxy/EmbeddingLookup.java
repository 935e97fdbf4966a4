package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.HttpRequest;
import com.openai.errors.OpenAIInvalidDataException;
import io.github.semcache.openai.proxy.EmbeddingResponseCache.CachedEmbedding;
import io.github.semcache.openai.proxy.EmbeddingResponseCache.RequestKey;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An embedding request and the cached embeddings for it.
 *
 * @param cache stores the embeddings of the response
 * @param request the request
 * @param body the request body
 * @param key the part of the cache keys that all texts share
 * @param texts the texts of the request; not empty
 * @param found the cached embeddings by text
 */
record EmbeddingLookup(
    EmbeddingResponseCache cache,
    HttpRequest request,
    ObjectNode body,
    RequestKey key,
    List<String> texts,
    Map<String, CachedEmbedding> found) {

  /** Returns the response if the embeddings of all texts are cached. */
  Optional<BufferedResponse> cachedResponse() {
    return missing().isEmpty() ? Optional.of(response(found, 0, 0)) : Optional.empty();
  }

  private Set<String> missing() {
    Set<String> missing = new LinkedHashSet<>(texts);
    missing.removeAll(found.keySet());
    return missing;
  }

  /** Returns the request for the missing embeddings, or the original request if all are missing. */
  HttpRequest requestForMissing() {
    if (found.isEmpty()) {
      return request;
    }
    ObjectNode reduced = body.deepCopy();
    ArrayNode input = reduced.putArray("input");
    missing().forEach(input::add);
    return request.toBuilder().body(new JsonRequestBody(OpenAiJson.text(reduced))).build();
  }

  /**
   * Stores the embeddings of the response and adds the cached embeddings to it.
   *
   * @param response the response to {@link #requestForMissing}
   * @return the response to the original request, or the given one if it is an error
   * @throws OpenAIInvalidDataException if the response is malformed and cannot be returned as it is
   */
  BufferedResponse complete(BufferedResponse response) {
    if (!response.isOk()) {
      return response;
    }
    try {
      ObjectNode answer = OpenAiJson.parseObject(response.text());
      List<String> requested = found.isEmpty() ? texts : List.copyOf(missing());
      Map<String, CachedEmbedding> received = received(answer, requested);
      cache.put(key, received);
      return found.isEmpty() ? response : merged(received, answer.path("usage"));
    } catch (IOException e) {
      cache.failed(e);
      if (found.isEmpty()) {
        return response;
      }
      throw new OpenAIInvalidDataException("Error reading response", e);
    }
  }

  private static Map<String, CachedEmbedding> received(ObjectNode answer, List<String> requested)
      throws IOException {
    JsonNode data = answer.path("data");
    if (data.size() != requested.size()) {
      throw new IOException(
          "the service returned " + data.size() + " embeddings for " + requested.size() + " texts");
    }
    Map<String, CachedEmbedding> received = new LinkedHashMap<>();
    for (int i = 0; i < requested.size(); i++) {
      JsonNode item = data.path(i);
      int index = item.path("index").asInt(i);
      if (index < 0 || index >= requested.size() || !item.has("embedding")) {
        throw new IOException("the service returned an invalid embedding at position " + i);
      }
      received.put(
          requested.get(index), new CachedEmbedding(item.get("embedding"), answer.path("model")));
    }
    return received;
  }

  private BufferedResponse merged(Map<String, CachedEmbedding> received, JsonNode usage) {
    Map<String, CachedEmbedding> all = new LinkedHashMap<>(found);
    all.putAll(received);
    return response(all, usage.path("prompt_tokens").asLong(), usage.path("total_tokens").asLong());
  }

  private BufferedResponse response(
      Map<String, CachedEmbedding> embeddings, long promptTokens, long totalTokens) {
    ObjectNode response = OpenAiJson.newObject().put("object", "list");
    ArrayNode data = response.putArray("data");
    for (String text : texts) {
      CachedEmbedding embedding = embeddings.get(text);
      if (embedding != null) {
        ObjectNode item = data.addObject().put("object", "embedding");
        item.put("index", data.size() - 1).set("embedding", embedding.embedding());
        response.set("model", embedding.model());
      }
    }
    response.putObject("usage").put("prompt_tokens", promptTokens).put("total_tokens", totalTokens);
    return BufferedResponse.of("application/json", OpenAiJson.text(response));
  }
}
