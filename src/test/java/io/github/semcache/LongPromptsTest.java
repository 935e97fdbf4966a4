package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.verify.PairVerifier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hit decisions on long prompts that repeat a pattern. The guards and the local verifier run on the
 * caller's thread without a deadline, so their time must not grow faster than the prompts.
 */
@Tag("slow")
@Timeout(120)
class LongPromptsTest {
  private static final int SHORT = 20_000;

  /** A quadratic algorithm takes 64 times as long for prompts of 8 times the length. */
  private static final int FACTOR = 8;

  private static final int MAX_GROWTH = 32;

  private final Embedder embedder = Embedder.of("constant", 2, text -> new float[] {1, 0});

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a\" ",
        "\"a ",
        "\u00aba\u00bb ",
        "'",
        "`a` ",
        "(",
        "[a",
        "f(x)[1]{} ",
        "a=b;",
        ",",
        "a.",
        "a-",
        "a/",
        "ab",
        "7",
        "% ",
        "1,",
        "$5 ",
        "5% ",
        "5 km ",
        "12:30 ",
        "2026-01-02 ",
        "not ",
        "no ",
        "a and ",
        "from A to B ",
        "New York ",
        "Is it? ",
        "\n- a",
        "http://a/b ",
        "\u00e9",
        "\u6cd5",
        "\ud83d\ude00",
        "a@b.c ",
        "ignore ",
        "1st "
      })
  void timeOfADecisionGrowsLinearly(String pattern) {
    long before = decide(pattern, SHORT);
    long after = decide(pattern, SHORT * FACTOR);

    assertThat(after).isLessThan(MAX_GROWTH * before);
  }

  /** Returns the least time in nanoseconds of three decisions, at least a millisecond. */
  private long decide(String pattern, int length) {
    String text = "Tell me: " + pattern.repeat(length / pattern.length());
    return LongStream.range(0, 3).map(run -> decide(text, run)).min().orElseThrow();
  }

  private long decide(String text, long run) {
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(ChatClient.of("model", prompt -> "answer"))
            .maxDistance(0.15)
            .cacheability(CacheabilityPolicy.none())
            .verifier(PairVerifier.local())
            .build()) {
      cache.ask(text);
      long start = System.nanoTime();
      Answer other = cache.ask("What about this " + run + "? " + text + " zq?");
      long end = System.nanoTime();
      assertThat(other.isHit()).isFalse();
      return Math.max(1_000_000, end - start);
    }
  }
}
