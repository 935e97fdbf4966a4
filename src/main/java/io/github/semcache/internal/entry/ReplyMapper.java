package io.github.semcache.internal.entry;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Maps the replies of a model to entries of a store, and back. */
public final class ReplyMapper {
  private static final String MODEL = "model";
  private static final String FINISH_REASON = "finish_reason";
  private static final String INPUT_TOKENS = "input_tokens";
  private static final String OUTPUT_TOKENS = "output_tokens";
  private static final String PAYLOAD = "payload";
  private static final String MODEL_MILLIS = "model_millis";

  /** The time of expiry in milliseconds since 1970, or {@link #NEVER}. */
  private static final String EXPIRES_AT = "expires_at";

  private static final String NEVER = "never";

  /** The key of the entry whose answer was copied. */
  private static final String COPIED_FROM = "copied_from";

  private ReplyMapper() {}

  /**
   * Maps a reply to an entry.
   *
   * @param query the query that the reply answers
   * @param reply the reply
   * @param versions the versions of the query's dependencies before the reply was computed
   * @param createdAt the time of creation
   * @return the entry
   */
  public static CacheEntry entryOf(
      Query query, ChatReply reply, String versions, Instant createdAt) {
    return new CacheEntry(
        query.key(),
        query.scope().hash(),
        query.text(),
        reply.text(),
        attributes(reply, versions),
        createdAt);
  }

  private static Map<String, String> attributes(ChatReply reply, String versions) {
    Map<String, String> attributes = new HashMap<>();
    DependencyStamp.addTo(attributes, versions);
    attributes.put(FINISH_REASON, reply.finishReason().name());
    reply.model().ifPresent(model -> attributes.put(MODEL, model));
    reply.payload().ifPresent(payload -> attributes.put(PAYLOAD, payload));
    reply
        .usage()
        .ifPresent(
            usage -> {
              attributes.put(INPUT_TOKENS, Long.toString(usage.inputTokens()));
              attributes.put(OUTPUT_TOKENS, Long.toString(usage.outputTokens()));
            });
    return attributes;
  }

  /**
   * Adds the duration of the model call that produced the answer.
   *
   * @param entry the entry
   * @param took the duration
   * @return the entry with an additional attribute
   */
  public static CacheEntry withModelTime(CacheEntry entry, Duration took) {
    return entry.attribute(MODEL_MILLIS, Long.toString(took.toMillis()));
  }

  /**
   * Returns the duration of the model call that produced the answer of an entry.
   *
   * @param entry the entry
   * @return the duration; empty if it is not known
   */
  public static Optional<Duration> modelTimeOf(CacheEntry entry) {
    return millis(entry.attributes().get(MODEL_MILLIS)).map(Duration::ofMillis);
  }

  /**
   * Adds the time of expiry to an entry, for copies of it.
   *
   * @param entry the entry
   * @param timeToLive its time to live; empty for no expiry
   * @param now the time of creation
   * @return the entry with an additional attribute
   */
  public static CacheEntry withExpiry(
      CacheEntry entry, Optional<Duration> timeToLive, Instant now) {
    String expiry =
        timeToLive.map(ttl -> Long.toString(now.plus(ttl).toEpochMilli())).orElse(NEVER);
    return TimeToLiveRenewal.remark(entry.attribute(EXPIRES_AT, expiry), timeToLive);
  }

  /**
   * Replaces the answer of an entry. The new answer is in no answer group, has no reports, and
   * needs no confirmations. It is curated if the old one is.
   *
   * @param entry the entry
   * @param reply the new answer
   * @param now the time of creation
   * @return the entry with the new answer and the expiry, dependencies, and labels of the old one
   */
  public static CacheEntry withReply(CacheEntry entry, ChatReply reply, Instant now) {
    Map<String, String> attributes = attributes(reply, DependencyStamp.of(entry));
    for (String name :
        List.of(EXPIRES_AT, TimeToLiveRenewal.ATTRIBUTE, COPIED_FROM, Curation.ATTRIBUTE)) {
      Optional.ofNullable(entry.attributes().get(name))
          .ifPresent(value -> attributes.put(name, value));
    }
    return entry.withAnswer(reply.text(), attributes, now).labels(entry.labels());
  }

  /**
   * Returns a copy of an entry for another query, in the same answer group, with the remaining time
   * to live. The copy is not curated.
   *
   * @param query the other query
   * @param embedding the embedding of the other query; empty if it has none
   * @param entry the entry
   * @param now the current time
   * @return the copy; empty if less than a millisecond remains or the time of expiry is not known
   */
  public static Optional<NewEntry> copyFor(
      Query query, Optional<Embedding> embedding, CacheEntry entry, Instant now) {
    String origin = originOf(entry);
    Map<String, String> attributes = new HashMap<>(entry.attributes());
    attributes.put(COPIED_FROM, origin);
    CacheEntry copy =
        Curation.unmark(
            new CacheEntry(
                    query.key(),
                    query.scope().hash(),
                    query.text(),
                    entry.answer(),
                    attributes,
                    entry.createdAt())
                .group(entry.group()));
    Set<String> terms =
        new HashSet<>(DependencyStamp.terms(query.scope(), DependencyStamp.of(entry)));
    terms.addAll(entry.labels().terms());
    terms.add(Scope.copyTerm(origin));
    return expiryOf(entry, now)
        .filter(expiry -> !expiry.isPast())
        .map(expiry -> new NewEntry(copy, embedding, expiry.timeToLive(), terms));
  }

  /**
   * When an entry expires.
   *
   * @param timeToLive its remaining time to live, or its full one if hits renew it; zero if less
   *     than a millisecond remains; empty if it does not expire
   */
  record Expiry(Optional<Duration> timeToLive) {
    boolean isPast() {
      return timeToLive.filter(Duration::isZero).isPresent();
    }
  }

  /**
   * Returns when an entry expires.
   *
   * @param entry the entry
   * @param now the current time
   * @return the expiry; empty if it is not known
   */
  static Optional<Expiry> expiryOf(CacheEntry entry, Instant now) {
    String expiry = entry.attributes().getOrDefault(EXPIRES_AT, "");
    if (expiry.equals(NEVER)) {
      return Optional.of(new Expiry(Optional.empty()));
    }
    Optional<Duration> renewed = TimeToLiveRenewal.timeToLiveOf(entry);
    if (renewed.isPresent()) {
      return Optional.of(new Expiry(renewed));
    }
    try {
      long remaining = Long.parseLong(expiry) - now.toEpochMilli();
      return Optional.of(
          new Expiry(
              Optional.of(
                  remaining < 1
                      ? Duration.ZERO
                      : Prompt.checkTimeToLive(Duration.ofMillis(remaining)))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns whether two entries were written with the same expiry. */
  static boolean haveSameExpiry(CacheEntry one, CacheEntry other) {
    return Stream.of(EXPIRES_AT, TimeToLiveRenewal.ATTRIBUTE)
        .allMatch(name -> Objects.equals(one.attributes().get(name), other.attributes().get(name)));
  }

  /**
   * Returns the key of the entry from which an answer was copied.
   *
   * @param entry the entry
   * @return the key of the original entry, or that of the entry if it is not a copy
   */
  public static String originOf(CacheEntry entry) {
    return entry.attributes().getOrDefault(COPIED_FROM, entry.key());
  }

  /**
   * Maps an entry to a reply. Missing and unreadable attributes are omitted.
   *
   * @param entry the entry
   * @return the reply
   */
  public static ChatReply replyOf(CacheEntry entry) {
    Map<String, String> attributes = entry.attributes();
    return new ChatReply(
        entry.answer(),
        Optional.ofNullable(attributes.get(MODEL)),
        finishReason(attributes),
        usage(attributes),
        Optional.ofNullable(attributes.get(PAYLOAD)));
  }

  private static Optional<Long> millis(@Nullable String value) {
    try {
      return value == null
          ? Optional.empty()
          : Optional.of(Long.parseLong(value)).filter(millis -> millis >= 0);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static FinishReason finishReason(Map<String, String> attributes) {
    try {
      return FinishReason.valueOf(attributes.getOrDefault(FINISH_REASON, ""));
    } catch (IllegalArgumentException e) {
      return FinishReason.OTHER;
    }
  }

  private static Optional<TokenUsage> usage(Map<String, String> attributes) {
    if (!attributes.containsKey(INPUT_TOKENS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new TokenUsage(
              Long.parseLong(attributes.getOrDefault(INPUT_TOKENS, "")),
              Long.parseLong(attributes.getOrDefault(OUTPUT_TOKENS, ""))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
