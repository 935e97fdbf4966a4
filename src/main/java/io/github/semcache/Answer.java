package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.TokenUsage;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An answer, and where it came from. Immutable.
 *
 * @param query what was asked, as the cache looked it up
 * @param reply what the model replied, now or when the entry was made
 * @param source where the answer came from
 * @param distance the cosine distance between the prompt and the one that was answered before, 0 to
 *     2; 0 from the exact tier, empty from the model
 * @param matchedPrompt the normalised text of the prompt that was answered before; empty from the
 *     model
 * @param entryId the id of the entry that the answer was served from or kept in; empty if it came
 *     from the model and was not kept
 * @param age how long ago the model gave the answer; zero from the model
 * @param missReason why the cache did not answer; empty unless the answer came from the model
 */
public record Answer(
    Query query,
    ChatReply reply,
    Source source,
    OptionalDouble distance,
    Optional<String> matchedPrompt,
    Optional<String> entryId,
    Duration age,
    Optional<MissReason> missReason) {

  /** Where an answer came from. */
  public enum Source {
    /** The cache, by the same normalised text in the same scope; no embedding was made. */
    EXACT,
    /** The cache, by a near text in the same scope. */
    SEMANTIC,
    /** The model. Requests that waited for another one's model call count as well. */
    MODEL
  }

  public Answer {
    requireNonNull(query, "query");
    requireNonNull(reply, "reply");
    requireNonNull(source, "source");
    requireNonNull(distance, "distance");
    requireNonNull(matchedPrompt, "matchedPrompt");
    requireNonNull(entryId, "entryId");
    requireNonNull(age, "age");
    requireNonNull(missReason, "missReason");
  }

  static Answer ofEntry(
      Query query, CacheEntry entry, Source source, double distance, Duration age) {
    return new Answer(
        query,
        Replies.replyOf(entry),
        source,
        OptionalDouble.of(distance),
        Optional.of(entry.prompt()),
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
        OptionalDouble.empty(),
        Optional.empty(),
        entryId,
        Duration.ZERO,
        Optional.of(missReason));
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

  /** Shows where the answer came from, but no text. */
  @Override
  public String toString() {
    return "Answer[source=" + source + ", distance=" + distance + ", entryId=" + entryId + "]";
  }
}
