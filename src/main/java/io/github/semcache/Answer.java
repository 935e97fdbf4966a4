package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.TokenUsage;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** An answer, and where it came from. Immutable. Two answers are equal if all that they tell is. */
public final class Answer {
  private final Query query;
  private final ChatReply reply;
  private final Source source;
  private final Optional<Match> served;
  private final Optional<String> entryId;
  private final Duration age;
  private final Optional<MissReason> missReason;

  /** Where an answer came from. */
  public enum Source {
    /** The cache, by the same normalized text in the same scope; no embedding was made. */
    EXACT,
    /** The cache, by a near text in the same scope. */
    SEMANTIC,
    /** The model. Requests that waited for another one's model call count as well. */
    MODEL
  }

  private Answer(
      Query query,
      ChatReply reply,
      Source source,
      Optional<Match> served,
      Optional<String> entryId,
      Duration age,
      Optional<MissReason> missReason) {
    this.query = requireNonNull(query, "query");
    this.reply = requireNonNull(reply, "reply");
    this.source = source;
    this.served = served;
    this.entryId = entryId;
    this.age = age;
    this.missReason = missReason;
  }

  static Answer ofEntry(
      Query query, CacheEntry entry, Source source, double distance, Duration age) {
    return new Answer(
        query,
        ReplyMapper.replyOf(entry),
        source,
        Optional.of(new Match(entry, distance)),
        Optional.of(entry.key()),
        age,
        Optional.empty());
  }

  static Answer ofModel(
      Query query, ChatReply reply, Optional<String> entryId, MissReason missReason) {
    return new Answer(
        query,
        reply,
        Source.MODEL,
        Optional.empty(),
        entryId,
        Duration.ZERO,
        Optional.of(missReason));
  }

  /**
   * What was asked.
   *
   * @return the prompt as the cache looked it up
   */
  public Query query() {
    return query;
  }

  /**
   * What the model replied.
   *
   * @return the reply, of now or of when the entry was made
   */
  public ChatReply reply() {
    return reply;
  }

  /**
   * Where the answer came from.
   *
   * @return the tier of the cache, or the model
   */
  public Source source() {
    return source;
  }

  /**
   * The cosine distance between the prompt and the one that was answered before.
   *
   * @return 0 to 2; 0 from the exact tier, empty from the model
   */
  public OptionalDouble distance() {
    return served
        .map(match -> OptionalDouble.of(match.distance()))
        .orElseGet(OptionalDouble::empty);
  }

  /**
   * The prompt that was answered before.
   *
   * @return its normalized text; empty from the model
   */
  public Optional<String> matchedPrompt() {
    return served.map(match -> match.entry().prompt());
  }

  /**
   * The entry that the answer was served from or kept in.
   *
   * @return its id; empty if the answer came from the model and was not kept
   */
  public Optional<String> entryId() {
    return entryId;
  }

  /** The answer group that the entry had when the answer was served; empty from the model. */
  Optional<String> group() {
    return served.map(match -> match.entry().group());
  }

  /**
   * How long ago the model gave the answer.
   *
   * @return the time since; zero from the model
   */
  public Duration age() {
    return age;
  }

  /**
   * Why the cache did not answer.
   *
   * @return the reason; empty unless the answer came from the model
   */
  public Optional<MissReason> missReason() {
    return missReason;
  }

  /**
   * The text of the answer.
   *
   * @return the text, which may be empty
   */
  public String text() {
    return reply.text();
  }

  /**
   * The tokens that the model call took, now or when the entry was made.
   *
   * @return the usage, where the model told it
   */
  public Optional<TokenUsage> usage() {
    return reply.usage();
  }

  /**
   * Whether the answer came from the cache.
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
    return List.of(query, reply, source, served, entryId, age, missReason);
  }

  /** Shows where the answer came from, but no text. */
  @Override
  public String toString() {
    return "Answer[source=" + source + ", distance=" + distance() + ", entryId=" + entryId + "]";
  }
}
