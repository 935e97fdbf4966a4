package io.github.semcache.cli;

import io.github.semcache.prompt.Labels;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options that select entries by their labels. */
final class LabelOptions {
  private static final String SEPARATOR = "..";

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      description =
          "Select the entries with this label. With several values of one name, entries with any of"
              + " them; with several names, entries that have all of them.")
  private List<String> texts = List.of();

  @Option(
      names = "--number",
      paramLabel = "NAME=RANGE",
      description =
          "Select the entries whose label is a number in this range: price=10..20, price=10..,"
              + " price=..20, or price=12.5.")
  private List<String> numbers = List.of();

  /** Returns the filter; empty if no option is given. */
  Optional<Labels.Filter> filter() {
    Map<String, Set<String>> valuesByName = new LinkedHashMap<>();
    texts.forEach(
        text ->
            valuesByName
                .computeIfAbsent(name("--label", text), name -> new LinkedHashSet<>())
                .add(value(text)));
    try {
      Optional<Labels.Filter> filter =
          valuesByName.entrySet().stream()
              .map(values -> Labels.Filter.anyOf(values.getKey(), values.getValue()))
              .reduce(Labels.Filter::and);
      for (String number : numbers) {
        Labels.Filter range = range(number);
        filter = Optional.of(filter.map(others -> others.and(range)).orElse(range));
      }
      return filter;
    } catch (IllegalArgumentException e) {
      throw new CommandException("--label, --number: " + e.getMessage(), e);
    }
  }

  private static Labels.Filter range(String option) {
    String name = name("--number", option);
    String range = value(option);
    try {
      int separator = range.indexOf(SEPARATOR);
      if (separator < 0) {
        double number = Double.parseDouble(range);
        return Labels.Filter.range(name, number, number);
      }
      String max = range.substring(separator + SEPARATOR.length());
      return Labels.Filter.range(
          name,
          bound(range.substring(0, separator), Double.NEGATIVE_INFINITY),
          bound(max, Double.POSITIVE_INFINITY));
    } catch (NumberFormatException e) {
      throw new CommandException(
          "--number is '" + option + "'; it must be NAME=NUMBER or NAME=MIN..MAX", e);
    }
  }

  private static double bound(String text, double absent) {
    return text.isEmpty() ? absent : Double.parseDouble(text);
  }

  private static String name(String option, String value) {
    int separator = value.indexOf('=');
    if (separator < 0) {
      throw new CommandException(
          option + " is '" + value + "'; it must be NAME and a value, separated by =", null);
    }
    return value.substring(0, separator);
  }

  private static String value(String option) {
    return option.substring(option.indexOf('=') + 1);
  }

  /** Returns the names of the labels. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    texts.forEach(text -> names.add(name("--label", text)));
    numbers.forEach(number -> names.add(name("--number", number)));
    return names;
  }
}
