package io.github.semcache.store;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Stores the learned state of a cache: a few named byte arrays of up to about a megabyte each. Like
 * the entries, a state belongs to one cache and one {@link
 * io.github.semcache.embedding.EmbeddingSpace}. Unlike entries, states do not expire, and removing
 * entries, even all of them, does not remove states.
 *
 * <p>Implementations are thread-safe. All methods may block on disk or network.
 *
 * <p>A name consists of 1 to 64 lower-case letters and hyphens. Implementations check it with
 * {@link #checkName}.
 */
public interface StateStore {

  /**
   * Reads a state.
   *
   * @param name the name of the state
   * @return the most recently written bytes, or empty
   * @throws IllegalArgumentException if the name is invalid
   * @throws StoreException if the store fails
   */
  Optional<byte[]> load(String name);

  /**
   * Updates a state atomically. Concurrent updates, in this process or in another process that
   * shares the store, are serialized: each update sees the result of the previous update. An update
   * is written completely or not at all.
   *
   * @param name the name of the state
   * @param change maps the current bytes, if there are any, to the new bytes. It may be called
   *     again after a conflict with a concurrent update, and must not use the store
   * @throws IllegalArgumentException if the name is invalid
   * @throws StoreException if the store fails, or after repeated conflicts with concurrent updates;
   *     in that case, nothing is written. Exceptions of {@code change} are propagated, and nothing
   *     is written
   */
  void update(String name, Function<Optional<byte[]>, byte[]> change);

  /**
   * Writes a state. Replaces the current bytes, if there are any.
   *
   * @param name the name of the state
   * @param state the bytes
   * @throws IllegalArgumentException if the name is invalid
   * @throws StoreException see {@link #update}
   */
  default void save(String name, byte[] state) {
    update(name, replaced -> state);
  }

  /**
   * Checks the name of a state. For implementations.
   *
   * @param name the name
   * @return the name
   * @throws IllegalArgumentException if the name is not 1 to 64 lower-case letters and hyphens
   */
  static String checkName(String name) {
    if (!Pattern.matches("[a-z-]{1,64}", name)) {
      throw new IllegalArgumentException(
          "name of a state is '" + name + "'; it must be 1 to 64 lower-case letters and hyphens");
    }
    return name;
  }
}
