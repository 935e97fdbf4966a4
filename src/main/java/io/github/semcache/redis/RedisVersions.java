package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import io.github.semcache.internal.store.DependencyVersions;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.store.VectorStore.VersionedEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.SetParams;

/**
 * Stores the version of each dependency in a separate key. A missing version is replaced by a new
 * random one, so entries written under a version that the server has evicted or lost are not served
 * again.
 */
final class RedisVersions {
  private static final String ACTION = "read the versions of dependencies";
  private static final String FIND = "find an entry";

  /** Limits the number of keys of dependencies that are no longer used. */
  private static final Duration TIME_TO_LIVE = Duration.ofDays(365);

  /** Longer values are not versions of this store. They would be stored with each entry. */
  private static final int MAX_LENGTH = 256;

  private static final byte[][] FIELDS = HashCodec.ENCODED_ENTRY_FIELDS.toArray(byte[][]::new);

  /** The reply to PTTL if the key does not exist. */
  private static final long NO_KEY = -2;

  private static final int MAX_KEYS = 1_000;

  private final RedisCommands commands;

  /** The encoded keys of the first dependencies, because every lookup of an entry needs them. */
  private final Map<String, byte[]> keys = new ConcurrentHashMap<>();

  RedisVersions(RedisCommands commands) {
    this.commands = commands;
  }

  /** Returns the versions. Takes one round trip, or two if one of them is missing. */
  Map<String, String> of(Set<String> dependencies) {
    if (dependencies.isEmpty()) {
      return Map.of();
    }
    List<String> terms = List.copyOf(dependencies);
    List<byte @Nullable []> values =
        commands.sendForEach(
            ACTION,
            terms.stream().map(this::key).toList(),
            (pipeline, key) -> pipeline.get(key),
            (jedis, key) -> jedis.get(key));
    return complete(terms, values);
  }

  /**
   * An entry with the versions of dependencies.
   *
   * @param millisToLive the remaining time to live of the entry; negative if it does not expire or
   *     was not requested
   */
  record Found(VersionedEntry versioned, long millisToLive) {}

  /**
   * Finds an entry and the versions in one round trip, or in two if one of the versions is missing.
   *
   * @param key the key of the entry
   * @param dependencies may be empty
   * @param withTimeToLive whether to request the remaining time to live
   * @throws io.github.semcache.store.StoreException.CorruptEntry as {@link
   *     EntryReader#read(String)} throws it
   */
  Found find(String key, Set<String> dependencies, boolean withTimeToLive) {
    List<String> terms = List.copyOf(dependencies);
    byte[] documentKey = commands.keys().documentKey(key);
    Replies replies =
        EntryReader.request(
            key,
            () ->
                commands.pipelined(
                    FIND,
                    pipeline -> {
                      // Read first, so that the time to live is not that of a later entry.
                      Response<Long> timeToLive =
                          withTimeToLive ? pipeline.pttl(documentKey) : null;
                      Response<List<byte[]>> entry = pipeline.hmget(documentKey, FIELDS);
                      Pending versions = request(pipeline, terms);
                      pipeline.sync();
                      return new Replies(documentKey, entry, timeToLive, versions);
                    }));
    Map<String, String> versions = replies.versions.get();
    return new Found(new VersionedEntry(replies.entry(key), versions), replies.millisToLive());
  }

  /**
   * Requests versions in a pipeline.
   *
   * @param terms the terms of the dependencies; may be empty
   */
  Pending request(AbstractPipeline pipeline, List<String> terms) {
    List<Response<byte[]>> versions = new ArrayList<>(terms.size());
    for (String term : terms) {
      versions.add(pipeline.get(key(term)));
    }
    return new Pending(terms, versions);
  }

  /** The replies of one pipeline for versions. Redirected commands are sent again without it. */
  final class Pending {
    private final List<String> terms;
    private final List<Response<byte[]>> versions;

    Pending(List<String> terms, List<Response<byte[]>> versions) {
      this.terms = terms;
      this.versions = versions;
    }

    /** Returns the versions. Takes another round trip if one of them is missing. */
    Map<String, String> get() {
      List<byte @Nullable []> values = new ArrayList<>(terms.size());
      for (int i = 0; i < terms.size(); i++) {
        values.add(value(versions.get(i), terms.get(i)));
      }
      return complete(terms, values);
    }
  }

  /** Returns the value of a term; null if there is none, or if it is not a string. */
  private byte @Nullable [] value(Response<byte[]> reply, String term) {
    try {
      return commands.reply(ACTION, reply, jedis -> jedis.get(key(term)));
    } catch (StoreException e) {
      if (RedisExceptions.isWrongType(e.getCause())) {
        return null;
      }
      throw e;
    }
  }

  /** The replies of one pipeline. Redirected commands are sent again without it. */
  private final class Replies {
    private final byte[] documentKey;
    private final Response<List<byte[]>> entry;
    private final @Nullable Response<Long> timeToLive;
    private final Pending versions;

    Replies(
        byte[] documentKey,
        Response<List<byte[]>> entry,
        @Nullable Response<Long> timeToLive,
        Pending versions) {
      this.documentKey = documentKey;
      this.entry = entry;
      this.timeToLive = timeToLive;
      this.versions = versions;
    }

    /**
     * Returns the time to live, negative if there is none; 0 if the entry did not exist yet or is
     * on another node.
     */
    long millisToLive() {
      if (timeToLive == null) {
        return -1;
      }
      long millis = commands.reply(FIND, timeToLive, jedis -> NO_KEY);
      return millis == NO_KEY ? 0 : millis;
    }

    Optional<CacheEntry> entry(String key) {
      return EntryReader.read(
              key, () -> commands.reply(FIND, entry, jedis -> jedis.hmget(documentKey, FIELDS)))
          .map(values -> HashCodec.decode(key, values));
    }
  }

  private Map<String, String> complete(List<String> terms, List<byte @Nullable []> values) {
    if (terms.size() == 1) {
      return Map.of(terms.get(0), version(terms.get(0), values.get(0)));
    }
    Map<String, String> versions = new HashMap<>();
    for (int i = 0; i < terms.size(); i++) {
      versions.put(terms.get(i), version(terms.get(i), values.get(i)));
    }
    return versions;
  }

  private String version(String term, byte @Nullable [] value) {
    if (value == null) {
      return create(term);
    }
    return value.length > MAX_LENGTH ? renew(term) : Utf8.decode(value);
  }

  /**
   * Creates a missing version, unless another client has created it in the meantime. Replaces a
   * value that is not a string.
   */
  private String create(String term) {
    byte[] version = Utf8.encode(DependencyVersions.newVersion());
    try {
      return commands.translate(
          ACTION,
          () -> {
            commands.jedis().set(key(term), version, timeToLive().nx());
            return Utf8.decode(requireNonNull(commands.jedis().get(key(term)), "version"));
          });
    } catch (StoreException e) {
      if (RedisExceptions.isWrongType(e.getCause())) {
        return renew(term);
      }
      throw e;
    }
  }

  /** Changes a version, and returns the new one. */
  String renew(String term) {
    String version = DependencyVersions.newVersion();
    commands.translate(
        "change the version of a dependency",
        () -> commands.jedis().set(key(term), Utf8.encode(version), timeToLive()));
    return version;
  }

  private static SetParams timeToLive() {
    return SetParams.setParams().ex(TIME_TO_LIVE.toSeconds());
  }

  private byte[] key(String term) {
    byte[] known = keys.get(term);
    if (known != null) {
      return known;
    }
    byte[] key = commands.keys().dependencyKey(NewEntry.checkTerm(term));
    if (keys.size() < MAX_KEYS) {
      keys.put(term, key);
    }
    return key;
  }
}
