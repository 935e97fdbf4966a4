package io.github.semcache;

import static io.github.semcache.testing.Nulls.absent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests of {@link SemanticCache#putAll}. */
class PutAllTest {
  private final FakeEmbedder embedder = new FakeEmbedder();
  private final List<CacheEvent> events = new ArrayList<>();
  private final SemanticCache cache =
      SemanticCache.builder()
          .verifier(PairVerifier.none())
          .embedder(embedder)
          .chatClient(new FakeChatClient())
          .listener(events::add)
          .build();

  private static List<Map.Entry<Prompt, String>> answers() {
    List<Map.Entry<Prompt, String>> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      answers.add(Map.entry(Prompt.of("prompt " + i), "answer to " + i));
    }
    return answers;
  }

  @Test
  void allAnswersAreStoredInBatchesAndProgressIsReported() {
    List<Map.Entry<Prompt, String>> answers = answers();
    List<Long> progress = new ArrayList<>();

    assertThat(cache.putAll(answers, progress::add)).isEqualTo(300);

    assertThat(progress).containsExactly(128L, 256L, 300L);
    assertThat(cache.ask("prompt 299").text()).isEqualTo("answer to 299");
    assertThat(cache.ask("prompt 0").text()).isEqualTo("answer to 0");
    assertThat(cache.stats().writes()).isEqualTo(300);
    assertThat(events).filteredOn(CacheEvent.Stored.class::isInstance).hasSize(3);
    assertThat(events)
        .filteredOn(CacheEvent.Embedded.class::isInstance)
        .extracting(event -> ((CacheEvent.Embedded) event).count())
        .as("calls of the embedder")
        .containsExactly(128, 128, 44);
  }

  @Test
  void memoryDoesNotDependOnTheNumberOfAnswers() {
    AtomicInteger produced = new AtomicInteger();
    Iterable<Map.Entry<Prompt, String>> large =
        () ->
            IntStream.range(0, 20)
                .peek(i -> produced.incrementAndGet())
                .mapToObj(i -> Map.entry(Prompt.of("prompt " + i), "x".repeat(1 << 20)))
                .iterator();
    List<Long> progress = new ArrayList<>();
    List<Integer> producedBefore = new ArrayList<>();

    cache.putAll(
        large,
        count -> {
          progress.add(count);
          producedBefore.add(produced.get());
        });

    assertThat(progress).containsExactly(4L, 8L, 12L, 16L, 20L);
    assertThat(producedBefore.get(0))
        .as("answers that were read for the first batch")
        .isLessThan(6);
  }

  @Test
  void previousBatchesAreStoredIfABatchFails() {
    List<Map.Entry<Prompt, String>> answers = answers();
    List<Long> progress = new ArrayList<>();
    EmbedderException failure = new EmbedderException("down");

    assertThatThrownBy(
            () ->
                cache.putAll(
                    answers,
                    stored -> {
                      progress.add(stored);
                      embedder.failWith(failure);
                    }))
        .isSameAs(failure);
    embedder.recover();

    assertThat(progress).containsExactly(128L);
    assertThat(cache.stats().writes()).isEqualTo(128);
    assertThat(cache.lookup(Prompt.of("prompt 127"))).isPresent();
    assertThat(cache.lookup(Prompt.of("prompt 128"))).isEmpty();

    answers.set(
        200, new AbstractMap.SimpleEntry<>(Prompt.of("prompt without an answer"), absent()));
    assertThatThrownBy(() -> cache.putAll(answers, stored -> {})).hasMessage("text");
    assertThat(cache.stats().writes())
        .as("including the first batch, which was stored again")
        .isEqualTo(256);
  }

  @Test
  void answerOfARejectedPromptIsStoredForThatPromptOnlyAndReportedWithItsIndex() {
    embedder.place("near 129", 0).place("prompt 129", 10).place("near 130", 40);
    embedder.place("prompt 130", 50).reject("prompt 130").reject("prompt 299");
    List<Long> progress = new ArrayList<>();

    assertThat(cache.putAll(answers(), progress::add)).isEqualTo(300);

    assertThat(progress).containsExactly(128L, 256L, 300L);
    assertThat(cache.lookup(Prompt.of("prompt 130")).orElseThrow().text())
        .isEqualTo("answer to 130");
    assertThat(cache.lookup(Prompt.of("near 129")).orElseThrow().text()).isEqualTo("answer to 129");
    assertThat(cache.lookup(Prompt.of("near 130"))).isEmpty();
    assertThat(events)
        .filteredOn(CacheEvent.Failed.class::isInstance)
        .extracting(event -> ((CacheEvent.Failed) event).cause().getMessage())
        .containsExactly(
            "the embedder rejects the prompt at index 130",
            "the embedder rejects the prompt at index 299");
    assertThat(cache.stats().embedderErrors()).isEqualTo(2);
  }
}
