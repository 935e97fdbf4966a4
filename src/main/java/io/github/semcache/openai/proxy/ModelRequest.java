package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.prompt.Prompt;
import java.util.Map;

/**
 * A request that the cache may answer. Immutable.
 *
 * @param api what it is addressed to
 * @param model the name that it gives the model; {@code unknown} if it gives none
 * @param prompt what it asks, with the options of its headers
 * @param settings everything else that shapes the answer
 * @param delivery the fields of its body that shape how the answer is delivered
 * @param timeLimits those of the client for the request, which also end a stream
 */
record ModelRequest(
    ModelApi api,
    String model,
    Prompt prompt,
    Map<String, String> settings,
    ObjectNode delivery,
    String timeLimits) {

  boolean isStreaming() {
    return delivery.path("stream").asBoolean();
  }

  boolean includesUsage() {
    return delivery.path("stream_options").path("include_usage").asBoolean();
  }

  /**
   * Requests that differ in it do not wait for one another: those whose failures could differ
   * because some try more often, and streams that cannot be read along.
   */
  String lane(int maxRetries) {
    ObjectNode visible = Json.newObject().put("max_retries", maxRetries);
    if (!isStreaming()) {
      return "openai calls " + Json.canonical(visible);
    }
    visible.set("stream_options", delivery.path("stream_options"));
    visible.put("time_limits", timeLimits);
    api.streamedEchoes().forEach(name -> visible.set(name, delivery.path(name)));
    return "openai streams " + Json.canonical(visible);
  }

  /**
   * Makes an answer that was given to another request repeat what this one says.
   *
   * @param answer the answer, which is changed
   * @return whether it was
   */
  boolean personalize(ObjectNode answer) {
    boolean changed = false;
    for (String name : api.echoedFields()) {
      JsonNode given = answer.path(name);
      JsonNode own = delivery.path(name);
      if (!given.isMissingNode() && !given.equals(own)) {
        answer.set(name, own.isMissingNode() ? empty(given) : own);
        changed = true;
      }
    }
    return changed;
  }

  private static JsonNode empty(JsonNode given) {
    ObjectNode none = Json.newObject();
    return given.isObject() ? none : none.nullNode();
  }
}
