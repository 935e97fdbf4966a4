package io.github.semcache.internal.entry;

import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The confirmations of an answer as an attribute of its entry. Every lookup returns the attributes,
 * so a confirmation takes effect for all instances on the same store with their next lookup.
 *
 * <p>The attribute {@code confirmations} consists of words separated by spaces: the required number
 * of confirmations, the first known contributor who received the answer from the model ({@code -}
 * if there is none), and the contributors who confirmed the answer. A contributor is identified by
 * the first 32 hexadecimal digits of its {@linkplain Query#contributor hash}. An entry without the
 * attribute needs no confirmation. An entry with a malformed attribute is not served.
 */
public final class Confirmations {
  /** The maximum number of required confirmations. */
  public static final int MAX_REQUIRED = 100;

  private static final String ATTRIBUTE = "confirmations";
  private static final String UNKNOWN = "-";
  private static final int DIGITS = 32;
  private static final int MAX_LENGTH = 4 + (MAX_REQUIRED + 1) * (DIGITS + 1);

  private Confirmations() {}

  /** The content of the attribute. */
  private record Content(int required, String contributor, List<String> confirmedBy) {

    /** Reads an attribute; empty if it is malformed. */
    static Optional<Content> read(String attribute) {
      List<String> words =
          attribute.length() > MAX_LENGTH ? List.of() : Arrays.asList(attribute.split(" ", -1));
      try {
        int required = words.size() < 2 ? 0 : Integer.parseInt(words.get(0));
        return required < 1
            ? Optional.empty()
            : Optional.of(
                new Content(required, words.get(1), List.copyOf(words.subList(2, words.size()))));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }

    boolean isComplete() {
      return confirmedBy.size() >= required;
    }

    /**
     * Adds confirmations of other contributors, as many as are required. If the contributor is
     * unknown, the first one that is known takes its place: it may be the same person.
     */
    Content with(Collection<String> added) {
      Set<String> all = new LinkedHashSet<>(confirmedBy);
      all.addAll(added);
      String first =
          contributor.equals(UNKNOWN) && !all.isEmpty() ? all.iterator().next() : contributor;
      all.remove(first);
      return new Content(required, first, all.stream().limit(required).toList());
    }

    CacheEntry writeTo(CacheEntry entry) {
      List<String> words = new ArrayList<>(List.of(Integer.toString(required), contributor));
      words.addAll(confirmedBy);
      return entry.attribute(ATTRIBUTE, String.join(" ", words));
    }
  }

  /**
   * Marks the entry of a new answer as not confirmed.
   *
   * @param entry the entry
   * @param required the number of other contributors who must confirm it, at least 1
   * @param query the query that the model answered
   * @return the entry with the attribute
   */
  public static CacheEntry unconfirmed(CacheEntry entry, int required, Query query) {
    return new Content(required, id(query).orElse(UNKNOWN), List.of()).writeTo(entry);
  }

  /**
   * Gives the entry of a new answer the confirmations of the entry that it replaces.
   *
   * @param entry the new entry
   * @param replaced the entry with an equal answer
   * @return the new entry with the confirmations, or without the attribute if the replaced entry
   *     needs none
   */
  public static CacheEntry inherit(CacheEntry entry, CacheEntry replaced) {
    String attribute = replaced.attributes().get(ATTRIBUTE);
    return attribute == null ? entry : entry.attribute(ATTRIBUTE, attribute);
  }

  /**
   * Adds confirmations to an entry. An entry that needs none does not change.
   *
   * @param entry the entry
   * @param contributors the contributors, as {@link #idOf} and {@link #contributors} return them
   * @return the entry with the confirmations
   */
  public static CacheEntry confirm(CacheEntry entry, Collection<String> contributors) {
    return content(entry)
        .filter(content -> !content.isComplete())
        .map(content -> content.with(contributors).writeTo(entry))
        .orElse(entry);
  }

  /**
   * Returns whether an entry may be served for a query: whether it needs no confirmation, has
   * enough, or belongs to the contributor or was confirmed by the contributor of the query.
   *
   * @param entry the entry
   * @param query the query
   * @return whether it may be served
   */
  public static boolean permit(CacheEntry entry, Query query) {
    String attribute = entry.attributes().get(ATTRIBUTE);
    return attribute == null
        || Content.read(attribute)
            .filter(
                content ->
                    content.isComplete()
                        || id(query).filter(contributors(content)::contains).isPresent())
            .isPresent();
  }

  /**
   * Returns the matches that may be served for a query; see {@link #permit}.
   *
   * @param query the query
   * @param matches the matches
   * @return those that may be served, in the same order
   */
  public static List<Match> permitted(Query query, List<Match> matches) {
    for (Match match : matches) {
      if (!permit(match.entry(), query)) {
        return matches.stream().filter(other -> permit(other.entry(), query)).toList();
      }
    }
    return matches; // Usually, all of them are permitted.
  }

  /**
   * Returns whether an entry waits for confirmations.
   *
   * @param entry the entry
   * @return whether it can be confirmed
   */
  public static boolean isPending(CacheEntry entry) {
    return content(entry).filter(content -> !content.isComplete()).isPresent();
  }

  /**
   * Returns the contributors that received the answer of an entry or an equal one from the model.
   *
   * @param entry the entry
   * @return the contributors that are known
   */
  public static Set<String> contributors(CacheEntry entry) {
    return content(entry).map(Confirmations::contributors).orElse(Set.of());
  }

  private static Set<String> contributors(Content content) {
    Set<String> contributors = new LinkedHashSet<>(content.confirmedBy());
    contributors.add(content.contributor());
    contributors.remove(UNKNOWN);
    return contributors;
  }

  /**
   * Returns the contributor of a query.
   *
   * @param query the query
   * @return the contributor; empty if the query has none
   */
  public static Set<String> idOf(Query query) {
    return id(query).map(Set::of).orElse(Set.of());
  }

  private static Optional<String> id(Query query) {
    return query.contributor().map(hash -> hash.substring(0, Math.min(DIGITS, hash.length())));
  }

  private static Optional<Content> content(CacheEntry entry) {
    @Nullable String attribute = entry.attributes().get(ATTRIBUTE);
    return attribute == null ? Optional.empty() : Content.read(attribute);
  }
}
