package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.internal.json.AnswerCheck;
import io.github.semcache.internal.json.CanonicalJson;
import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.UUID;

/**
 * A request that may be answered from the cache. This class is immutable.
 *
 * @param api the format of the request
 * @param model the model that the request names; {@code unknown} if it names none
 * @param prompt the question, with the cache options of the request headers
 * @param settings everything else that affects the content of the answer
 * @param delivery the fields of the body that only affect the delivery of the answer
 * @param timeouts the timeouts of the request, which also limit the duration of a stream
 * @param check what the request says about a complete answer
 * @param hasOwnId whether hits have an id of their own, because the id of the cached answer may
 *     refer to an answer that the service has stored for another caller
 * @param marksHits whether responses contain the fields and headers of the cache
 */
record ModelRequest(
    ModelApi api,
    String model,
    Prompt prompt,
    Map<String, String> settings,
    ObjectNode delivery,
    String timeouts,
    AnswerCheck check,
    boolean hasOwnId,
    boolean marksHits) {

  /** Returns this request with another prompt. */
  ModelRequest withPrompt(Prompt other) {
    return new ModelRequest(
        api, model, other, settings, delivery, timeouts, check, hasOwnId, marksHits);
  }

  /**
   * Parses a complete answer.
   *
   * @param answer the answer in the format of the API
   * @return the reply, without a payload
   * @throws RuntimeException if the answer does not have the format of the API
   */
  ChatReply parseReply(ObjectNode answer) {
    return api.parseReply(answer, check);
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
   * do streams that cannot be shared, because their contents or timeouts differ. Requests whose
   * answers have ids of their own never wait for each other.
   *
   * @param maxRetries the number of retries of the client
   */
  String coalescingKey(int maxRetries) {
    ObjectNode key = OpenAiJson.newObject().put("max_retries", maxRetries);
    key.put("marks", marksHits);
    if (hasOwnId) {
      key.put("id", UUID.randomUUID().toString());
    }
    if (!isStreaming()) {
      return "openai calls " + CanonicalJson.of(key);
    }
    key.set("stream_options", delivery.path("stream_options"));
    key.put("timeouts", timeouts);
    api.streamedEchoedFields().forEach(name -> key.set(name, delivery.path(name)));
    return "openai streams " + CanonicalJson.of(key);
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
