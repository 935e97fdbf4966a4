package io.github.semcache.learning;

/**
 * The exact confidence bounds of a proportion by Clopper and Pearson, "The Use of Confidence or
 * Fiducial Limits Illustrated in the Case of the Binomial" (Biometrika 26, 1934). The counts may be
 * fractions, because examples are weighted.
 */
final class ClopperPearson {
  private static final int BISECTIONS = 50;
  private static final int MAX_TERMS = 500;
  private static final double PRECISION = 1e-12;
  private static final double TINY = 1e-300;

  /** The Lanczos coefficients of the logarithm of the gamma function (g = 7, n = 9). */
  private static final double[] LANCZOS = {
    0.9999999999998099,
    676.5203681218851,
    -1259.1392167224028,
    771.3234287776531,
    -176.6150291621406,
    12.507343278686905,
    -0.13857109526572012,
    9.984369578019572e-6,
    1.5056327351493116e-7
  };

  private ClopperPearson() {}

  /**
   * Returns the upper bound: the quantile of the beta distribution with parameters events + 1 and
   * trials − events.
   *
   * @param events the number of events; may be a fraction
   * @param trials the number of trials
   * @param confidence the confidence level, above 0 and below 1
   * @return the bound, in [0, 1]
   */
  static double upperBound(double events, double trials, double confidence) {
    if (events >= trials) {
      return 1;
    }
    double low = events / trials;
    double high = 1;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (regularizedBeta(events + 1, trials - events, middle) < confidence) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /**
   * Returns the lower bound: the quantile of the beta distribution with parameters events and
   * trials − events + 1.
   */
  static double lowerBound(double events, double trials, double confidence) {
    return 1 - upperBound(trials - events, trials, confidence);
  }

  /** Returns the regularized incomplete beta function, by its continued fraction. */
  private static double regularizedBeta(double a, double b, double x) {
    if (x <= 0 || x >= 1) {
      return x <= 0 ? 0 : 1;
    }
    double front =
        Math.exp(
            logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
    return x < (a + 1) / (a + b + 2)
        ? front * betaFraction(a, b, x) / a
        : 1 - front * betaFraction(b, a, 1 - x) / b;
  }

  /** Returns the continued fraction of the incomplete beta function, by Lentz's method. */
  private static double betaFraction(double a, double b, double x) {
    double c = 1;
    double d = inverse(1 - (a + b) * x / (a + 1));
    double fraction = d;
    for (int m = 1; m <= MAX_TERMS; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = inverse(1 + even * d);
      c = nonZero(1 + even / c);
      fraction *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = inverse(1 + odd * d);
      c = nonZero(1 + odd / c);
      fraction *= d * c;
      if (Math.abs(d * c - 1) < PRECISION) {
        break;
      }
    }
    return fraction;
  }

  private static double inverse(double value) {
    return 1 / nonZero(value);
  }

  private static double nonZero(double value) {
    return Math.abs(value) < TINY ? TINY : value;
  }

  /** Returns the logarithm of the gamma function for arguments of at least 0.5. */
  private static double logGamma(double x) {
    double shifted = x - 1;
    double sum = LANCZOS[0];
    for (int i = 1; i < LANCZOS.length; i++) {
      sum += LANCZOS[i] / (shifted + i);
    }
    double t = shifted + 7.5;
    return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
  }
}
