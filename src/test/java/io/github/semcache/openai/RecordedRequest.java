package io.github.semcache.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that {@link FakeOpenAiServer} got.
 *
 * @param method for example {@code POST}
 * @param path the path below the base URL, for example {@code /chat/completions}
 * @param headers by name, in any case
 * @param body the JSON of the body; a missing node where there was none
 */
public record RecordedRequest(
    String method, String path, Map<String, List<String>> headers, JsonNode body) {

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .flatMap(header -> header.getValue().stream())
        .findFirst();
  }

  /** The text of the last message, for a chat request. */
  public String question() {
    JsonNode messages = body.path("messages");
    return messages.path(messages.size() - 1).path("content").asText();
  }
}
