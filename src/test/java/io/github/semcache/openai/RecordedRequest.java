package io.github.semcache.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that {@link FakeOpenAiServer} received.
 *
 * @param method the HTTP method
 * @param path the path below the base URL, for example {@code /chat/completions}
 * @param headers the values by header name, in any case
 * @param body the JSON body, or a missing node if there is none
 */
public record RecordedRequest(
    String method, String path, Map<String, List<String>> headers, JsonNode body) {

  /** Returns the first value of a header. */
  public Optional<String> header(String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .flatMap(header -> header.getValue().stream())
        .findFirst();
  }

  /** Returns the text of the last message of a chat request. */
  public String question() {
    JsonNode messages = body.path("messages");
    return messages.path(messages.size() - 1).path("content").asText();
  }
}
