package io.github.semcache.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

final class InputBatchesTest {

  @Property(tries = 200)
  void batchesPreserveOrderAndLimits(
      @ForAll("texts") List<String> texts, @ForAll @IntRange(min = 1, max = 12) int maxTexts) {
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
  void consecutiveBatchesDoNotFitInOneBatch(
      @ForAll("texts") List<String> texts, @ForAll @IntRange(min = 1, max = 12) int maxTexts) {
    List<List<String>> batches = InputBatches.split(texts, maxTexts);

    assertThat(IntStream.range(1, batches.size()))
        .allSatisfy(
            i -> {
              List<String> full = batches.get(i - 1);
              long more = bytes(full) + bytes(batches.get(i).subList(0, 1));
              assertThat(full.size() == maxTexts || more > InputBatches.MAX_BYTES).isTrue();
            });
  }

  @Example
  void textAboveTheLimitIsABatchOfOne() {
    String huge = "x".repeat(InputBatches.MAX_BYTES + 1);

    assertThat(InputBatches.split(List.of("a", huge, "b"), 10))
        .containsExactly(List.of("a"), List.of(huge), List.of("b"));
  }

  private static long bytes(List<String> texts) {
    return texts.stream().mapToLong(text -> text.getBytes(UTF_8).length).sum();
  }

  /** Texts with one to four bytes per character, of which a few fill a request. */
  @Provide
  Arbitrary<List<String>> texts() {
    return Arbitraries.of("a", "é", "語", "🦜", "aé語🦜")
        .flatMap(
            piece -> Arbitraries.integers().between(0, 60_000).map(times -> piece.repeat(times)))
        .list()
        .ofMaxSize(20);
  }
}
