package io.github.semcache.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The runner of the property tests. */
class PropertyTest {
  private static final Set<Integer> DRAWN = new HashSet<>();

  @Property(tries = 25)
  void methodIsCalledOncePerTry(Values values) {
    DRAWN.add(values.intBetween(0, Integer.MAX_VALUE - DRAWN.size()));
  }

  @AfterAll
  static void valuesDiffered() {
    assertThat(DRAWN).hasSizeGreaterThan(15);
  }

  private static List<Object> drawAll(Values values) {
    return List.of(
        values.anyBoolean(),
        values.anyInt(),
        values.longBetween(-5, 5),
        values.doubleBetween(-1, 1),
        values.anyString(),
        values.wellFormedString(),
        values.stringOf(5, "ab"),
        List.of(values.bytes(4).length),
        values.listOf(0, 9, values::anyInt),
        values.mapOf(3, values::anyString, values::anyString),
        values.subsetOf(List.of(1, 2, 3)),
        values.permutationOf(List.of(1, 2, 3)));
  }

  @Test
  void seedAndTryDetermineTheValues() {
    for (int number = 0; number < 200; number++) {
      assertThat(drawAll(new Values(42, number))).isEqualTo(drawAll(new Values(42, number)));
    }
    assertThat(drawAll(new Values(42, 0))).isNotEqualTo(drawAll(new Values(43, 0)));
    assertThat(drawAll(new Values(42, 199))).isNotEqualTo(drawAll(new Values(42, 198)));
  }

  @Test
  void failureNamesSeedTryAndValuesAndIsReproducedWithThem() {
    PropertyExtension.Check failing =
        values -> assertThat(values.intBetween(0, 1_000_000)).isLessThan(900_000);

    Throwable failure = catchThrowable(() -> PropertyExtension.run(1_000, 7, failing));

    assertThat(failure)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 7")
        .hasMessageContaining("drawn values: ")
        .hasCauseInstanceOf(AssertionError.class);
    MatchResult number =
        Pattern.compile("-Dsemcache.property.try=(\\d+)")
            .matcher(failure.getMessage())
            .results()
            .findFirst()
            .orElseThrow();
    assertThatThrownBy(
            () -> PropertyExtension.runTry(Integer.parseInt(number.group(1)), 7, failing))
        .hasMessage(failure.getMessage());
  }

  @Test
  void everyEdgeCaseIsDrawnInTheFirstTries() {
    List<String> strings = new ArrayList<>();
    List<Integer> ints = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();

    PropertyExtension.run(
        30,
        1,
        values -> {
          ints.add(values.intBetween(-9, 1_000));
          strings.add(values.anyString());
          sizes.add(values.listOf(2, 7, () -> 0).size());
        });

    assertThat(ints).contains(-9, -8, -1, 0, 1, 999, 1_000);
    assertThat(strings).contains("", "\0", "e\u0301", "\ud83d\ude00", "\ud83d", "\ude00");
    assertThat(sizes).contains(2, 7);
  }

  @Test
  void triesThatDoNotMeetTheAssumptionsAreReplaced() {
    List<Boolean> passed = new ArrayList<>();

    PropertyExtension.run(
        100,
        3,
        values -> {
          boolean value = values.anyBoolean();
          values.assume(value);
          passed.add(value);
        });

    assertThat(passed).hasSize(100).doesNotContain(false);
  }

  @Test
  void propertyFailsIfItsAssumptionsAreRarelyMet() {
    assertThatThrownBy(() -> PropertyExtension.run(10, 3, values -> values.assume(false)))
        .isInstanceOf(AssertionError.class)
        .hasMessage("only 0 of 60 tries met the assumptions of the property (seed 3)");
  }

  @Property
  void valuesStayInTheirRanges(Values values) {
    assertThat(values.intBetween(-3, 3)).isBetween(-3, 3);
    assertThat(values.longBetween(Long.MAX_VALUE - 1, Long.MAX_VALUE))
        .isGreaterThanOrEqualTo(Long.MAX_VALUE - 1);
    assertThat(values.longBetween(Long.MIN_VALUE, -5)).isLessThanOrEqualTo(-5);
    assertThat(values.doubleBetween(0.5, 0.75)).isBetween(0.5, 0.75);
    assertThat(values.doubleBetween(2, 2)).isEqualTo(2);
    assertThat(values.anyString(7)).hasSizeLessThanOrEqualTo(7);
    assertThat(values.wellFormedString()).doesNotContainPattern("\\p{Cs}");
    assertThat(values.stringOf(5, "ab")).matches("[ab]{0,5}");
    assertThat(values.bytes(6)).hasSizeBetween(0, 6);
    assertThat(values.listOf(1, 4, values::anyLong)).hasSizeBetween(1, 4);
    assertThat(values.mapOf(4, values::anyInt, values::anyBoolean)).hasSizeBetween(0, 4);
    assertThat(values.subsetOf(List.of(1, 2, 3))).isSubsetOf(1, 2, 3).isSorted();
    assertThat(values.permutationOf(List.of(1, 2, 3))).containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void drawnValuesAreReportedInAscii() {
    Values values = new Values(1, Integer.MAX_VALUE);
    values.oneOf("\ud83d");
    values.oneOf(List.of(Map.of("k", "v")));

    assertThat(values).hasToString("\\ud83d, {k=v}");
  }
}
