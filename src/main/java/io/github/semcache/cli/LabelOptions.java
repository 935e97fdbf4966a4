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
  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      converter = NameAndValue.Converter.class,
      description =
          "Select the entries with this label. With several values of one name, entries with any of"
              + " them; with several names, entries that have all of them.")
  private List<NameAndValue> texts = List.of();

  @Option(
      names = "--number",
      paramLabel = "NAME=RANGE",
      converter = NameAndValue.Converter.class,
      description =
          "Select the entries whose label is a number in this range: price=10..20, price=10..,"
              + " price=..20, or price=12.5.")
  private List<NameAndValue> numbers = List.of();

  /** Returns the filter; empty if no option is given. */
  Optional<Labels.Filter> filter() {
    Map<String, Set<String>> valuesByName = new LinkedHashMap<>();
    texts.forEach(
        text ->
            valuesByName
                .computeIfAbsent(text.name(), name -> new LinkedHashSet<>())
                .add(text.value()));
    try {
      Optional<Labels.Filter> filter =
          valuesByName.entrySet().stream()
              .map(values -> Labels.Filter.anyOf(values.getKey(), values.getValue()))
              .reduce(Labels.Filter::and);
      for (NameAndValue number : numbers) {
        Labels.Filter range = range(number);
        filter = Optional.of(filter.map(others -> others.and(range)).orElse(range));
      }
      return filter;
    } catch (IllegalArgumentException e) {
      throw new CommandException("--label, --number: " + e.getMessage(), e);
    }
  }

  private static Labels.Filter range(NameAndValue option) {
    try {
      return Labels.Filter.range(option.name(), option.value());
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          "--number is '" + option + "'; it must be NAME=NUMBER or NAME=MIN..MAX", e);
    }
  }

  /** Returns the names of the labels. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    texts.forEach(text -> names.add(text.name()));
    numbers.forEach(number -> names.add(number.name()));
    return names;
  }
}
