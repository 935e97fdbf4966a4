package io.github.semcache.langchain4j;

import io.github.semcache.internal.json.AnswerCheck;
import io.github.semcache.prompt.Prompt;
import java.util.Map;

/**
 * A chat request that the cache may answer.
 *
 * @param prompt the prompt, which is compared by meaning
 * @param settings everything else in the request, which must be equal
 * @param check what the request says about a complete answer
 */
record CacheableRequest(Prompt prompt, Map<String, String> settings, AnswerCheck check) {
  /** The key of the model name in the settings. */
  static final String MODEL = "model";

  /** Returns the name of the model. */
  String model() {
    return settings.getOrDefault(MODEL, "unknown");
  }
}
