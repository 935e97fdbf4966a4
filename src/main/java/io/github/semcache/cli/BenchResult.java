package io.github.semcache.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of one policy on one set.
 *
 * @param set the name of the set
 * @param policy the name of the policy
 * @param isStream whether the set is a stream of prompts, and not of pairs
 * @param size the number of requests of a replay, or the number of decided pairs
 * @param hits the hits per request, or the accepted fraction of the pairs with the same answer;
 *     null if the policy does not apply to the set, or the set has no such pairs
 * @param wrong the wrong hits per request, or the accepted fraction of the pairs with different
 *     answers; null in the same cases
 * @param verifierCalls the pairs per request that the labels decided, or null
 */
record BenchResult(
    String set,
    String policy,
    boolean isStream,
    int size,
    @Nullable Double hits,
    @Nullable Double wrong,
    @Nullable Double verifierCalls) {

  static BenchResult notApplicable(String set, String policy, boolean isStream, int size) {
    return new BenchResult(set, policy, isStream, size, null, null, null);
  }

  /** Returns the rates in percent, for example {@code 30.2 / 0.51}. */
  String cell() {
    if (hits == null && wrong == null) {
      return "-";
    }
    String rates = percent(hits, 1) + " / " + percent(wrong, 2);
    return verifierCalls == null
        ? rates
        : rates + String.format(Locale.ROOT, " (%.2f)", verifierCalls);
  }

  /** Returns the rates and how they differ from those of an earlier run. */
  String cell(BenchResult earlier) {
    String difference =
        difference(hits, earlier.hits, 1) + " / " + difference(wrong, earlier.wrong, 2);
    return difference.equals("= / =") ? cell() : cell() + " [" + difference + "]";
  }

  private static String percent(@Nullable Double rate, int digits) {
    return rate == null ? "-" : String.format(Locale.ROOT, "%." + digits + "f", 100 * rate);
  }

  private static String difference(@Nullable Double now, @Nullable Double before, int digits) {
    if (now == null || before == null) {
      return now == null && before == null ? "=" : "?";
    }
    String text = String.format(Locale.ROOT, "%+." + digits + "f", 100 * (now - before));
    return Double.parseDouble(text) == 0 ? "=" : text;
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("set", set);
    json.put("kind", isStream ? "stream" : "pairs");
    json.put("policy", policy);
    json.put("size", size);
    json.put("hits", hits);
    json.put("wrong", wrong);
    json.put("verifierCalls", verifierCalls);
    return json;
  }
}
