package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.HttpRequest;
import com.openai.errors.OpenAIInvalidDataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Remembers embeddings in memory: exactly, by text and by everything else that a request says. The
 * least recently used goes first. Safe for use by many threads.
 */
final class EmbeddingCache {
  private final Map<Key, Known> known;

  EmbeddingCache(int maxEntries) {
    this.known =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Known> eldest) {
            return size() > maxEntries;
          }
        };
  }

  private record Key(Request request, String text) {}

  /** Where a request goes, and what it says besides its texts, as canonical JSON. */
  private record Request(Map<String, String> service, String rest) {}

  /** An embedding as the service gave it, and by which model. */
  private record Known(JsonNode embedding, JsonNode model) {}

  /**
   * Looks up what a request asks for; empty if it asks for something else than texts.
   *
   * @param reads whether what is known may be used; else all is asked for, and kept anew
   */
  Optional<Lookup> lookUp(
      HttpRequest request, Map<String, String> service, ObjectNode body, boolean reads) {
    Optional<List<String>> texts = texts(body.path("input"));
    ObjectNode rest = body.deepCopy().without(Set.of("input", "user"));
    Request key = new Request(service, Json.canonical(rest));
    return texts.map(
        asked ->
            new Lookup(
                request, body, key, asked, reads ? find(key, asked) : new LinkedHashMap<>()));
  }

  private static Optional<List<String>> texts(JsonNode input) {
    List<String> texts = new ArrayList<>();
    for (JsonNode text : input.isTextual() ? List.of(input) : input) {
      if (!text.isTextual()) {
        return Optional.empty();
      }
      texts.add(text.textValue());
    }
    return Optional.of(texts).filter(asked -> !asked.isEmpty());
  }

  private Map<String, Known> find(Request request, List<String> texts) {
    Map<String, Known> found = new LinkedHashMap<>();
    synchronized (known) {
      for (String text : texts) {
        Known embedding = known.get(new Key(request, text));
        if (embedding != null) {
          found.put(text, embedding);
        }
      }
    }
    return found;
  }

  private void keep(Request request, Map<String, Known> made) {
    synchronized (known) {
      made.forEach((text, embedding) -> known.put(new Key(request, text), embedding));
    }
  }

  /** One request, and what is known of its texts. Used by one thread at a time. */
  final class Lookup {
    private final HttpRequest request;
    private final ObjectNode body;
    private final Request key;
    private final List<String> texts;
    private final Map<String, Known> found;

    private Lookup(
        HttpRequest request,
        ObjectNode body,
        Request key,
        List<String> texts,
        Map<String, Known> found) {
      this.request = request;
      this.body = body;
      this.key = key;
      this.texts = texts;
      this.found = found;
    }

    /** The response, if all of its texts are known. */
    Optional<BufferedResponse> response() {
      return missing().isEmpty() ? Optional.of(response(0, 0)) : Optional.empty();
    }

    private Set<String> missing() {
      Set<String> missing = new LinkedHashSet<>(texts);
      missing.removeAll(found.keySet());
      return missing;
    }

    /** The request for what is missing; the original one if nothing is known. */
    HttpRequest request() {
      if (found.isEmpty()) {
        return request;
      }
      ObjectNode fewer = body.deepCopy();
      ArrayNode input = fewer.putArray("input");
      missing().forEach(input::add);
      return request.toBuilder().body(new JsonBody(Json.text(fewer))).build();
    }

    /**
     * The response to the whole request, from the response for what was missing.
     *
     * @throws OpenAIInvalidDataException if the two cannot be put together
     */
    BufferedResponse complete(BufferedResponse part) {
      if (!part.isOk()) {
        return part;
      }
      List<String> asked = found.isEmpty() ? texts : List.copyOf(missing());
      try {
        ObjectNode answer = Json.object(part.text());
        Map<String, Known> made = made(answer, asked);
        keep(key, made);
        if (found.isEmpty()) {
          return part;
        }
        found.putAll(made);
        JsonNode usage = answer.path("usage");
        return response(usage.path("prompt_tokens").asLong(), usage.path("total_tokens").asLong());
      } catch (IOException e) {
        if (found.isEmpty()) {
          return part;
        }
        throw new OpenAIInvalidDataException("Error reading response", e);
      }
    }

    private Map<String, Known> made(ObjectNode answer, List<String> asked) throws IOException {
      JsonNode data = answer.path("data");
      if (data.size() != asked.size()) {
        throw new IOException("the service gave another number of embeddings");
      }
      Map<String, Known> made = new LinkedHashMap<>();
      for (int i = 0; i < asked.size(); i++) {
        int index = data.path(i).path("index").asInt(i);
        if (index < 0 || index >= asked.size() || !data.path(i).has("embedding")) {
          throw new IOException("the service gave an embedding of no text");
        }
        made.put(asked.get(index), new Known(data.path(i).get("embedding"), answer.path("model")));
      }
      return made;
    }

    private BufferedResponse response(long promptTokens, long totalTokens) {
      ObjectNode response = Json.newObject().put("object", "list");
      ArrayNode data = response.putArray("data");
      for (String text : texts) {
        Known embedding = found.get(text);
        if (embedding != null) {
          ObjectNode item = data.addObject().put("object", "embedding");
          item.put("index", data.size() - 1).set("embedding", embedding.embedding());
          response.set("model", embedding.model());
        }
      }
      response
          .putObject("usage")
          .put("prompt_tokens", promptTokens)
          .put("total_tokens", totalTokens);
      return BufferedResponse.of("application/json", Json.text(response));
    }
  }
}
