package io.github.semcache.store;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Keeps what a cache has learned, beside its entries: a few named blobs of up to about a megabyte.
 * They belong to one cache and one {@link io.github.semcache.embedding.EmbeddingSpace}, as the
 * entries do, but they do not expire, and removing entries, even all of them, leaves them alone.
 *
 * <p>Implementations are safe for use by many threads at once, and may block on disk or network.
 */
public interface StateStore {

  /**
   * Reads a blob.
   *
   * @param name its name: see {@link #checkName}
   * @return what was kept last, or empty
   * @throws IllegalArgumentException if the name is none
   * @throws StoreException if the store cannot be asked
   */
  Optional<byte[]> load(String name);

  /**
   * Replaces a blob, whole or not at all. No change is lost: of those who do this at once, in this
   * process or in another one that shares the store, each sees what the one before it has made.
   *
   * @param name its name: see {@link #checkName}
   * @param change makes the new bytes of those that are there, if there are any. It may be called
   *     again because somebody else was faster, and does not use the store
   * @throws IllegalArgumentException if the name is none
   * @throws StoreException if the store cannot be asked, or others were faster again and again;
   *     then nothing has changed. What the change throws is passed on, and nothing has changed then
   *     either
   */
  void update(String name, Function<Optional<byte[]>, byte[]> change);

  /**
   * Keeps a blob, whatever is there.
   *
   * @param name its name: see {@link #checkName}
   * @param state the bytes
   * @throws IllegalArgumentException if the name is none
   * @throws StoreException as {@link #update} does
   */
  default void save(String name, byte[] state) {
    update(name, replaced -> state);
  }

  /**
   * For implementations: checks a name.
   *
   * @param name 1 to 64 lower-case letters and hyphens
   * @return the name
   * @throws IllegalArgumentException if it is not of that form
   */
  static String checkName(String name) {
    if (!Pattern.matches("[a-z-]{1,64}", name)) {
      throw new IllegalArgumentException(
          "name of a state is '" + name + "'; it must be 1 to 64 lower-case letters and hyphens");
    }
    return name;
  }
}
