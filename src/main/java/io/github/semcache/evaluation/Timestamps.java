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

/** Reads points in time as logs write them. */
final class Timestamps {
  private static final Pattern EPOCH_SECONDS = Pattern.compile("\\d{1,11}");
  private static final Pattern EPOCH_MILLIS = Pattern.compile("\\d{12,15}");

  private Timestamps() {}

  /** The time, or empty if the text is none. */
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
