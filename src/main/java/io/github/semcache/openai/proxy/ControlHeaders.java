package io.github.semcache.openai.proxy;

import com.openai.core.http.Headers;
import com.openai.core.http.HttpRequest;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Reads and removes the request headers of {@link CacheControl}. */
final class ControlHeaders {
  private ControlHeaders() {}

  /** Returns the request without these headers. */
  static HttpRequest strip(HttpRequest request) {
    Set<String> names = namesIn(request.headers());
    return names.isEmpty() ? request : request.toBuilder().removeAllHeaders(names).build();
  }

  /** Returns the names in alphabetical order, so that a number follows a label of its name. */
  private static Set<String> namesIn(Headers headers) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : headers.names()) {
      if (name.toLowerCase(Locale.ROOT).startsWith(CacheControl.PREFIX)) {
        names.add(name);
      }
    }
    return names;
  }

  /**
   * Applies the headers to a prompt.
   *
   * @param headers the headers of a request
   * @param prompt the prompt
   * @return the prompt with the options of the headers
   * @throws IllegalArgumentException if a header is unknown or its value is invalid
   */
  static Prompt apply(Headers headers, Prompt prompt) {
    Prompt result = prompt;
    for (String name : namesIn(headers)) {
      for (String value : headers.values(name)) {
        result = apply(name, value, result);
      }
    }
    return result;
  }

  private static Prompt apply(String name, String value, Prompt prompt) {
    if (name.equalsIgnoreCase(CacheControl.MODE)) {
      return prompt.mode(mode(value));
    } else if (hasPrefix(name, CacheControl.TAG_PREFIX)) {
      return tag(name, value, prompt);
    } else if (hasPrefix(name, CacheControl.DEPENDENCY_PREFIX)) {
      return dependency(name, value, prompt);
    } else if (hasPrefix(name, CacheControl.LABEL_PREFIX)) {
      return label(name, value, prompt);
    } else if (hasPrefix(name, CacheControl.NUMBER_PREFIX)) {
      return number(name, value, prompt);
    } else if (name.equalsIgnoreCase(CacheControl.WHERE)) {
      return prompt.where(filter(value));
    } else if (name.equalsIgnoreCase(CacheControl.TIME_TO_LIVE)) {
      return prompt.timeToLive(duration(name, value));
    } else if (name.equalsIgnoreCase(CacheControl.MAX_DISTANCE)) {
      return prompt.maxDistance(number(name, value));
    } else if (name.equalsIgnoreCase(CacheControl.MAX_AGE)) {
      return prompt.maxAge(duration(name, value));
    } else if (name.equalsIgnoreCase(CacheControl.MAX_WAIT)) {
      return prompt.maxWait(duration(name, value));
    } else if (name.equalsIgnoreCase(CacheControl.QUIET)) {
      return quiet(value, prompt);
    } else if (name.equalsIgnoreCase(CacheControl.CONTRIBUTOR)) {
      return contributor(value, prompt);
    }
    throw new IllegalArgumentException(
        "header " + name + " is unknown; it must be one of those defined in CacheControl");
  }

  private static Prompt.Mode mode(String value) {
    for (Prompt.Mode mode : Prompt.Mode.values()) {
      if (mode.name().equalsIgnoreCase(value)) {
        return mode;
      }
    }
    throw invalid(CacheControl.MODE, value, "use, refresh, or bypass");
  }

  private static Prompt quiet(String value, Prompt prompt) {
    if (!value.equalsIgnoreCase("true")) {
      throw invalid(CacheControl.QUIET, value, "true");
    }
    return prompt.quiet();
  }

  private static Prompt contributor(String value, Prompt prompt) {
    try {
      return prompt.contributor(TagEncoding.decode(value));
    } catch (IllegalArgumentException e) {
      throw invalid(CacheControl.CONTRIBUTOR, value, "percent-encoded and not blank");
    }
  }

  private static boolean hasPrefix(String name, String prefix) {
    return name.regionMatches(true, 0, prefix, 0, prefix.length());
  }

  private static Prompt tag(String header, String value, Prompt prompt) {
    try {
      String name = name(header, CacheControl.TAG_PREFIX);
      return prompt.tag(name, TagEncoding.decode(value));
    } catch (IllegalArgumentException e) {
      throw invalid(header, value, "percent-encoded in name and value");
    }
  }

  /** Returns the decoded name in a header; header names are case-insensitive. */
  private static String name(String header, String prefix) {
    return TagEncoding.decode(header.substring(prefix.length()).toLowerCase(Locale.ROOT));
  }

  private static Prompt dependency(String header, String value, Prompt prompt) {
    if (!value.equalsIgnoreCase("true")) {
      throw invalid(header, value, "true");
    }
    try {
      return prompt.dependsOn(name(header, CacheControl.DEPENDENCY_PREFIX));
    } catch (IllegalArgumentException e) {
      throw invalid(header, value, "preceded by a percent-encoded name");
    }
  }

  private static Prompt label(String header, String value, Prompt prompt) {
    try {
      return prompt.label(name(header, CacheControl.LABEL_PREFIX), TagEncoding.decode(value));
    } catch (IllegalArgumentException e) {
      throw invalid(header, value, "percent-encoded, and a label: " + e.getMessage());
    }
  }

  private static Prompt number(String header, String value, Prompt prompt) {
    double number = number(header, value);
    try {
      return prompt.label(name(header, CacheControl.NUMBER_PREFIX), number);
    } catch (IllegalArgumentException e) {
      throw invalid(header, value, "a label: " + e.getMessage());
    }
  }

  private static Labels.Filter filter(String value) {
    try {
      return Labels.Filter.parse(value);
    } catch (IllegalArgumentException e) {
      throw invalid(CacheControl.WHERE, value, "a filter: " + e.getMessage());
    }
  }

  private static Duration duration(String name, String value) {
    try {
      return Duration.parse(value);
    } catch (DateTimeParseException e) {
      throw invalid(name, value, "an ISO 8601 duration such as PT1H");
    }
  }

  private static double number(String name, String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw invalid(name, value, "a number");
    }
  }

  private static IllegalArgumentException invalid(String name, String value, String rule) {
    return new IllegalArgumentException("header " + name + " is " + value + "; it must be " + rule);
  }
}
