package io.github.semcache.chaos;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Questions about numbered items, asked by several tenants in many wordings. Wordings of one item
 * are near to one another, and items are far apart. The answer names the tenant, the item, and the
 * time at which the model gave it, so that every answer can be checked. Thread-safe.
 */
final class Items {
  private static final Pattern ITEM = Pattern.compile("item (-?\\d+)");
  private static final Pattern ANSWER =
      Pattern.compile("item (-?\\d+) of tenant (\\d+) at (-?\\d+)");
  private static final String TENANT = "tenant";

  private Items() {}

  /** Returns a question. Wording 0 is the same each time and is found by its key. */
  static Prompt prompt(int tenant, int item, int wording) {
    String text =
        wording == 0
            ? "Describe item " + item + "."
            : "Describe item " + item + ", in wording " + wording + ".";
    return Prompt.of(text).tag(TENANT, Integer.toString(tenant));
  }

  /**
   * Returns the age of an answer.
   *
   * @throws AssertionError if it is the answer to another question
   */
  static Duration ageOfRightAnswer(String answer, int tenant, int item) {
    Matcher matcher = ANSWER.matcher(answer);
    if (!matcher.matches()
        || !matcher.group(1).equals(Integer.toString(item))
        || !matcher.group(2).equals(Integer.toString(tenant))) {
      throw new AssertionError(
          "item " + item + " of tenant " + tenant + " was answered with: " + answer);
    }
    return Duration.ofNanos(System.nanoTime() - Long.parseLong(matcher.group(3)));
  }

  /** A model with a constant response time, which it adds to a counter of the calling thread. */
  static final class Model implements ChatClient {
    private static final Duration RESPONSE_TIME = Duration.ofMillis(3);
    private final ThreadLocal<long[]> nanos = ThreadLocal.withInitial(() -> new long[1]);

    /** Returns the time that this thread has spent in the model so far. */
    long nanosOfThisThread() {
      return nanos.get()[0];
    }

    @Override
    public ChatReply chat(Prompt prompt) {
      long start = System.nanoTime();
      Matcher item = ITEM.matcher(prompt.text());
      if (!item.find()) {
        throw new IllegalArgumentException("the prompt names no item");
      }
      Pause.of(RESPONSE_TIME);
      long end = System.nanoTime();
      nanos.get()[0] += end - start;
      return ChatReply.of(
          "item %s of tenant %s at %d"
              .formatted(item.group(1), prompt.scope().tags().get(TENANT), end));
    }

    @Override
    public Map<String, String> settings() {
      return Map.of("model", "chaos");
    }
  }

  /** Embeds wordings of one item near to one another. Fails on request. */
  static class ItemEmbedder implements Embedder {
    static final int DIMENSION = 64;
    private static final double NOISE = 0.1;
    private volatile Runnable before = () -> {};

    /** Sets an action that runs before each call; it may block or throw. */
    void before(Runnable action) {
      before = action;
    }

    @Override
    public List<Embedding> embed(List<String> texts) {
      before.run();
      return texts.stream().map(ItemEmbedder::embedding).toList();
    }

    private static Embedding embedding(String text) {
      Matcher item = ITEM.matcher(text);
      long subject = item.find() ? Long.parseLong(item.group(1)) : text.hashCode();
      Random center = new Random(subject * 0x9e3779b97f4a7c15L);
      Random noise = new Random(text.hashCode());
      float[] vector = new float[DIMENSION];
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] = (float) (center.nextGaussian() + NOISE * noise.nextGaussian());
      }
      return Embedding.of(vector);
    }

    @Override
    public String modelId() {
      return "items";
    }

    @Override
    public int dimension() {
      return DIMENSION;
    }

    @Override
    public OptionalDouble maxDistance() {
      return OptionalDouble.of(0.1);
    }
  }
}
