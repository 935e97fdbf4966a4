package io.github.semcache.internal.migration;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Marks an entry as a copy of an entry of another store, as an attribute. A copy is pending until
 * it is certain that its original was not removed before it was written. A pending copy is not
 * served.
 */
public final class CopyMark {
  private static final String ATTRIBUTE = "copy";
  private static final String CONFIRMED = "confirmed";
  private static final String TERM = Scope.copyTerm("previous store");

  private CopyMark() {}

  /** Returns the terms by which a copy is counted, in addition to those of its original. */
  static Set<String> termsOf(CacheEntry copy) {
    return Set.of(TERM, termOf(copy.scope()));
  }

  private static String termOf(String scope) {
    return Scope.copyTerm("previous store, scope " + scope);
  }

  /**
   * Returns a selector of the copies among the entries that a selector selects; empty if there is
   * none for this kind of selector.
   */
  static Optional<EntrySelector> copiesOf(EntrySelector selector) {
    if (selector instanceof EntrySelector.All) {
      return Optional.of(new EntrySelector.ByTerm(TERM));
    }
    if (selector instanceof EntrySelector.ByScope byScope) {
      return Optional.of(new EntrySelector.ByTerm(termOf(byScope.scope())));
    }
    if (selector instanceof EntrySelector.ByTerm byTerm) {
      return Optional.of(new EntrySelector.ByTerms(List.of(Set.of(byTerm.term()), Set.of(TERM))));
    }
    if (selector instanceof EntrySelector.ByTerms byTerms) {
      List<Set<String>> terms = new ArrayList<>(byTerms.terms());
      terms.add(Set.of(TERM));
      return Optional.of(new EntrySelector.ByTerms(terms));
    }
    return Optional.empty();
  }

  /** Returns a token that identifies a pending copy. */
  static String newToken() {
    return UUID.randomUUID().toString();
  }

  static CacheEntry pending(CacheEntry entry, String token) {
    return with(entry, token);
  }

  static CacheEntry confirmed(CacheEntry entry) {
    return with(entry, CONFIRMED);
  }

  private static CacheEntry with(CacheEntry entry, String mark) {
    return entry.attribute(ATTRIBUTE, mark);
  }

  /** Returns whether an entry is the pending copy with a token. */
  static boolean isPending(CacheEntry entry, String token) {
    return token.equals(entry.attributes().get(ATTRIBUTE));
  }

  /** Returns whether an entry is a copy that may be served. */
  static boolean isConfirmed(CacheEntry entry) {
    return CONFIRMED.equals(entry.attributes().get(ATTRIBUTE));
  }

  /**
   * Returns whether an entry is a pending copy, which must not be served.
   *
   * @param entry the entry
   * @return whether it is a pending copy
   */
  public static boolean isPending(CacheEntry entry) {
    String mark = entry.attributes().get(ATTRIBUTE);
    return mark != null && !mark.equals(CONFIRMED);
  }
}
