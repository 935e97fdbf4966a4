package io.github.semcache.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongFunction;

/**
 * The streams of {@link ErrorBudgetRuns}: single sets, mixtures in which many prompts have an
 * answer of their own, changes of the traffic halfway, and mostly repeated prompts.
 */
final class StudyStream {
  private static final int REQUESTS = 10_000;

  /** A prompt of a stream: the index of its text and its answer. */
  record Item(int text, int answer) {}

  private StudyStream() {}

  /**
   * Returns the streams by name.
   *
   * @param sets the items of three sets: similar intents, different intents, requests with slots
   * @param templates the items of a synthetic stream
   */
  static Map<String, LongFunction<List<Item>>> all(List<List<Item>> sets, List<Item> templates) {
    List<Item> similar = sets.get(0);
    List<Item> intents = sets.get(1);
    List<Item> slots = sets.get(2);
    Map<String, LongFunction<List<Item>>> streams = new LinkedHashMap<>();
    streams.put("similar intents", seed -> some(similar, seed, 1));
    streams.put("intents", seed -> some(intents, seed, 1));
    streams.put("slots", seed -> some(slots, seed, 1));
    streams.put(
        "similar intents, half unique",
        seed -> mix(seed, some(similar, seed, 0.5), unique(some(slots, seed, 0.5))));
    streams.put(
        "intents, 60 % slots", seed -> mix(seed, some(intents, seed, 0.4), some(slots, seed, 0.6)));
    streams.put(
        "intents, half unique",
        seed -> mix(seed, some(intents, seed, 0.5), unique(some(similar, seed, 0.5))));
    streams.put(
        "similar intents, then slots",
        seed -> join(some(similar, seed, 0.5), some(slots, seed, 0.5)));
    streams.put(
        "slots, then intents", seed -> join(some(slots, seed, 0.5), some(intents, seed, 0.5)));
    streams.put("mostly repeated", seed -> repeated(some(similar, seed, 0.3), seed));
    streams.put("templates", seed -> some(templates, seed, 1));
    return streams;
  }

  private static List<Item> some(List<Item> items, long seed, double fraction) {
    List<Item> shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled.subList(0, Math.min((int) (fraction * REQUESTS), shuffled.size()));
  }

  /** Gives each text an answer of its own. */
  private static List<Item> unique(List<Item> items) {
    return items.stream().map(item -> new Item(item.text, -1 - item.text)).toList();
  }

  private static List<Item> join(List<Item> first, List<Item> second) {
    List<Item> joined = new ArrayList<>(first);
    joined.addAll(second);
    return joined;
  }

  private static List<Item> mix(long seed, List<Item> first, List<Item> second) {
    List<Item> mixed = join(first, second);
    Collections.shuffle(mixed, new Random(seed + 99));
    return mixed;
  }

  /** Draws items with a probability that is proportional to rank^−0.7. */
  private static List<Item> repeated(List<Item> items, long seed) {
    double[] cumulative = new double[items.size()];
    double total = 0;
    for (int i = 0; i < cumulative.length; i++) {
      total += Math.pow(i + 1, -0.7);
      cumulative[i] = total;
    }
    Random random = new Random(seed);
    List<Item> drawn = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      int found = Arrays.binarySearch(cumulative, random.nextDouble() * total);
      drawn.add(items.get(Math.min(found < 0 ? -found - 1 : found, items.size() - 1)));
    }
    return drawn;
  }

  /** Numbers texts and answers in the order of their first use. */
  static final class Numbers {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    int of(String name) {
      Integer known = numbers.putIfAbsent(name, names.size());
      if (known == null) {
        names.add(name);
        return names.size() - 1;
      }
      return known;
    }

    List<String> names() {
      return names;
    }
  }
}
