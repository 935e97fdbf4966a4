package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.Answer;
import java.util.Locale;

/** The field {@link CacheControl#HIT} of answers from the cache. */
final class HitMark {
  private HitMark() {}

  /** Adds the field to an answer, which is modified. */
  static void addTo(ObjectNode tree, Answer answer) {
    ObjectNode mark = tree.putObject(CacheControl.HIT);
    mark.put("source", answer.source().name().toLowerCase(Locale.ROOT));
    answer.entryId().ifPresent(id -> mark.put("entry", id));
    mark.put("distance", answer.distance().orElse(0));
    mark.put("age", answer.age().toSeconds());
  }

  /**
   * Removes the field from an answer of the service, which has it if the service itself uses such a
   * cache.
   *
   * @param tree the answer, which is modified
   * @param json the same answer as JSON
   * @return the JSON without the field
   */
  static String removeFrom(ObjectNode tree, String json) {
    return tree.remove(CacheControl.HIT) == null ? json : OpenAiJson.text(tree);
  }
}
