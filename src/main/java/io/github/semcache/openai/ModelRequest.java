package io.github.semcache.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.prompt.Prompt;
import java.util.Map;

/**
 * A request that the cache may answer.
 *
 * @param api what it is addressed to
 * @param prompt what it asks, with the options of its headers
 * @param settings everything else that shapes the answer
 * @param body the JSON of its body
 */
record ModelRequest(ModelApi api, Prompt prompt, Map<String, String> settings, ObjectNode body) {

  boolean isStreaming() {
    return body.path("stream").asBoolean();
  }
}
