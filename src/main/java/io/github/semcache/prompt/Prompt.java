package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the model, and how the cache may answer it. Immutable: each method that sets
 * something returns a new prompt.
 *
 * <pre>{@code
 * Prompt.of("What does the premium plan cost?")
 *     .system("You are the help desk of ACME.")
 *     .tag("tenant", "acme")
 *     .maxAge(Duration.ofHours(1))
 * }</pre>
 *
 * <p>The text is compared by meaning; {@linkplain #scope everything else that shapes the answer}
 * must be equal for a remembered answer to be used.
 */
public final class Prompt {
  private final String text;
  private final Scope scope;
  private final CacheMode mode;
  private final Optional<Duration> maxAge;
  private final OptionalDouble maxDistance;
  private final Optional<Duration> timeToLive;
  private final Optional<Duration> maxWait;

  private Prompt(Draft draft) {
    this.text = draft.text;
    this.scope = draft.scope;
    this.mode = draft.mode;
    this.maxAge = draft.maxAge;
    this.maxDistance = draft.maxDistance;
    this.timeToLive = draft.timeToLive;
    this.maxWait = draft.maxWait;
  }

  /**
   * A prompt of a text alone.
   *
   * @param text the last message of the user
   * @return the prompt
   * @throws IllegalArgumentException if the text is blank
   */
  public static Prompt of(String text) {
    requireNonNull(text, "text");
    if (text.isBlank()) {
      throw new IllegalArgumentException("text is blank; a prompt must ask something");
    }
    return new Prompt(new Draft(text));
  }

  /**
   * Sets the system text. Only answers given under the same one are reused.
   *
   * @param system the system text
   * @return a prompt with it
   */
  public Prompt system(String system) {
    return scope(scope.system(system));
  }

  /**
   * Sets the earlier messages of the conversation, oldest first. Only answers given after the same
   * ones are reused.
   *
   * @param history the earlier messages
   * @return a prompt with them
   */
  public Prompt history(List<Message> history) {
    return scope(scope.history(history));
  }

  /**
   * Adds one earlier message to those already there.
   *
   * @param message the message that comes after the {@linkplain #history() earlier ones}
   * @return a prompt with it
   */
  public Prompt after(Message message) {
    List<Message> longer = new ArrayList<>(scope.history());
    longer.add(message);
    return history(longer);
  }

  /**
   * Adds a tag to the scope, for example the tenant, the user, the locale, or the version of the
   * knowledge base. Only answers given under the same tags are reused.
   *
   * @param name the tag's name; any string
   * @param value the tag's value; any string. Replaces an earlier value of the same name
   * @return a prompt with the tag
   */
  public Prompt tag(String name, String value) {
    return scope(scope.tag(name, value));
  }

  /**
   * Replaces tags, system text and earlier messages in one go.
   *
   * @param scope what must be equal
   * @return a prompt with that scope
   */
  public Prompt scope(Scope scope) {
    Draft draft = new Draft(this);
    draft.scope = requireNonNull(scope, "scope");
    return new Prompt(draft);
  }

  /**
   * Accepts only answers younger than this. The age is the time of this machine less the time of
   * the one that kept the answer, so it is as exact as their clocks agree.
   *
   * @param maxAge more than zero
   * @return a prompt with the limit
   * @throws IllegalArgumentException if the age is zero or negative
   */
  public Prompt maxAge(Duration maxAge) {
    Draft draft = new Draft(this);
    draft.maxAge = Optional.of(positive(maxAge, "maxAge"));
    return new Prompt(draft);
  }

  /**
   * Uses this cut for the prompt, in place of the cache's own.
   *
   * @param maxDistance the largest cosine distance of a hit, 0 to 2
   * @return a prompt with the cut
   * @throws IllegalArgumentException if the distance is outside 0 to 2
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
   * Keeps the answer to this prompt for so long, in place of the cache's time to live.
   *
   * @param timeToLive at least a millisecond and at most 100 years
   * @return a prompt with the time to live
   * @throws IllegalArgumentException if the time is outside these bounds
   */
  public Prompt timeToLive(Duration timeToLive) {
    Draft draft = new Draft(this);
    draft.timeToLive = Optional.of(TimeToLive.check(timeToLive));
    return new Prompt(draft);
  }

  /**
   * Waits no longer than this for the answer that another thread is getting to the same prompt;
   * past it, the model is asked for this prompt too. Without a limit it waits as long as the other
   * call takes.
   *
   * @param maxWait more than zero
   * @return a prompt with the limit
   * @throws IllegalArgumentException if the wait is zero or negative
   */
  public Prompt maxWait(Duration maxWait) {
    Draft draft = new Draft(this);
    draft.maxWait = Optional.of(positive(maxWait, "maxWait"));
    return new Prompt(draft);
  }

  /**
   * Asks the model whatever the cache holds, and keeps nothing.
   *
   * @return a prompt that passes the cache by
   */
  public Prompt bypass() {
    return mode(CacheMode.BYPASS);
  }

  /**
   * Asks the model whatever the cache holds, and keeps its answer in place of the old one.
   *
   * @return a prompt that refreshes the cache
   */
  public Prompt refresh() {
    return mode(CacheMode.REFRESH);
  }

  /**
   * Sets what the cache may do.
   *
   * @param mode the mode
   * @return a prompt with it
   */
  public Prompt mode(CacheMode mode) {
    Draft draft = new Draft(this);
    draft.mode = requireNonNull(mode, "mode");
    return new Prompt(draft);
  }

  /**
   * The last message of the user, as it was given.
   *
   * @return a text that is not blank
   */
  public String text() {
    return text;
  }

  /**
   * The system text.
   *
   * @return the text, or empty
   */
  public Optional<String> system() {
    return scope.system();
  }

  /**
   * The earlier messages, oldest first.
   *
   * @return an unmodifiable list
   */
  public List<Message> history() {
    return scope.history();
  }

  /**
   * The tags.
   *
   * @return an unmodifiable map
   */
  public Map<String, String> tags() {
    return scope.tags();
  }

  /**
   * Tags, system text and earlier messages: the caller's part of what must be equal. The cache adds
   * the chat model and its settings.
   *
   * @return the scope
   */
  public Scope scope() {
    return scope;
  }

  /**
   * What the cache may do.
   *
   * @return the mode, {@link CacheMode#USE} unless set
   */
  public CacheMode mode() {
    return mode;
  }

  /**
   * See {@link #maxAge(Duration)}.
   *
   * @return the limit, or empty
   */
  public Optional<Duration> maxAge() {
    return maxAge;
  }

  /**
   * See {@link #maxDistance(double)}.
   *
   * @return the cut, or empty
   */
  public OptionalDouble maxDistance() {
    return maxDistance;
  }

  /**
   * See {@link #timeToLive(Duration)}.
   *
   * @return the time to live, or empty
   */
  public Optional<Duration> timeToLive() {
    return timeToLive;
  }

  /**
   * See {@link #maxWait(Duration)}.
   *
   * @return the limit, or empty
   */
  public Optional<Duration> maxWait() {
    return maxWait;
  }

  /** Whether the other one is a prompt of the same text, scope and options. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Prompt that && components().equals(that.components());
  }

  @Override
  public int hashCode() {
    return components().hashCode();
  }

  private List<Object> components() {
    return List.of(text, scope, mode, maxAge, maxDistance, timeToLive, maxWait);
  }

  /** Shows the options but no text. */
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
      throw new IllegalArgumentException(
          option + " is " + duration + "; it must be more than zero");
    }
    return duration;
  }

  /** The components while one of them changes. */
  private static final class Draft {
    private final String text;
    private Scope scope = Scope.none();
    private CacheMode mode = CacheMode.USE;
    private Optional<Duration> maxAge = Optional.empty();
    private OptionalDouble maxDistance = OptionalDouble.empty();
    private Optional<Duration> timeToLive = Optional.empty();
    private Optional<Duration> maxWait = Optional.empty();

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
    }
  }
}
