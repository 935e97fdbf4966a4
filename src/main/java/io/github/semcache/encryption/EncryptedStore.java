package io.github.semcache.encryption;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.deadline.Deadline.ContextAware;
import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.Match;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A store that encrypts entries before it passes them to another store. It implements {@link
 * StateStore} and {@link Listable} if the other store does.
 */
class EncryptedStore implements VectorStore, NonBlocking, Deadline.Aware, ContextAware {
  private final VectorStore store;
  private final EntryCipher cipher;
  private final boolean keysBlock;

  private EncryptedStore(VectorStore store, StoreEncryption.Keys keys) {
    this.store = store;
    this.cipher = new EntryCipher(keys);
    this.keysBlock = !NonBlocking.test(keys);
  }

  static VectorStore of(VectorStore store, StoreEncryption.Keys keys) {
    if (store instanceof StateStore state) {
      return store instanceof Listable listable
          ? new WithStateAndList(store, keys, state, listable)
          : new WithState(store, keys, state);
    }
    return store instanceof Listable listable
        ? new WithList(store, keys, listable)
        : new EncryptedStore(store, keys);
  }

  final EntryCipher cipher() {
    return cipher;
  }

  @Override
  public boolean isNonBlocking() {
    return !keysBlock && NonBlocking.test(store);
  }

  @Override
  public boolean observesDeadline() {
    return !keysBlock && store instanceof Deadline.Aware aware && aware.observesDeadline();
  }

  @Override
  public Runnable withContext(Runnable task) {
    return store instanceof ContextAware aware ? aware.withContext(task) : task;
  }

  @Override
  public EmbeddingSpace space() {
    return store.space();
  }

  @Override
  public Optional<CacheEntry> find(String key) {
    return store.find(key(key)).map(cipher::decrypt);
  }

  @Override
  public VersionedEntry findWithVersions(String key, Set<String> dependencies) {
    EncryptedTerms terms = cipher.terms(dependencies);
    VersionedEntry found = store.findWithVersions(key(key), terms.stored());
    return new VersionedEntry(
        found.entry().map(cipher::decrypt), terms.originalKeys(found.versions()));
  }

  @Override
  public Map<String, String> versions(Set<String> dependencies) {
    EncryptedTerms terms = cipher.terms(dependencies);
    return terms.originalKeys(store.versions(terms.stored()));
  }

  private String key(String key) {
    return cipher.key(requireNonNull(key, "key"));
  }

  @Override
  public void renewVersion(String dependency) {
    store.renewVersion(cipher.term(requireNonNull(dependency, "dependency")));
  }

  @Override
  public NearestEntries nearest(NearestQuery query) {
    return decrypt(store.nearest(encrypt(requireNonNull(query, "query"))));
  }

  private NearestQuery encrypt(NearestQuery query) {
    return new NearestQuery(
        query.embedding(),
        cipher.scope(query.scope()),
        query.k(),
        query.notBefore(),
        cipher.storedTerms(query.terms()));
  }

  private NearestEntries decrypt(NearestEntries found) {
    List<Match> matches = new ArrayList<>();
    for (Match match : found.matches()) {
      readable(match.entry()).ifPresent(entry -> matches.add(new Match(entry, match.distance())));
    }
    int unreadable = found.matches().size() - matches.size();
    return new NearestEntries(matches, found.corrupt() + unreadable);
  }

  /** Returns a stored entry; empty if it cannot be decrypted. */
  final Optional<CacheEntry> readable(CacheEntry stored) {
    try {
      return Optional.of(cipher.decrypt(stored));
    } catch (StoreException.CorruptEntry e) {
      return Optional.empty();
    }
  }

  @Override
  public int put(List<NewEntry> entries) {
    return store.put(requireNonNull(entries, "entries").stream().map(cipher::encrypt).toList());
  }

  @Override
  public OptionalInt putIfUnchanged(NewEntry entry, Optional<Instant> known) {
    return store.putIfUnchanged(cipher.encrypt(requireNonNull(entry, "entry")), known);
  }

  @Override
  public Optional<CacheEntry> updateEntry(String key, UnaryOperator<CacheEntry> change) {
    requireNonNull(change, "change");
    return store.updateEntry(key(key), stored -> changed(stored, change)).map(cipher::decrypt);
  }

  private CacheEntry changed(CacheEntry stored, UnaryOperator<CacheEntry> change) {
    CacheEntry entry = cipher.decrypt(stored);
    CacheEntry changed = entry.withChange(change);
    if (changed.equals(entry)) {
      return stored;
    }
    return changed.attributes(entry.attributes()).equals(entry)
        ? cipher.withAttributes(stored, changed.attributes())
        : cipher.withTermsOf(stored, cipher.encrypt(changed));
  }

  @Override
  public boolean expire(String key, Optional<Duration> timeToLive) {
    return store.expire(key(key), timeToLive);
  }

  @Override
  public FoundEntries findAll(Set<String> keys) {
    FoundEntries found = store.findAll(keys.stream().map(cipher::key).collect(Collectors.toSet()));
    Map<String, CacheEntry> entries = new HashMap<>();
    for (CacheEntry stored : found.entries().values()) {
      readable(stored).ifPresent(entry -> entries.put(entry.key(), entry));
    }
    int unreadable = found.entries().size() - entries.size();
    return new FoundEntries(entries, found.corrupt() + unreadable);
  }

  @Override
  public List<NearestEntries> nearestAll(List<NearestQuery> queries) {
    return store.nearestAll(queries.stream().map(this::encrypt).toList()).stream()
        .map(this::decrypt)
        .toList();
  }

  @Override
  public Optional<LeaseStore> leases() {
    return store.leases().map(leases -> new EncryptedLeases(leases, cipher));
  }

  @Override
  public long remove(EntrySelector selector) {
    return store.remove(encrypt(selector));
  }

  @Override
  public long remove(EntrySelector selector, LongConsumer progress) {
    return store.remove(encrypt(selector), progress);
  }

  @Override
  public long count(EntrySelector selector) {
    return store.count(encrypt(selector));
  }

  private EntrySelector encrypt(EntrySelector selector) {
    requireNonNull(selector, "selector");
    if (selector instanceof EntrySelector.ByKey byKey) {
      return new EntrySelector.ByKey(cipher.key(byKey.key()));
    }
    if (selector instanceof EntrySelector.ByScope byScope) {
      return new EntrySelector.ByScope(cipher.scope(byScope.scope()));
    }
    if (selector instanceof EntrySelector.ByTerms byTerms) {
      return new EntrySelector.ByTerms(cipher.storedTerms(byTerms.terms()));
    }
    return selector instanceof EntrySelector.ByTerm byTerm
        ? new EntrySelector.ByTerm(cipher.term(byTerm.term()))
        : selector;
  }

  @Override
  public void close() {
    store.close();
  }

  static class WithState extends EncryptedStore implements StateStore {
    private final StateStore states;

    WithState(VectorStore store, StoreEncryption.Keys keys, StateStore states) {
      super(store, keys);
      this.states = states;
    }

    @Override
    public Optional<byte[]> load(String name) {
      return states.load(name).map(state -> cipher().decryptState(name, state));
    }

    @Override
    public void update(String name, Function<Optional<byte[]>, byte[]> change) {
      states.update(
          name,
          state ->
              cipher()
                  .encryptState(
                      name, change.apply(state.map(bytes -> cipher().decryptState(name, bytes)))));
    }

    @Override
    public void save(String name, byte[] state) {
      states.save(name, cipher().encryptState(name, state));
    }
  }

  static final class WithStateAndList extends WithState implements Listable {
    private final Listable list;

    WithStateAndList(
        VectorStore store, StoreEncryption.Keys keys, StateStore states, Listable list) {
      super(store, keys, states);
      this.list = list;
    }

    @Override
    public Stream<ListedEntry> entries() {
      return entries(list);
    }

    @Override
    public List<ListedEntry> entries(Set<String> keys) {
      return entries(list, keys);
    }
  }

  private static final class WithList extends EncryptedStore implements Listable {
    private final Listable list;

    WithList(VectorStore store, StoreEncryption.Keys keys, Listable list) {
      super(store, keys);
      this.list = list;
    }

    @Override
    public Stream<ListedEntry> entries() {
      return entries(list);
    }

    @Override
    public List<ListedEntry> entries(Set<String> keys) {
      return entries(list, keys);
    }
  }

  /** Decrypts the entries of a list. Entries that cannot be decrypted are omitted. */
  final Stream<ListedEntry> entries(Listable list) {
    return list.entries().flatMap(listed -> decrypt(listed).stream());
  }

  final List<ListedEntry> entries(Listable list, Set<String> keys) {
    return list.entries(keys.stream().map(cipher::key).collect(Collectors.toSet())).stream()
        .flatMap(listed -> decrypt(listed).stream())
        .toList();
  }

  private Optional<ListedEntry> decrypt(ListedEntry listed) {
    return readable(listed.entry())
        .map(
            entry ->
                new ListedEntry(entry, listed.expiresAt(), cipher.decryptTerms(listed.entry())));
  }
}
