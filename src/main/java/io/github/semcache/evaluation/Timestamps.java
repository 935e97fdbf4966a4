package io.github.semcache.evaluation;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Parses timestamps in the formats common in logs: ISO 8601 (UTC if there is no zone, with a space
 * or a T before the time), and seconds or milliseconds since 1970.
 */
final class Timestamps {
  private static final Pattern EPOCH_SECONDS = Pattern.compile("\\d{1,11}");
  private static final Pattern EPOCH_MILLIS = Pattern.compile("\\d{12,15}");

  private Timestamps() {}

  /** Returns the timestamp, or empty if the text is not one. */
  static Optional<Instant> parse(String text) {
    String time = text.strip();
    if (EPOCH_SECONDS.matcher(time).matches()) {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(time)));
    }
    if (EPOCH_MILLIS.matcher(time).matches()) {
      return Optional.of(Instant.ofEpochMilli(Long.parseLong(time)));
    }
    try {
      TemporalAccessor parsed =
          DateTimeFormatter.ISO_DATE_TIME.parseBest(
              time.replaceFirst("(?<=\\d) (?=\\d)", "T"), ZonedDateTime::from, LocalDateTime::from);
      return Optional.of(
          parsed instanceof LocalDateTime local
              ? local.toInstant(ZoneOffset.UTC)
              : Instant.from(parsed));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
