package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfFloatsTest {

  /** Returns the value of a half-precision float by the definition of the format. */
  private static double value(int bits) {
    int exponent = bits >>> 10 & 0x1f;
    int significand = bits & 0x3ff;
    double magnitude =
        exponent == 0
            ? significand * 0x1p-24
            : (1 + significand / 1024.0) * Math.pow(2, exponent - 15);
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  @Test
  void everyFiniteHalfFloatIsConvertedToItself() {
    for (int bits = 0; bits < 0x10000; bits++) {
      if ((bits & 0x7c00) != 0x7c00) {
        assertThat(HalfFloats.bits((float) value(bits)) & 0xffff).isEqualTo(bits);
      }
    }
  }

  @Test
  void valueBetweenTwoHalfFloatsIsRoundedToTheNearestAndTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      double lower = value(bits);
      double upper = value(bits + 1);
      float middle = (float) ((lower + upper) / 2);
      int even = (bits & 1) == 0 ? bits : bits + 1;
      assertThat((int) HalfFloats.bits(middle)).isEqualTo(even);
      assertThat((int) HalfFloats.bits(Math.nextDown(middle))).isEqualTo(bits);
      assertThat((int) HalfFloats.bits(Math.nextUp(middle))).isEqualTo(bits + 1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "65504, 7bff", "65519.99, 7bff", "65520, 7c00", "3e38, 7c00", "-65520, fc00",
    "Infinity, 7c00", "NaN, 7e00", "1e-10, 0", "-0.0, 8000", "2.9802322e-8, 0"
  })
  void limitsOfTheRange(float value, String bits) {
    assertThat(Integer.toHexString(HalfFloats.bits(value) & 0xffff)).isEqualTo(bits);
  }

  @Property
  void errorIsAtMostHalfAUnitInTheLastPlace(Values values) {
    float component = (float) values.doubleBetween(-1, 1);

    double error = Math.abs(value(HalfFloats.bits(component) & 0xffff) - component);

    assertThat(error).isLessThanOrEqualTo(Math.max(Math.abs(component) * 0x1p-11, 0x1p-25));
  }
}
