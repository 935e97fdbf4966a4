package io.github.semcache.prompt;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The textual form of filters; see {@link Labels.Filter#parse}. */
final class FilterText {
  private static final String BETWEEN = "..";
  private static final Pattern CONDITION =
      Pattern.compile("(?<name>[^=:]+)(?:=(?<texts>.*)|:(?<range>.*))?");

  private FilterText() {}

  static String anyOf(String name, Set<String> texts) {
    return encode(name)
        + "="
        + texts.stream().map(FilterText::encode).collect(Collectors.joining("|"));
  }

  static String range(String name, double min, double max) {
    return encode(name) + ":" + bound(min) + BETWEEN + bound(max);
  }

  private static String bound(double bound) {
    return Double.isInfinite(bound) ? "" : Double.toString(bound);
  }

  static String exists(String name) {
    return encode(name);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  static Labels.Filter parse(String text) {
    return Stream.of(text.strip().split("\\s+"))
        .map(FilterText::parseCondition)
        .reduce(Labels.Filter::and)
        .orElseThrow();
  }

  private static Labels.Filter parseCondition(String text) {
    Matcher condition = CONDITION.matcher(text);
    if (!condition.matches()) {
      throw new IllegalArgumentException(
          "condition is '" + text + "'; it must be NAME, NAME=TEXT|TEXT, or NAME:MIN..MAX");
    }
    String name = decode(condition.group("name"));
    if (condition.group("texts") != null) {
      return Labels.Filter.anyOf(
          name,
          Stream.of(condition.group("texts").split("\\|", -1)).map(FilterText::decode).toList());
    }
    String range = condition.group("range");
    return range == null ? Labels.Filter.exists(name) : parseRange(name, range);
  }

  static Labels.Filter parseRange(String name, String range) {
    try {
      int middle = range.indexOf(BETWEEN);
      if (middle < 0) {
        double number = Double.parseDouble(range);
        return Labels.Filter.range(name, number, number);
      }
      return Labels.Filter.range(
          name,
          parseBound(range.substring(0, middle), Double.NEGATIVE_INFINITY),
          parseBound(range.substring(middle + BETWEEN.length()), Double.POSITIVE_INFINITY));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "range is '" + range + "'; it must be NUMBER or MIN..MAX", e);
    }
  }

  private static double parseBound(String text, double absent) {
    return text.isEmpty() ? absent : Double.parseDouble(text);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, UTF_8);
  }
}
