package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;

/** The contract with entries that are flushed to the index before lookups. */
@Tag("slow")
class IndexedLuceneVectorStoreTest extends LuceneVectorStoreTest {
  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return new FlushingStore((LuceneVectorStore) super.open(space));
  }

  private record FlushingStore(LuceneVectorStore store) implements VectorStore {
    @Override
    public EmbeddingSpace space() {
      return store.space();
    }

    @Override
    public Optional<CacheEntry> find(String key) {
      return store.find(key);
    }

    @Override
    public NearestEntries nearest(NearestQuery query) {
      return store.nearest(query);
    }

    @Override
    public int put(List<NewEntry> entries) {
      int evicted = store.put(entries);
      store.flush();
      return evicted;
    }

    @Override
    public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
      Optional<CacheEntry> updated = store.updateEntry(key, change);
      store.flush();
      return updated;
    }

    @Override
    public boolean expire(String key, Optional<Duration> timeToLive) {
      boolean exists = store.expire(key, timeToLive);
      store.flush();
      return exists;
    }

    @Override
    public long remove(EntrySelector selector) {
      long removed = store.remove(selector);
      store.flush();
      return removed;
    }

    @Override
    public long count(EntrySelector selector) {
      return store.count(selector);
    }

    @Override
    public Map<String, String> versions(Set<String> dependencies) {
      return store.versions(dependencies);
    }

    @Override
    public void renewVersion(String dependency) {
      store.renewVersion(dependency);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
