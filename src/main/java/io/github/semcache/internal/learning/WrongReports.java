package io.github.semcache.internal.learning;

import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reports of wrong answers as an attribute of the entries that they concern. Every lookup returns
 * the attributes, so a report takes effect for all instances on the same store with their next
 * lookup.
 *
 * <p>The attribute {@code wrong_for} lists the prompts that an entry was reported for, from oldest
 * to latest, separated by spaces. Each prompt is identified by the first 16 hexadecimal digits of
 * its key. An entry holds the latest 256 reports. An entry with a longer attribute, which this
 * class does not write, is not served.
 */
public final class WrongReports {
  private static final String WRONG_FOR = "wrong_for";
  private static final int MAX_REPORTS = 256;
  private static final int DIGITS = 16;
  private static final int MAX_LENGTH = MAX_REPORTS * (DIGITS + 1);

  private WrongReports() {}

  /**
   * Returns the matches that may be served for a query. Excludes matches that were reported for the
   * query and matches in the answer group of a reported match.
   *
   * @param query the query
   * @param matches the matches
   * @return the remaining matches, in the same order
   */
  public static List<Match> servable(Query query, List<Match> matches) {
    for (Match match : matches) {
      if (isReported(match.entry(), query)) {
        return withoutReportedGroups(query, matches);
      }
    }
    return matches; // Usually, none of them is reported.
  }

  private static List<Match> withoutReportedGroups(Query query, List<Match> matches) {
    Set<String> groups =
        matches.stream()
            .map(Match::entry)
            .filter(entry -> isReported(entry, query))
            .map(CacheEntry::group)
            .collect(Collectors.toSet());
    return matches.stream().filter(match -> !groups.contains(match.entry().group())).toList();
  }

  /**
   * Returns whether an entry was reported as wrong for a query, or has a malformed list of reports.
   *
   * @param entry the entry
   * @param query the query
   * @return whether it was reported
   */
  public static boolean isReported(CacheEntry entry, Query query) {
    String reports = entry.attributes().get(WRONG_FOR);
    return reports != null
        && (reports.length() > MAX_LENGTH || reports(reports).contains(id(query)));
  }

  /** Returns the entry with a report for a query. */
  static CacheEntry reported(CacheEntry entry, Query query) {
    return withReports(entry, List.of(id(query)));
  }

  /** Returns the entry as a member of another entry's answer group, with that entry's reports. */
  static CacheEntry join(CacheEntry entry, CacheEntry member) {
    String reports = member.attributes().get(WRONG_FOR);
    CacheEntry joined = entry.group(member.group());
    return reports == null ? joined : withReports(joined, reports(reports));
  }

  /**
   * Returns an entry with the reports of a copy of it in another store.
   *
   * @param entry the entry
   * @param copy the copy
   * @return the entry with the reports of both
   */
  public static CacheEntry withReportsOf(CacheEntry entry, CacheEntry copy) {
    String reports = copy.attributes().get(WRONG_FOR);
    if (reports == null || reports.equals(entry.attributes().get(WRONG_FOR))) {
      return entry;
    }
    return new HashSet<>(reports(entry.attributes().getOrDefault(WRONG_FOR, "")))
            .containsAll(reports(reports))
        ? entry
        : withReports(entry, reports(reports));
  }

  private static CacheEntry withReports(CacheEntry entry, List<String> added) {
    String before = entry.attributes().getOrDefault(WRONG_FOR, "");
    Set<String> all = new LinkedHashSet<>(reports(before));
    all.removeAll(added);
    all.addAll(added);
    List<String> latest =
        new ArrayList<>(all).subList(Math.max(0, all.size() - MAX_REPORTS), all.size());
    return entry.attribute(WRONG_FOR, String.join(" ", latest));
  }

  private static List<String> reports(String attribute) {
    return attribute.isEmpty() || attribute.length() > MAX_LENGTH
        ? List.of()
        : Arrays.asList(attribute.split(" ", -1));
  }

  private static String id(Query query) {
    return query.key().substring(0, Math.min(DIGITS, query.key().length()));
  }
}
