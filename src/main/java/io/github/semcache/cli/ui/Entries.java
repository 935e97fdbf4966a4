package io.github.semcache.cli.ui;

import io.github.semcache.prompt.Labels;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists, searches, and removes the entries of a store. At most 50,000 entries are read for one
 * list. Thread-safe.
 *
 * @param options the store
 * @param hits returns how often an entry answered a question on the page
 */
record Entries(UiOptions options, ToLongFunction<String> hits) {
  private static final int MAX_SCANNED = 50_000;
  private static final int MAX_SHOWN_CHARACTERS = 2_000;
  private static final Comparator<ListedEntry> BY_AGE =
      Comparator.comparing(listed -> listed.entry().createdAt());

  /**
   * Lists the newest entries that contain a text in any part, in one scope or in all.
   *
   * @param labels the filter of their labels; empty for entries with any labels
   */
  Map<String, @Nullable Object> list(
      String search, String scope, Optional<Labels.Filter> labels, int limit) {
    String wanted = search.strip().toLowerCase(Locale.ROOT);
    PriorityQueue<ListedEntry> newest = new PriorityQueue<>(limit + 1, BY_AGE);
    int scanned = 0;
    int matching = 0;
    try (Stream<ListedEntry> entries = options.listing().entries().limit(MAX_SCANNED)) {
      for (ListedEntry listed : (Iterable<ListedEntry>) entries::iterator) {
        scanned++;
        if (matches(listed.entry(), wanted, scope)
            && labels.filter(filter -> !filter.matches(listed.entry().labels())).isEmpty()) {
          matching++;
          newest.add(listed);
          if (newest.size() > limit) {
            newest.remove();
          }
        }
      }
    }
    Instant now = Instant.now();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("matching", matching);
    json.put("scanned", scanned);
    json.put("isComplete", scanned < MAX_SCANNED);
    json.put(
        "entries",
        newest.stream().sorted(BY_AGE.reversed()).map(listed -> describe(listed, now)).toList());
    return json;
  }

  private static boolean matches(CacheEntry entry, String wanted, String scope) {
    return (scope.isEmpty() || entry.scope().equals(scope))
        && (wanted.isEmpty()
            || Stream.of(entry.prompt(), entry.answer(), entry.key(), model(entry))
                .anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(wanted)));
  }

  private static String model(CacheEntry entry) {
    return entry.attributes().getOrDefault("model", "");
  }

  private Map<String, @Nullable Object> describe(ListedEntry listed, Instant now) {
    CacheEntry entry = listed.entry();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("key", entry.key());
    json.put("scope", entry.scope());
    json.put("prompt", shortened(entry.prompt()));
    json.put("answer", shortened(entry.answer()));
    json.put("model", model(entry));
    json.put("labels", entry.labels().values());
    json.put("createdAt", entry.createdAt().toString());
    json.put("ageSeconds", Math.max(0, Duration.between(entry.createdAt(), now).toSeconds()));
    json.put(
        "expiresInSeconds",
        listed.expiresAt().map(end -> Duration.between(now, end).toSeconds()).orElse(null));
    json.put("hits", hits.applyAsLong(entry.key()));
    return json;
  }

  private static String shortened(String text) {
    return text.length() <= MAX_SHOWN_CHARACTERS
        ? text
        : text.substring(0, MAX_SHOWN_CHARACTERS) + " ...";
  }

  /** Returns the scopes of the entries with their sizes, largest first. */
  List<Map<String, Object>> scopes() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    Map<String, String> models = new HashMap<>();
    sizes.put(options.scope().hash(), 0);
    try (Stream<ListedEntry> entries = options.listing().entries().limit(MAX_SCANNED)) {
      entries.forEach(
          listed -> {
            CacheEntry entry = listed.entry();
            sizes.merge(entry.scope(), 1, Integer::sum);
            models.put(entry.scope(), model(entry));
          });
    }
    return sizes.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .map(scope -> describe(scope.getKey(), scope.getValue(), models))
        .toList();
  }

  private Map<String, Object> describe(String hash, int size, Map<String, String> models) {
    Map<String, Object> scope = new LinkedHashMap<>();
    scope.put("hash", hash);
    scope.put("model", models.getOrDefault(hash, ""));
    scope.put("entries", size);
    scope.put("isOwn", options.scope().hash().equals(hash));
    return scope;
  }

  /** Removes an entry and returns the number of removed entries. */
  long remove(String key) {
    return options.store().remove(EntrySelector.entry(key));
  }
}
