package io.github.semcache.redis;

import io.github.semcache.store.EntrySelector;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds entries by the value of one field without the index, by scanning all keys. */
final class FieldFilter {
  private final RedisCommands commands;

  FieldFilter(RedisCommands commands) {
    this.commands = commands;
  }

  /**
   * A condition on one field of an entry.
   *
   * @param field the name of the field
   * @param matches tests the value; entries without the field do not match
   */
  record Condition(String field, Predicate<String> matches) {
    static Condition scope(String scope) {
      return new Condition(HashCodec.SCOPE, scope::equals);
    }

    static Condition term(String term) {
      return new Condition(
          HashCodec.TERMS, terms -> Arrays.asList(terms.split(",")).contains(term));
    }

    static Condition terms(List<Set<String>> terms) {
      return new Condition(
          HashCodec.TERMS,
          joined ->
              EntrySelector.ByTerms.matches(
                  new HashSet<>(Arrays.asList(joined.split(","))), terms));
    }

    static Condition createdBefore(long millis) {
      return new Condition(
          HashCodec.CREATED_AT,
          createdAt -> {
            try {
              return Long.parseLong(createdAt) < millis;
            } catch (NumberFormatException e) {
              return false; // a corrupt entry
            }
          });
    }

    private boolean test(byte @Nullable [] value) {
      return value != null && matches.test(Utf8.decode(value));
    }
  }

  /** Returns the keys of the matching entries in batches, which may contain a key repeatedly. */
  Stream<List<byte[]>> scan(Condition condition, int batchSize) {
    return commands.scanKeys(batchSize).map(batch -> filter(condition, batch));
  }

  private List<byte[]> filter(Condition condition, List<byte[]> documentKeys) {
    byte[] field = Utf8.encode(condition.field());
    List<byte @Nullable []> values =
        commands.sendForEach(
            "read a field of entries",
            documentKeys,
            (pipeline, key) -> pipeline.hget(key, field),
            (jedis, key) -> jedis.hget(key, field));
    return IntStream.range(0, documentKeys.size())
        .filter(i -> condition.test(values.get(i)))
        .mapToObj(documentKeys::get)
        .toList();
  }
}
