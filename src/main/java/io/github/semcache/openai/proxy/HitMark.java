package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.Answer;
import io.github.semcache.prompt.Labels;
import java.util.Locale;

/** The field {@link CacheControl#HIT} of answers from the cache. */
final class HitMark {
  private HitMark() {}

  /** Returns the value of the field. */
  static ObjectNode of(Answer answer) {
    ObjectNode mark = OpenAiJson.newObject();
    mark.put("source", answer.source().name().toLowerCase(Locale.ROOT));
    answer.entryId().ifPresent(id -> mark.put("entry", id));
    mark.put("distance", answer.distance().orElse(0));
    mark.put("age", answer.age().toSeconds());
    Labels labels = answer.labels();
    if (!labels.isEmpty()) {
      ObjectNode values = mark.putObject("labels");
      labels.texts().forEach(values::put);
      labels.numbers().forEach(values::put);
    }
    return mark;
  }

  /**
   * Adds the field to an answer without changing its formatting.
   *
   * @param json a JSON object with at least one field
   */
  static String addTo(String json, Answer answer) {
    int start = json.indexOf('{') + 1;
    String field = '"' + CacheControl.HIT + "\":" + OpenAiJson.text(of(answer)) + ',';
    return json.substring(0, start) + field + json.substring(start);
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
