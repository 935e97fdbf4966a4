package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.internal.entry.Curation;
import io.github.semcache.internal.entry.ReplyMapper;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * An answer and its source. Immutable. Two answers are equal if all their properties are equal,
 * including the entry that they were served from.
 */
public final class Answer {
  private final Query query;
  private final ChatReply reply;
  private final Source source;
  private final Optional<Match> served;
  private final Optional<String> entryId;
  private final Duration age;
  private final Optional<MissReason> missReason;
  private final Optional<Verification> verification;
  private final boolean isStale;
  private final Optional<Labels> ofPrompt;

  /** The source of an answer. */
  public enum Source {
    /**
     * The cache, by an entry with the same normalized text in the same scope. No embedding was
     * computed.
     */
    EXACT,
    /** The cache, by the entry of a similar text in the same scope. */
    SEMANTIC,
    /** The model, called by this request or by a request that it was coalesced with. */
    MODEL
  }

  private Answer(
      Query query,
      ChatReply reply,
      Source source,
      Optional<Match> served,
      Optional<String> entryId,
      Duration age,
      Optional<MissReason> missReason,
      Optional<Verification> verification,
      boolean isStale,
      Optional<Labels> ofPrompt) {
    this.query = requireNonNull(query, "query");
    this.reply = requireNonNull(reply, "reply");
    this.source = source;
    this.served = served;
    this.entryId = entryId;
    this.age = age;
    this.missReason = missReason;
    this.verification = verification;
    this.isStale = isStale;
    this.ofPrompt = ofPrompt;
  }

  static Answer ofEntry(
      Query query,
      CacheEntry entry,
      Source source,
      double distance,
      Optional<Verification> verification,
      Duration age,
      boolean isStale) {
    return new Answer(
        query,
        ReplyMapper.replyOf(entry),
        source,
        Optional.of(new Match(entry, distance)),
        Optional.of(entry.key()),
        age,
        Optional.empty(),
        verification,
        isStale,
        Optional.empty());
  }

  static Answer ofModel(
      CacheRequest request,
      ChatReply reply,
      Optional<String> entryId,
      MissReason missReason,
      Optional<Verification> verification) {
    return new Answer(
        request.query(),
        reply,
        Source.MODEL,
        Optional.empty(),
        entryId,
        Duration.ZERO,
        Optional.of(missReason),
        verification,
        false,
        Optional.of(request.prompt().labels()));
  }

  /**
   * Returns the query: the normalized text and the scope of the prompt.
   *
   * @return the query that the cache looked up
   */
  public Query query() {
    return query;
  }

  /**
   * Returns the reply of the model.
   *
   * @return the new reply of the model, or the stored one
   */
  public ChatReply reply() {
    return reply;
  }

  /**
   * Returns the source of the answer.
   *
   * @return the kind of hit, or the model
   */
  public Source source() {
    return source;
  }

  /**
   * Returns the cosine distance of the prompt and the prompt of the entry.
   *
   * @return the distance, in [0, 2]; 0 for an exact hit, empty for an answer of the model
   */
  public OptionalDouble distance() {
    return served
        .map(match -> OptionalDouble.of(match.distance()))
        .orElseGet(OptionalDouble::empty);
  }

  /**
   * Returns the prompt of the entry that was served.
   *
   * @return its normalized text; empty for an answer of the model
   */
  public Optional<String> matchedPrompt() {
    return served.map(match -> match.entry().prompt());
  }

  /**
   * Returns the id of the entry that the answer was served from or stored in.
   *
   * @return the id; empty for an answer of the model that was not stored
   */
  public Optional<String> entryId() {
    return entryId;
  }

  /** Returns the answer group of the entry when it was served; empty for an answer of the model. */
  Optional<String> group() {
    return served.map(match -> match.entry().group());
  }

  /**
   * Returns the age of the answer.
   *
   * @return the time since the model answered; zero for an answer of the model
   */
  public Duration age() {
    return age;
  }

  /**
   * Returns whether the answer is older than the {@linkplain
   * SemanticCacheBuilder#staleWhileRevalidate soft time to live}. Calls that may call the model
   * then refresh it in the background.
   *
   * @return false for an answer of the model, and if the cache has no soft time to live
   */
  public boolean isStale() {
    return isStale;
  }

  /**
   * Returns whether the answer was served from a {@linkplain Prompt#curated() curated} entry.
   *
   * @return false for an answer of the model
   */
  public boolean isCurated() {
    return served.filter(match -> Curation.isCurated(match.entry())).isPresent();
  }

  /**
   * Returns the labels of the answer.
   *
   * @return the labels with which the entry was stored; for an answer of the model, those of the
   *     prompt that was sent to the model
   */
  public Labels labels() {
    return ofPrompt.or(() -> served.map(match -> match.entry().labels())).orElse(Labels.none());
  }

  /**
   * Returns the reason for the miss.
   *
   * @return the reason; empty for an answer from the cache
   */
  public Optional<MissReason> missReason() {
    return missReason;
  }

  /**
   * Returns the decision of the verifier, with its reason and score.
   *
   * @return the acceptance of the entry that was served; on a miss, the decision on the first
   *     candidate that was not accepted. Empty if the verifier did not decide: for exact hits, and
   *     if no candidate was admitted by the policy
   */
  public Optional<Verification> verification() {
    return verification;
  }

  /**
   * Returns the text of the answer.
   *
   * @return the text, which may be empty
   */
  public String text() {
    return reply.text();
  }

  /**
   * Returns the token usage of the model call that produced the answer.
   *
   * @return the usage; empty if the model did not report it
   */
  public Optional<TokenUsage> usage() {
    return reply.usage();
  }

  /**
   * Returns whether the answer came from the cache.
   *
   * @return true unless the source is {@link Source#MODEL}
   */
  public boolean isHit() {
    return source != Source.MODEL;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Answer that && components().equals(that.components());
  }

  @Override
  public int hashCode() {
    return components().hashCode();
  }

  private List<Object> components() {
    return List.of(
        query, reply, source, served, entryId, age, missReason, verification, isStale, ofPrompt);
  }

  /**
   * Returns the source, the distance, and the entry id, but no text of the prompt or the answer.
   */
  @Override
  public String toString() {
    return "Answer[source=" + source + ", distance=" + distance() + ", entryId=" + entryId + "]";
  }
}
