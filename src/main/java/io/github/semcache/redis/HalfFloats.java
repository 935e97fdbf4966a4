package io.github.semcache.redis;

/**
 * Converts floats to half-precision floats (IEEE 754 binary16). The JDK has this conversion since
 * version 20 ({@code Float.floatToFloat16}).
 */
final class HalfFloats {
  /** The number of bits of the significand that are lost. */
  private static final int LOST_BITS = 23 - 10;

  /** The difference between the exponent biases of the two formats. */
  private static final int BIAS_DIFFERENCE = 127 - 15;

  /** 2^-14, the smallest normal half-precision float. */
  private static final float MIN_NORMAL = 0x1p-14f;

  /** Values from here on, 65504 and half a unit in the last place, round to infinity. */
  private static final float OVERFLOW = 65_520f;

  private static final int INFINITY = 0x7c00;
  private static final int NOT_A_NUMBER = 0x7e00;

  private HalfFloats() {}

  /** Returns the bits of the nearest half-precision float; ties are rounded to even. */
  static short bits(float value) {
    int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    return (short) (sign | magnitudeBits(magnitude));
  }

  private static int magnitudeBits(float magnitude) {
    if (Float.isNaN(magnitude)) {
      return NOT_A_NUMBER;
    }
    if (magnitude >= OVERFLOW) {
      return INFINITY;
    }
    if (magnitude < MIN_NORMAL) {
      // A subnormal number is a multiple of 2^-24. The product is exact and rint rounds to even.
      return (int) Math.rint(magnitude * 0x1p24f);
    }
    int bits = Float.floatToRawIntBits(magnitude) - (BIAS_DIFFERENCE << 23);
    int lost = bits & ((1 << LOST_BITS) - 1);
    int half = 1 << LOST_BITS - 1;
    int truncated = bits >>> LOST_BITS;
    boolean roundUp = lost > half || (lost == half && (truncated & 1) == 1);
    // A carry into the exponent gives the next power of two.
    return roundUp ? truncated + 1 : truncated;
  }
}
