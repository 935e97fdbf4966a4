package io.github.semcache.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class InputBatchesTest {

  @Property(tries = 200)
  void batchesPreserveOrderAndLimits(Values values) {
    List<String> texts = texts(values);
    int maxTexts = values.intBetween(1, 12);
    List<List<String>> batches = InputBatches.split(texts, maxTexts);

    assertThat(batches.stream().flatMap(List::stream).toList()).isEqualTo(texts);
    assertThat(batches)
        .allSatisfy(
            batch -> {
              assertThat(batch).isNotEmpty().hasSizeLessThanOrEqualTo(maxTexts);
              assertThat(batch.size() == 1 || bytes(batch) <= InputBatches.MAX_BYTES).isTrue();
            });
  }

  @Property(tries = 200)
  void consecutiveBatchesDoNotFitInOneBatch(Values values) {
    List<String> texts = texts(values);
    int maxTexts = values.intBetween(1, 12);
    List<List<String>> batches = InputBatches.split(texts, maxTexts);

    assertThat(IntStream.range(1, batches.size()))
        .allSatisfy(
            i -> {
              List<String> full = batches.get(i - 1);
              long more = bytes(full) + bytes(batches.get(i).subList(0, 1));
              assertThat(full.size() == maxTexts || more > InputBatches.MAX_BYTES).isTrue();
            });
  }

  @Test
  void textAboveTheLimitIsABatchOfOne() {
    String huge = "x".repeat(InputBatches.MAX_BYTES + 1);

    assertThat(InputBatches.split(List.of("a", huge, "b"), 10))
        .containsExactly(List.of("a"), List.of(huge), List.of("b"));
  }

  private static long bytes(List<String> texts) {
    return texts.stream().mapToLong(text -> text.getBytes(UTF_8).length).sum();
  }

  /** Pieces of one to four bytes a character, long enough that a few fill a request. */
  private static List<String> texts(Values values) {
    return values.listOf(
        0,
        20,
        () -> values.oneOf("a", "é", "語", "🦜", "aé語🦜").repeat(values.intBetween(0, 60_000)));
  }
}
