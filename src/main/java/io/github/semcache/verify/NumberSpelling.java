package io.github.semcache.verify;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Differences between numbers of the same value: "007" and "7", and "8:30 pm" and "8:30", which may
 * be in the morning.
 */
final class NumberSpelling {
  /** A number that is a name, such as that of an order. Shorter ones may be part of a date. */
  private static final Pattern CODE = Pattern.compile("0\\d{2,}");

  private static final Pattern HOUR = Pattern.compile("(\\d{1,2}(?:[:.]\\d\\d)?)(am|pm)?");

  private static final Set<String> HALVES = Set.of("am", "pm");

  private static final Set<String> PARTS_OF_DAY =
      Set.of("morning", "afternoon", "evening", "night", "tonight", "noon", "midnight");

  private NumberSpelling() {}

  /** Returns whether two texts write a number in ways that have different meanings. */
  static boolean areDifferent(SurfaceTokens a, SurfaceTokens b) {
    if (a.numbers.isEmpty() || b.numbers.isEmpty()) {
      return false;
    }
    return !codes(a).equals(codes(b)) || isHalfOfDayChanged(a, b) || isHalfOfDayChanged(b, a);
  }

  private static Set<String> codes(SurfaceTokens text) {
    Set<String> codes = new HashSet<>(text.numbers);
    codes.removeIf(number -> !CODE.matcher(number).matches());
    return codes;
  }

  /** Returns whether an hour is in the other half of the day, or in any half, in the other text. */
  private static boolean isHalfOfDayChanged(SurfaceTokens a, SurfaceTokens b) {
    Map<String, Set<String>> hours = hours(a.lowerCaseWords());
    Map<String, Set<String>> others = hours(b.lowerCaseWords());
    boolean isAny =
        others.values().stream().allMatch(Set::isEmpty)
            && b.lowerCaseWords().stream().noneMatch(PARTS_OF_DAY::contains);
    return hours.entrySet().stream()
        .filter(hour -> !hour.getValue().isEmpty() && others.containsKey(hour.getKey()))
        .anyMatch(
            hour -> {
              Set<String> halves = others.getOrDefault(hour.getKey(), Set.of());
              return halves.isEmpty() ? isAny : Collections.disjoint(halves, hour.getValue());
            });
  }

  /** Returns the halves of the day that follow each number that may be an hour. */
  private static Map<String, Set<String>> hours(List<String> words) {
    Map<String, Set<String>> hours = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      Matcher hour = HOUR.matcher(words.get(i));
      if (hour.matches()) {
        String half = hour.group(2) == null ? halfAt(words, i + 1) : hour.group(2);
        Set<String> halves =
            hours.computeIfAbsent(hour.group(1).replace('.', ':'), key -> new HashSet<>());
        if (HALVES.contains(half)) {
          halves.add(half);
        }
      }
    }
    return hours;
  }

  /** Returns the word at a position, or "am" or "pm" for "a.m." and "p.m.". */
  private static String halfAt(List<String> words, int i) {
    String word = i < words.size() ? words.get(i) : "";
    return i + 1 < words.size() && words.get(i + 1).equals("m") ? word + "m" : word;
  }
}
