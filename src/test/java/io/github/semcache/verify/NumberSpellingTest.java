package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberSpellingTest {
  private static boolean areDifferent(String first, String second) {
    SurfaceTokens a = new SurfaceTokens(first);
    SurfaceTokens b = new SurfaceTokens(second);
    boolean difference = NumberSpelling.areDifferent(a, b);
    assertThat(NumberSpelling.areDifferent(b, a)).as("in the other order").isEqualTo(difference);
    return difference;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "is locker 007 free | is locker 7 free",
        "follow parcel 0583 | follow parcel 583",
        "wake me at 6:45pm | wake me at 6:45",
        "wake me at 6:45 p.m. | please wake me up at 6:45",
        "a table for 7 pm | a table for 7",
        "the talk on may 6 at 6 pm | the talk on may 6 at 6 am"
      })
  void otherCodesAndHoursAreDifferent(String first, String second) {
    assertThat(areDifferent(first, second)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wake me at 06:45 | wake me at 6:45",
        "wake me at 6:45pm | wake me at 6:45 P.M.",
        "wake me at 6.45 pm | wake me at 6:45pm",
        "the tide at 6 pm | the tide at 6 in the evening",
        "the tide at 6 pm | the tide at 18:00",
        "the tide on 06 june | the tide on 6 june",
        "the talk on may 6 at 6 pm | the talk on may 6 at 6pm",
        "the tide | the tide at 6 pm",
        "track 0583 | follow parcel 0583"
      })
  void otherSpellingsAreNotDifferent(String first, String second) {
    assertThat(areDifferent(first, second)).isFalse();
  }
}
