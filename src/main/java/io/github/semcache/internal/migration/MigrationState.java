package io.github.semcache.internal.migration;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StateStore;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The completed migrations to a store, as a state of that store: a line with the model, the
 * dimension, and the time for each old vector space.
 */
public final class MigrationState {
  private static final String NAME = "migration";

  private MigrationState() {}

  /**
   * Returns whether the migration from a vector space is complete.
   *
   * @param states the state of the new store
   * @param from the old vector space
   * @return whether it was {@linkplain #complete completed}
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public static boolean isComplete(StateStore states, EmbeddingSpace from) {
    return lines(states.load(NAME)).stream().anyMatch(line -> line.startsWith(prefix(from)));
  }

  /**
   * Records that the migration from a vector space is complete.
   *
   * @param states the state of the new store
   * @param from the old vector space
   * @param now the current time
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public static void complete(StateStore states, EmbeddingSpace from, Instant now) {
    states.update(
        NAME,
        saved -> {
          Set<String> lines =
              lines(saved).stream()
                  .filter(line -> !line.startsWith(prefix(from)))
                  .collect(Collectors.toCollection(LinkedHashSet::new));
          lines.add(prefix(from) + now.toEpochMilli());
          return String.join("\n", lines).getBytes(UTF_8);
        });
  }

  private static List<String> lines(Optional<byte[]> state) {
    return state
        .map(bytes -> new String(bytes, UTF_8).lines().filter(line -> !line.isBlank()).toList())
        .orElse(List.of());
  }

  private static String prefix(EmbeddingSpace space) {
    return URLEncoder.encode(space.modelId(), UTF_8) + " " + space.dimension() + " ";
  }
}
