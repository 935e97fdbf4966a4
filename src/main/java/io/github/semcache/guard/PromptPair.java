package io.github.semcache.guard;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The prompt that is asked and a cached one, as {@linkplain Guard guards} compare them. What is
 * found out about them is kept, so that several guards share the work. To be used by one thread at
 * a time.
 */
public final class PromptPair {
  private final Side asked;
  private final Side cached;
  private @Nullable Difference difference;
  private @Nullable Lexicon lexicon;

  private PromptPair(Side asked, Side cached) {
    this.asked = asked;
    this.cached = cached;
  }

  /**
   * Pairs two prompts.
   *
   * @param asked the text of the prompt that is asked
   * @param cached the text of the prompt whose answer may be served
   * @return the pair
   */
  public static PromptPair of(String asked, String cached) {
    return new PromptPair(new Side(asked), new Side(cached));
  }

  /**
   * Pairs the same prompt with another cached one.
   *
   * @param otherCached the text of the other prompt
   * @return a pair that shares what is known of the prompt that is asked
   */
  public PromptPair withCached(String otherCached) {
    return new PromptPair(asked, new Side(otherCached));
  }

  /**
   * The prompt that is asked.
   *
   * @return its text
   */
  public String asked() {
    return asked.text;
  }

  /**
   * The prompt whose answer may be served.
   *
   * @return its text
   */
  public String cached() {
    return cached.text;
  }

  /** Shows the lengths but no text. */
  @Override
  public String toString() {
    return "PromptPair[" + asked.text.length() + " and " + cached.text.length() + " characters]";
  }

  /** How the prompts differ in the eyes of a lexicon. */
  Difference difference(Lexicon words) {
    Difference known = difference;
    if (known == null || lexicon != words) {
      known = new Difference(asked.analysis(words), cached.analysis(words));
      difference = known;
      lexicon = words;
    }
    return known;
  }

  /** One of the prompts. */
  private static final class Side {
    private final String text;
    private @Nullable Analysis analysis;
    private @Nullable Lexicon lexicon;

    Side(String text) {
      this.text = requireNonNull(text, "text");
    }

    Analysis analysis(Lexicon words) {
      Analysis known = analysis;
      if (known == null || lexicon != words) {
        known = Analysis.of(words, text);
        analysis = known;
        lexicon = words;
      }
      return known;
    }
  }
}
