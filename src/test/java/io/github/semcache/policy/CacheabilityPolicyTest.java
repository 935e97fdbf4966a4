package io.github.semcache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.prompt.Prompt;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheabilityPolicyTest {
  private static final String WEATHER = "What is the weather in Rome?";

  private final CacheabilityPolicy policy = CacheabilityPolicy.english();

  /** A prompt and whether its answer depends on the moment or on private state. */
  private record Labeled(boolean isVolatile, String prompt) {}

  private static List<Labeled> read(String file) {
    try (InputStream in =
        Objects.requireNonNull(CacheabilityPolicyTest.class.getResourceAsStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", 2))
          .map(columns -> new Labeled(isVolatile(columns[0]), columns[1]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isVolatile(String label) {
    assertThat(label).isIn("volatile", "stable");
    return label.equals("volatile");
  }

  private boolean isRejected(String text) {
    return policy.bypassReason(Prompt.of(text)).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"cacheability-design.tsv, 0.99, 0.97", "cacheability-held-out.tsv, 0.97, 0.90"})
  void precisionAndRecallAreHigh(String file, double minPrecision, double minRecall) {
    List<Labeled> prompts = read(file);
    long volatileCount = prompts.stream().filter(Labeled::isVolatile).count();
    List<Labeled> rejected =
        prompts.stream().filter(labeled -> isRejected(labeled.prompt())).toList();
    long right = rejected.stream().filter(Labeled::isVolatile).count();
    double precision = (double) right / rejected.size();
    double recall = (double) right / volatileCount;

    System.out.printf(
        "cacheability: %s, %d prompts, %d volatile, precision %.3f, recall %.3f%n",
        file, prompts.size(), volatileCount, precision, recall);
    assertThat(prompts).hasSizeGreaterThanOrEqualTo(150).doesNotHaveDuplicates();
    assertThat((double) volatileCount / prompts.size()).isBetween(0.45, 0.55);
    assertThat(precision).isGreaterThanOrEqualTo(minPrecision);
    assertThat(recall).isGreaterThanOrEqualTo(minRecall);
  }

  @Test
  void halvesHaveNoPromptInCommonAndAtLeast300Together() {
    List<Labeled> design = read("cacheability-design.tsv");
    List<Labeled> heldOut = read("cacheability-held-out.tsv");

    assertThat(design).doesNotContainAnyElementsOf(heldOut);
    assertThat(Stream.concat(design.stream(), heldOut.stream())).hasSizeGreaterThanOrEqualTo(300);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What time is it?|volatile-time",
        "What is the weather in Springfield?|volatile-weather",
        "What's the temperature in Athens?|volatile-weather",
        "How much is one bitcoin right now?|volatile-price",
        "What are today’s headlines?|volatile-news",
        "Did India win yesterday?|volatile-sports",
        "Who is the current mayor of Boston?|volatile-fact",
        "Is the bakery still open?|volatile-status",
        "When does the next ferry leave?|volatile-schedule",
        "WHERE IS MY ORDER?|private-state",
        "How is the S&P doing?|volatile-price",
        "At my parents' house, will it rain tomorrow? My friends' car is open.|volatile-weather",
        "Hi there! I leave at noon. Will it rain in Rome tomorrow? Thanks.|volatile-weather"
      })
  void reasonNamesTheSubject(String prompt, String code) {
    assertThat(policy.bypassReason(Prompt.of(prompt))).contains(new MissReason(code));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "How do I get the weather in Rome with `curl wttr.in`?",
        "print(weather()) # what is the weather in Rome",
        "Translate into Spanish: what is the weather in Rome?",
        "Please write a dialog. One asks: what is the weather in Rome?",
        "What does \"what is the weather in Rome\" mean?",
        "Is “where is my order” a polite question?",
        "What was the weather in Rome in 1950?",
        "If it is noon in Paris, what time is it in Tokyo?",
        "Do I have to email my boss?",
        "Wie ist das Wetter heute in Berlin?",
        "?!...",
        "\u200b",
        "'"
      })
  void promptWithoutAMomentaryAnswerIsCacheable(String prompt) {
    assertThat(policy.bypassReason(Prompt.of(prompt))).isEmpty();
  }

  @Test
  void promptWithALimitOfItsOwnIsCacheable() {
    Prompt prompt = Prompt.of(WEATHER);

    assertThat(policy.bypassReason(prompt)).isPresent();
    assertThat(policy.bypassReason(prompt.timeToLive(Duration.ofMinutes(5)))).isEmpty();
    assertThat(policy.bypassReason(prompt.maxAge(Duration.ofMinutes(5)))).isEmpty();
  }

  @Test
  void longTextsAndSentencesAreCacheable() {
    assertThat(isRejected(WEATHER + " I like it.".repeat(88))).isTrue(); // 996 characters
    assertThat(isRejected(WEATHER + " I like it.".repeat(89))).isFalse(); // 1,007 characters
    assertThat(isRejected("well ".repeat(8) + WEATHER)).isTrue();
    assertThat(isRejected(WEATHER.replace("?", "") + " please".repeat(34))).isTrue();
    assertThat(isRejected(WEATHER.replace("?", "") + " please".repeat(35))).isFalse();
  }

  @Test
  void reasonsAreTheDocumentedOnes() {
    Set<String> codes =
        Set.of(
            "volatile-time",
            "volatile-weather",
            "volatile-price",
            "volatile-news",
            "volatile-sports",
            "volatile-fact",
            "volatile-status",
            "volatile-schedule",
            "private-state");

    assertThat(
            Stream.of("cacheability-design.tsv", "cacheability-held-out.tsv")
                .flatMap(file -> read(file).stream())
                .flatMap(labeled -> policy.bypassReason(Prompt.of(labeled.prompt())).stream())
                .map(MissReason::code))
        .containsAll(codes)
        .isSubsetOf(codes);
  }

  @Test
  void policiesDoNotBlock() {
    assertThat(NonBlocking.test(CacheabilityPolicy.english())).isTrue();
    assertThat(NonBlocking.test(CacheabilityPolicy.none())).isTrue();
    assertThat(CacheabilityPolicy.none().bypassReason(Prompt.of(WEATHER))).isEmpty();
  }
}
