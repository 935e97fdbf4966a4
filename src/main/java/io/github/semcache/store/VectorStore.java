package io.github.semcache.store;

import io.github.semcache.embedding.EmbeddingSpace;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Keeps the entries of one cache, by key and by nearness. All embeddings of a store belong to one
 * {@link EmbeddingSpace}.
 *
 * <p>Implementations are safe for use by many threads at once, and every method but {@link #space}
 * may block on disk or network. An entry that was put is seen by the next lookup of the same store
 * instance. An entry whose time to live has passed is never returned.
 */
public interface VectorStore extends AutoCloseable {

  /**
   * The vector space of this store. Does not block.
   *
   * @return model and dimension
   */
  EmbeddingSpace space();

  /**
   * Finds an entry by its key.
   *
   * @param key the {@linkplain io.github.semcache.prompt.Query#key key} of a query
   * @return the living entry with that key, or empty
   * @throws CorruptEntryException if there is one but it cannot be read
   * @throws StoreException if the store cannot be asked
   */
  Optional<CacheEntry> find(String key);

  /**
   * Finds the entries of a scope that are nearest to an embedding.
   *
   * @param query the embedding, the scope, how many, and how old at most
   * @return at most {@link NearestQuery#k} living entries, nearest first
   * @throws IllegalArgumentException if the embedding is not of this store's dimension
   * @throws StoreException if the store cannot be asked
   */
  NearestEntries nearest(NearestQuery query);

  /**
   * Writes entries, each replacing the one with the same key. Each lands whole, with its embedding
   * and its expiry, or not at all.
   *
   * @param insertions what to write; empty writes nothing
   * @return how many other entries this store removed to make room, 0 where it cannot know
   * @throws IllegalArgumentException if an embedding is not of this store's dimension; then nothing
   *     is written
   * @throws StoreException if an entry could not be written; others of the list may have been
   */
  int put(List<NewEntry> insertions);

  /**
   * Changes the attributes of an entry. Its embedding and its remaining time to live stay as they
   * are. Updates of one entry are atomic: each sees the attributes that the previous one wrote, in
   * every process that shares the store.
   *
   * @param key the key of the entry
   * @param change maps the entry to one that differs in its attributes at most. It may be called
   *     again if another update came first, and must not use the store. If it returns an equal
   *     entry, nothing is written
   * @return the entry after the change, or empty if there is no living entry with that key
   * @throws IllegalArgumentException if the change touches more than the attributes; then nothing
   *     is written
   * @throws CorruptEntryException if there is an entry but it cannot be read
   * @throws StoreException if the store fails; then nothing is written. Exceptions of {@code
   *     change} are passed on, and nothing is written
   */
  Optional<CacheEntry> updateAttributes(String key, UnaryOperator<CacheEntry> change);

  /**
   * Removes entries.
   *
   * @param selection which ones
   * @return how many living entries were removed, as far as the store can tell
   * @throws StoreException if the store cannot be asked; some of the entries may be gone
   */
  long remove(EntrySelector selection);

  /** Closes what this store has opened; nothing that was handed to it. May be called twice. */
  @Override
  void close();
}
