package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A prompt for the model, with the options of one call. By default, a prompt consists of its text,
 * and the options of the cache apply. Immutable and thread-safe: each method that sets an option
 * returns a new prompt.
 *
 * <pre>{@code
 * Prompt.of("What does the premium plan cost?")
 *     .system("You are the help desk of ACME.")
 *     .tag("tenant", "acme")
 *     .maxAge(Duration.ofHours(1))
 * }</pre>
 *
 * <p>The text is compared by meaning. The {@linkplain #scope() scope} must be equal for a cached
 * answer to be used.
 */
public final class Prompt {
  /** The minimum {@linkplain #timeToLive(Duration) time to live}: 1 ms. */
  public static final Duration MIN_TIME_TO_LIVE = Duration.ofMillis(1);

  /** The maximum {@linkplain #timeToLive(Duration) time to live}: 36,525 days (100 years). */
  public static final Duration MAX_TIME_TO_LIVE = Duration.ofDays(36_525);

  private final String text;
  private final Scope scope;
  private final Mode mode;
  private final Optional<Duration> maxAge;
  private final OptionalDouble maxDistance;
  private final Optional<Duration> timeToLive;
  private final Optional<Duration> maxWait;
  private final Optional<Duration> deadline;
  private final Optional<Embedding> embedding;
  private final boolean quiet;
  private final Optional<String> contributor;
  private final boolean curated;
  private final Labels labels;
  private final Optional<Labels.Filter> labelFilter;

  private Prompt(Draft draft) {
    this.text = draft.text;
    this.scope = draft.scope;
    this.mode = draft.mode;
    this.maxAge = draft.maxAge;
    this.maxDistance = draft.maxDistance;
    this.timeToLive = draft.timeToLive;
    this.maxWait = draft.maxWait;
    this.deadline = draft.deadline;
    this.embedding = draft.embedding;
    this.quiet = draft.quiet;
    this.contributor = draft.contributor;
    this.curated = draft.curated;
    this.labels = draft.labels;
    this.labelFilter = draft.labelFilter;
  }

  /**
   * Creates a prompt with a text and default options.
   *
   * @param text the last message of the user. Unpaired surrogates are {@linkplain
   *     Normalizer#wellFormed replaced}, also for the model
   * @return the prompt
   * @throws IllegalArgumentException if the text is blank
   */
  public static Prompt of(String text) {
    requireNonNull(text, "text");
    if (text.isBlank()) {
      throw new IllegalArgumentException("text is blank; a prompt must ask something");
    }
    return new Prompt(new Draft(WellFormed.replaceUnpairedSurrogates(text)));
  }

  /**
   * Sets the system text. Only answers with an equal system text are reused.
   *
   * @param system the system text
   * @return a prompt with the system text
   */
  public Prompt system(String system) {
    return scope(scope.system(system));
  }

  /**
   * Sets the earlier messages of the conversation. Only answers with equal earlier messages are
   * reused.
   *
   * @param history the earlier messages, oldest first
   * @return a prompt with the messages
   */
  public Prompt history(List<Message> history) {
    return scope(scope.history(history));
  }

  /**
   * Appends a message to the {@linkplain #history() earlier messages}.
   *
   * @param message the message before this prompt
   * @return a prompt with the message
   */
  public Prompt after(Message message) {
    List<Message> longer = new ArrayList<>(scope.history());
    longer.add(message);
    return history(longer);
  }

  /**
   * Adds a tag to the scope, for example the tenant, the user, the locale, or the version of a
   * knowledge base. Only answers with equal tags are reused. A tag with the same name is replaced.
   *
   * @param name the name of the tag; any string
   * @param value the value of the tag; any string
   * @return a prompt with the tag
   */
  public Prompt tag(String name, String value) {
    return scope(scope.tag(name, value));
  }

  /**
   * Adds a dependency to the scope: something that the answer depends on and that may change, such
   * as a document or a price list. When it has changed, {@link
   * io.github.semcache.SemanticCache#invalidateDependents} invalidates all answers that depend on
   * it. Only answers with the same dependencies are reused.
   *
   * @param dependency the name of the dependency; any string
   * @return a prompt with the dependency
   */
  public Prompt dependsOn(String dependency) {
    return scope(scope.dependsOn(dependency));
  }

  /**
   * Adds a label, a descriptive text such as a topic. It is stored with the answer and {@linkplain
   * io.github.semcache.Answer#labels returned} with it. {@linkplain #where Lookups}, counts, and
   * removals can select answers by their labels. Labels are not part of the scope: if the answer to
   * this prompt is already stored, it is served with the labels that it was stored with. A label
   * with the same name is replaced.
   *
   * @param name the name of the label, 1 to 64 characters
   * @param value the text, at most 256 characters
   * @return a prompt with the label
   * @throws IllegalArgumentException if the name is blank, the name or the text is too long, or
   *     there are more than 16 labels
   */
  public Prompt label(String name, String value) {
    return labels(labels.with(name, value));
  }

  /**
   * Adds a label with a number, such as a price; see {@link #label(String, String)}.
   *
   * @param name the name of the label, 1 to 64 characters
   * @param value the number, finite; rounded to 15 significant digits
   * @return a prompt with the label
   * @throws IllegalArgumentException if the name is blank or too long, the number is not finite, or
   *     there are more than 16 labels
   */
  public Prompt label(String name, double value) {
    return labels(labels.with(name, value));
  }

  /**
   * Sets the labels, which replace those that were added before.
   *
   * @param labels the labels
   * @return a prompt with the labels
   */
  public Prompt labels(Labels labels) {
    Draft draft = new Draft(this);
    draft.labels = requireNonNull(labels, "labels");
    return new Prompt(draft);
  }

  /**
   * Uses only cached answers whose labels meet a filter. Other answers are not found, not even the
   * one to exactly this prompt. An answer of the model is stored only if the {@linkplain
   * #label(String, String) labels} of this prompt meet the filter. Otherwise this prompt would not
   * find it again, and it would replace an answer with other labels. A filter that was set before
   * is replaced. The filter has no effect on {@code put}.
   *
   * @param filter the filter
   * @return a prompt with the filter
   */
  public Prompt where(Labels.Filter filter) {
    Draft draft = new Draft(this);
    draft.labelFilter = Optional.of(requireNonNull(filter, "filter"));
    return new Prompt(draft);
  }

  /**
   * Sets the scope, which replaces the tags, the system text, the earlier messages, and the
   * dependencies.
   *
   * @param scope the scope
   * @return a prompt with the scope
   */
  public Prompt scope(Scope scope) {
    Draft draft = new Draft(this);
    draft.scope = requireNonNull(scope, "scope");
    return new Prompt(draft);
  }

  /**
   * Sets the maximum age of a cached answer. By default, an answer is used until it expires. The
   * age is the difference between the clock of this machine and that of the machine that stored the
   * answer, so its accuracy depends on how well they are synchronized.
   *
   * @param maxAge the maximum age, positive
   * @return a prompt with the maximum age
   * @throws IllegalArgumentException if the age is zero or negative
   */
  public Prompt maxAge(Duration maxAge) {
    Draft draft = new Draft(this);
    draft.maxAge = Optional.of(positive(maxAge, "maxAge"));
    return new Prompt(draft);
  }

  /**
   * Sets the maximum cosine distance of a hit for this prompt, instead of the threshold of the
   * cache.
   *
   * @param maxDistance the maximum cosine distance, in [0, 2]
   * @return a prompt with the threshold
   * @throws IllegalArgumentException if the distance is out of range
   */
  public Prompt maxDistance(double maxDistance) {
    if (!(maxDistance >= 0 && maxDistance <= 2)) {
      throw new IllegalArgumentException(
          "maxDistance is " + maxDistance + "; a cosine distance lies between 0 and 2");
    }
    Draft draft = new Draft(this);
    draft.maxDistance = OptionalDouble.of(maxDistance);
    return new Prompt(draft);
  }

  /**
   * Sets the time to live of the answer, instead of that of the cache.
   *
   * @param timeToLive from 1 ms to 36,525 days (100 years)
   * @return a prompt with the time to live
   * @throws IllegalArgumentException if the time to live is out of range
   */
  public Prompt timeToLive(Duration timeToLive) {
    Draft draft = new Draft(this);
    draft.timeToLive = Optional.of(checkTimeToLive(timeToLive));
    return new Prompt(draft);
  }

  /**
   * Checks that a time to live is in the range that every store supports with a precision of one
   * millisecond.
   *
   * @param timeToLive the time to live
   * @return the same time to live
   * @throws IllegalArgumentException if it is shorter than 1 ms or longer than 36,525 days (100
   *     years)
   */
  public static Duration checkTimeToLive(Duration timeToLive) {
    requireNonNull(timeToLive, "timeToLive");
    if (timeToLive.compareTo(MIN_TIME_TO_LIVE) < 0 || timeToLive.compareTo(MAX_TIME_TO_LIVE) > 0) {
      throw new IllegalArgumentException(
          "timeToLive is " + timeToLive + "; it must be between 1 ms and 36525 days");
    }
    return timeToLive;
  }

  /**
   * Removes the {@linkplain #timeToLive(Duration) time to live} and the {@linkplain
   * #maxAge(Duration) maximum age}.
   *
   * @return a prompt with neither of them
   */
  public Prompt withoutLimits() {
    Draft draft = new Draft(this);
    draft.timeToLive = Optional.empty();
    draft.maxAge = Optional.empty();
    return new Prompt(draft);
  }

  /**
   * Sets the maximum time to wait for another call that is answering the same prompt. After it,
   * this call calls the model as well.
   *
   * @param maxWait the maximum time, positive; by default that of the {@linkplain
   *     io.github.semcache.SemanticCacheBuilder#maxWait cache}
   * @return a prompt with the maximum time
   * @throws IllegalArgumentException if the time is zero or negative
   */
  public Prompt maxWait(Duration maxWait) {
    Draft draft = new Draft(this);
    draft.maxWait = Optional.of(positive(maxWait, "maxWait"));
    return new Prompt(draft);
  }

  /**
   * Sets the time limit of the lookup, instead of that of the cache. After it, the model is called.
   *
   * @param deadline the time limit, positive; by default that of the {@linkplain
   *     io.github.semcache.SemanticCacheBuilder#deadline cache}
   * @return a prompt with the time limit
   * @throws IllegalArgumentException if the time is zero or negative
   */
  public Prompt deadline(Duration deadline) {
    Draft draft = new Draft(this);
    draft.deadline = Optional.of(positive(deadline, "deadline"));
    return new Prompt(draft);
  }

  /**
   * Returns a prompt with an embedding that the caller has computed. Lookups and writes use it
   * instead of calling the embedder. The key does not depend on it. The embedding must be that of
   * the {@linkplain io.github.semcache.SemanticCacheBuilder#normalizer normalized} text, computed
   * with the model of the cache's embedder: the cache can only check the dimension, and rejects a
   * prompt with another one.
   *
   * @param embedding the embedding of the text
   * @return a copy of this prompt with the embedding
   */
  public Prompt embedding(Embedding embedding) {
    Draft draft = new Draft(this);
    draft.embedding = Optional.of(requireNonNull(embedding, "embedding"));
    return new Prompt(draft);
  }

  /**
   * Delays a hit by the duration of a recent model call. Use it for callers who must not know
   * whether somebody has asked a similar prompt before, which they could otherwise measure. The
   * delay is that of one of the latest 128 model calls of this cache, at most 10 seconds, and 1
   * second before the first call. The calling thread sleeps.
   *
   * <p>Callers can still recognize some hits: a stream of a cached answer arrives in one piece, and
   * an answer that a concurrent call is receiving arrives earlier than a new one. Wrapped clients
   * also mark hits.
   *
   * @return a prompt whose hits are delayed
   */
  public Prompt quiet() {
    Draft draft = new Draft(this);
    draft.quiet = true;
    return new Prompt(draft);
  }

  /**
   * Sets who asks, for a cache that requires {@linkplain
   * io.github.semcache.SemanticCacheBuilder#confirmations confirmations}. The answer of the model
   * is served to the same contributor at once, and to others after enough of them have received an
   * equal answer. The id is not part of the scope. The store contains a hash of the id and the
   * scope.
   *
   * @param id the id of an authenticated user or account; any string that is not blank. Take it
   *     from the session, because callers who choose their ids can confirm their own answers
   * @return a prompt with the contributor
   * @throws IllegalArgumentException if the id is blank
   */
  public Prompt contributor(String id) {
    if (requireNonNull(id, "id").isBlank()) {
      throw new IllegalArgumentException("contributor is blank; it must identify who asks");
    }
    Draft draft = new Draft(this);
    draft.contributor = Optional.of(id);
    return new Prompt(draft);
  }

  /**
   * Marks the answer that is stored for this prompt as curated, for answers that a trusted person
   * has checked. Intended for {@code put} and {@code putAll}; the answer of the model to such a
   * prompt is curated as well. Lookups do not depend on the mark of their prompt.
   *
   * <p>A semantic lookup decides on curated candidates before others. Answers of the model to
   * prompts without this mark do not replace a curated answer. Curated answers are not refreshed in
   * the background, and need no {@linkplain io.github.semcache.SemanticCacheBuilder#confirmations
   * confirmations}.
   *
   * @return a prompt whose answer is curated
   */
  public Prompt curated() {
    Draft draft = new Draft(this);
    draft.curated = true;
    return new Prompt(draft);
  }

  /**
   * Sets the mode to {@link Mode#BYPASS}: the model is called, and its answer is not stored.
   *
   * @return a prompt that bypasses the cache
   */
  public Prompt bypass() {
    return mode(Mode.BYPASS);
  }

  /**
   * Sets the mode to {@link Mode#REFRESH}: the model is called, and its answer replaces the stored
   * one.
   *
   * @return a prompt that refreshes the cache
   */
  public Prompt refresh() {
    return mode(Mode.REFRESH);
  }

  /**
   * Sets the mode.
   *
   * @param mode the mode; {@link Mode#USE} by default
   * @return a prompt with the mode
   */
  public Prompt mode(Mode mode) {
    Draft draft = new Draft(this);
    draft.mode = requireNonNull(mode, "mode");
    return new Prompt(draft);
  }

  /**
   * Returns the last message of the user. It is not normalized.
   *
   * @return a text that is not blank
   */
  public String text() {
    return text;
  }

  /**
   * Returns the system text.
   *
   * @return the system text, or empty
   */
  public Optional<String> system() {
    return scope.system();
  }

  /**
   * Returns the earlier messages.
   *
   * @return an unmodifiable list, oldest message first
   */
  public List<Message> history() {
    return scope.history();
  }

  /**
   * Returns the tags.
   *
   * @return an unmodifiable map, sorted by name
   */
  public Map<String, String> tags() {
    return scope.tags();
  }

  /**
   * Returns the scope: the tags, the system text, and the earlier messages, which must be equal for
   * an answer to be reused. The cache adds the chat model and its settings.
   *
   * @return the scope
   */
  public Scope scope() {
    return scope;
  }

  /**
   * Returns the mode.
   *
   * @return the mode
   */
  public Mode mode() {
    return mode;
  }

  /**
   * Returns the maximum age of a cached answer.
   *
   * @return the maximum age, or empty
   */
  public Optional<Duration> maxAge() {
    return maxAge;
  }

  /**
   * Returns the maximum cosine distance of a hit.
   *
   * @return the maximum distance, in [0, 2]; empty for the threshold of the cache
   */
  public OptionalDouble maxDistance() {
    return maxDistance;
  }

  /**
   * Returns the time to live of the answer.
   *
   * @return the time to live; empty for that of the cache
   */
  public Optional<Duration> timeToLive() {
    return timeToLive;
  }

  /**
   * Returns the maximum time to wait for another call that is answering the same prompt.
   *
   * @return the maximum time; empty for that of the cache
   */
  public Optional<Duration> maxWait() {
    return maxWait;
  }

  /**
   * Returns the time limit of the lookup.
   *
   * @return the time limit; empty for that of the cache
   */
  public Optional<Duration> deadline() {
    return deadline;
  }

  /**
   * Returns the embedding that the caller has computed.
   *
   * @return the embedding, or empty if the cache computes it
   */
  public Optional<Embedding> embedding() {
    return embedding;
  }

  /**
   * Returns the labels with which the answer is stored.
   *
   * @return the labels
   */
  public Labels labels() {
    return labels;
  }

  /**
   * Returns the filter of cached answers; see {@link #where}.
   *
   * @return the filter; empty if answers with any labels are used
   */
  public Optional<Labels.Filter> labelFilter() {
    return labelFilter;
  }

  /**
   * Returns whether hits are delayed; see {@link #quiet()}.
   *
   * @return whether hits are delayed
   */
  public boolean isQuiet() {
    return quiet;
  }

  /**
   * Returns who asks; see {@link #contributor(String)}.
   *
   * @return the id, or empty
   */
  public Optional<String> contributor() {
    return contributor;
  }

  /**
   * Returns whether the answer that is stored for this prompt is curated; see {@link #curated()}.
   *
   * @return whether it is curated
   */
  public boolean isCurated() {
    return curated;
  }

  /** Returns whether the other object is a prompt with equal text, scope, and options. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Prompt that && components().equals(that.components());
  }

  @Override
  public int hashCode() {
    return components().hashCode();
  }

  private List<Object> components() {
    return List.of(
        text,
        scope,
        mode,
        maxAge,
        maxDistance,
        timeToLive,
        maxWait,
        deadline,
        embedding,
        quiet,
        contributor,
        curated,
        labels,
        labelFilter);
  }

  /** Returns the length of the text, the hash of the scope, and the mode, but no text. */
  @Override
  public String toString() {
    return "Prompt["
        + text.length()
        + " characters, scope="
        + scope.hash()
        + ", mode="
        + mode
        + "]";
  }

  private static Duration positive(Duration duration, String option) {
    requireNonNull(duration, option);
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(option + " is " + duration + "; it must be positive");
    }
    return duration;
  }

  /** The mutable components of a prompt that is being created. */
  private static final class Draft {
    private final String text;
    private Scope scope = Scope.none();
    private Mode mode = Mode.USE;
    private Optional<Duration> maxAge = Optional.empty();
    private OptionalDouble maxDistance = OptionalDouble.empty();
    private Optional<Duration> timeToLive = Optional.empty();
    private Optional<Duration> maxWait = Optional.empty();
    private Optional<Duration> deadline = Optional.empty();
    private Optional<Embedding> embedding = Optional.empty();
    private boolean quiet;
    private Optional<String> contributor = Optional.empty();
    private boolean curated;
    private Labels labels = Labels.none();
    private Optional<Labels.Filter> labelFilter = Optional.empty();

    Draft(String text) {
      this.text = text;
    }

    Draft(Prompt prompt) {
      text = prompt.text;
      scope = prompt.scope;
      mode = prompt.mode;
      maxAge = prompt.maxAge;
      maxDistance = prompt.maxDistance;
      timeToLive = prompt.timeToLive;
      maxWait = prompt.maxWait;
      deadline = prompt.deadline;
      embedding = prompt.embedding;
      quiet = prompt.quiet;
      contributor = prompt.contributor;
      curated = prompt.curated;
      labels = prompt.labels;
      labelFilter = prompt.labelFilter;
    }
  }

  /** Whether a call reads from the cache and writes to it. */
  public enum Mode {
    /** Answers from the cache if possible; otherwise calls the model and stores its answer. */
    USE,
    /**
     * Calls the model and stores its answer, which replaces the stored answer of the same prompt.
     */
    REFRESH,
    /** Calls the model; neither reads from the cache nor writes to it. */
    BYPASS
  }

  /**
   * An earlier message of the conversation that a prompt continues. Unpaired surrogates in its
   * components are {@linkplain Normalizer#wellFormed replaced}.
   *
   * @param role the role of the author, for example {@code user} or {@code assistant}
   * @param text the text of the message
   */
  public record Message(String role, String text) {

    public Message {
      role = WellFormed.replaceUnpairedSurrogates(requireNonNull(role, "role"));
      text = WellFormed.replaceUnpairedSurrogates(requireNonNull(text, "text"));
    }

    /**
     * Creates a message of the user.
     *
     * @param text the text of the message
     * @return a message with the role {@code user}
     */
    public static Message user(String text) {
      return new Message("user", text);
    }

    /**
     * Creates a message of the model.
     *
     * @param text the text of the message
     * @return a message with the role {@code assistant}
     */
    public static Message assistant(String text) {
      return new Message("assistant", text);
    }

    /** Returns the role and the length of the text, but no text. */
    @Override
    public String toString() {
      return "Message[role=" + role + ", " + text.length() + " characters]";
    }
  }
}
