package io.github.semcache.internal.language;

import java.util.List;

/**
 * The meaning of a number.
 *
 * @param form the form of the number
 * @param value the value; for a time of day, minutes after midnight
 * @param literal the digits as written, if they matter as such; otherwise empty
 * @param units the units or currencies that the number may have; empty without a unit
 * @param vague whether the number counts only when compared with another number
 */
record Quantity(Form form, double value, String literal, List<WordGroup> units, boolean vague) {
  private static final double TOLERANCE = 1e-9;
  private static final int MINUTES_OF_HALF_DAY = 720;

  enum Form {
    PLAIN,
    /** A place in a sequence. */
    ORDINAL,
    /** A time of day. */
    CLOCK,
    /** A time of day before or after noon. */
    HALF_CLOCK,
    /** A version, an IP address, or other groups of digits separated by dots. */
    VERSION
  }

  static Quantity plain(double value, String literal) {
    return new Quantity(Form.PLAIN, value, literal, List.of(), false);
  }

  static Quantity ordinal(double value) {
    return new Quantity(Form.ORDINAL, value, "", List.of(), true);
  }

  static Quantity version(String literal) {
    return new Quantity(Form.VERSION, Double.NaN, literal, List.of(), false);
  }

  /** Returns a time of day, which is ambiguous if the hour may be before or after noon. */
  static Quantity clock(double minutes) {
    Form form = minutes > 0 && minutes < MINUTES_OF_HALF_DAY + 60 ? Form.HALF_CLOCK : Form.CLOCK;
    return new Quantity(form, minutes, "", List.of(), false);
  }

  Quantity withUnits(List<WordGroup> newUnits) {
    return new Quantity(form, value, literal, newUnits, vague);
  }

  Quantity times(double factor) {
    return new Quantity(form, value * factor, "", units, vague);
  }

  Quantity plusHalf() {
    return new Quantity(form, value + 0.5, "", units, false);
  }

  Quantity asVague() {
    return new Quantity(form, value, literal, units, true);
  }

  Quantity asExact() {
    return new Quantity(form, value, literal, units, false);
  }

  /** Returns the time of day before or after noon. A plain number counts hours. */
  Quantity inHalfOfDay(boolean afternoon) {
    double minutes = form == Form.PLAIN ? value * 60 : value;
    double inHalf = minutes % MINUTES_OF_HALF_DAY + (afternoon ? MINUTES_OF_HALF_DAY : 0);
    return new Quantity(Form.CLOCK, inHalf, "", List.of(), false);
  }

  /** Returns whether the number can conflict with another number, unlike "one" in "that one". */
  boolean isDefinite() {
    return !vague || form == Form.ORDINAL || !units.isEmpty();
  }

  boolean isClock() {
    return form == Form.CLOCK || form == Form.HALF_CLOCK;
  }

  /** Returns whether both may mean the same. A number without a unit may have any unit. */
  boolean matches(Quantity other) {
    if (form == Form.VERSION || other.form == Form.VERSION) {
      return literal.equals(other.literal);
    }
    if (isClock() || other.isClock()) {
      return isClock()
          ? other.isClock() ? isSameTime(other) : other.isHourOf(this)
          : this.isHourOf(other);
    }
    if (!units.isEmpty() && !other.units.isEmpty()) {
      return isSameAmount(other);
    }
    boolean digitsMatter =
        units.isEmpty() && other.units.isEmpty() && !literal.isEmpty() && !other.literal.isEmpty();
    return digitsMatter ? literal.equals(other.literal) : isClose(value, other.value);
  }

  private boolean isSameAmount(Quantity other) {
    for (WordGroup unit : units) {
      for (WordGroup otherUnit : other.units) {
        if (unit.isOnLineOf(otherUnit)
            && (unit.index() == otherUnit.index()
                ? isClose(value, other.value)
                : isClose(value * unit.factor(), other.value * otherUnit.factor()))) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isSameTime(Quantity other) {
    boolean ambiguous = form == Form.HALF_CLOCK || other.form == Form.HALF_CLOCK;
    return ambiguous
        ? isClose(value % MINUTES_OF_HALF_DAY, other.value % MINUTES_OF_HALF_DAY)
        : isClose(value, other.value);
  }

  private boolean isHourOf(Quantity clock) {
    return units.isEmpty() && clock.isSameTime(clock(value * 60));
  }

  /** Returns whether two values are equal within rounding errors; false if either is NaN. */
  private static boolean isClose(double a, double b) {
    return a == b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  }

  /** Returns a key that is equal for quantities of equal value and unit. */
  String key() {
    String size = literal.isEmpty() ? Double.toString(value) : literal;
    return units.isEmpty()
        ? "#" + size
        : "#" + size + "/" + units.get(0).line() + "/" + units.get(0).index();
  }
}
