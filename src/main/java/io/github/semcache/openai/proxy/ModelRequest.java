package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.prompt.Prompt;
import java.util.Map;

/**
 * A request that may be answered from the cache. This class is immutable.
 *
 * @param api the format of the request
 * @param model the model that the request names; {@code unknown} if it names none
 * @param prompt the question, with the cache options of the request headers
 * @param settings everything else that affects the content of the answer
 * @param delivery the fields of the body that only affect the delivery of the answer
 * @param timeouts the timeouts of the request, which also limit the duration of a stream
 */
record ModelRequest(
    ModelApi api,
    String model,
    Prompt prompt,
    Map<String, String> settings,
    ObjectNode delivery,
    String timeouts) {

  /** Returns this request with another prompt. */
  ModelRequest withPrompt(Prompt other) {
    return new ModelRequest(api, model, other, settings, delivery, timeouts);
  }

  boolean isStreaming() {
    return delivery.path("stream").asBoolean();
  }

  boolean includesUsage() {
    return delivery.path("stream_options").path("include_usage").asBoolean();
  }

  /**
   * Returns the coalescing key. Only requests with the same key wait for each other. Requests whose
   * clients retry differently have different keys, because one may fail where another succeeds. So
   * do streams that cannot be shared, because their contents or timeouts differ.
   *
   * @param maxRetries the number of retries of the client
   */
  String coalescingKey(int maxRetries) {
    ObjectNode key = OpenAiJson.newObject().put("max_retries", maxRetries);
    if (!isStreaming()) {
      return "openai calls " + OpenAiJson.canonical(key);
    }
    key.set("stream_options", delivery.path("stream_options"));
    key.put("timeouts", timeouts);
    api.streamedEchoedFields().forEach(name -> key.set(name, delivery.path(name)));
    return "openai streams " + OpenAiJson.canonical(key);
  }

  /**
   * Replaces the echoed fields of a cached answer by the values of this request.
   *
   * @param answer the answer, which is modified
   * @return whether a field has changed
   */
  boolean replaceEchoedFields(ObjectNode answer) {
    boolean changed = false;
    for (String name : api.echoedFields()) {
      JsonNode cached = answer.path(name);
      JsonNode own = delivery.path(name);
      if (!cached.isMissingNode() && !cached.equals(own)) {
        answer.set(name, own.isMissingNode() ? emptyValue(cached) : own);
        changed = true;
      }
    }
    return changed;
  }

  private static JsonNode emptyValue(JsonNode cached) {
    ObjectNode empty = OpenAiJson.newObject();
    return cached.isObject() ? empty : empty.nullNode();
  }
}
