package io.github.semcache.guard;

import io.github.semcache.guard.Word.Side;
import java.util.List;

/**
 * A number as a prompt means it.
 *
 * @param form what kind of number
 * @param value its value; of a time of day, minutes after midnight
 * @param literal how it was written, for numbers whose digits matter as such; else empty
 * @param units what its unit or currency may be; empty without one
 * @param vague whether it counts only against another number
 */
record Quantity(Form form, double value, String literal, List<Side> units, boolean vague) {
  private static final double TOLERANCE = 1e-9;
  private static final int HALF_DAY = 720;

  enum Form {
    PLAIN,
    /** A place in a row. */
    ORDINAL,
    /** A time of day. */
    CLOCK,
    /** A time of day that may be before or after noon. */
    HALF_CLOCK,
    /** A version, an address, or other digits with a dot between each two groups. */
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

  /** A time of day, before or after noon if the hour leaves that open. */
  static Quantity clock(double minutes) {
    Form form = minutes > 0 && minutes < HALF_DAY + 60 ? Form.HALF_CLOCK : Form.CLOCK;
    return new Quantity(form, minutes, "", List.of(), false);
  }

  Quantity withUnits(List<Side> newUnits) {
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

  /** The same number, which counts also where the other text has none. */
  Quantity asDefinite() {
    return new Quantity(form, value, literal, units, false);
  }

  /** The time of day in the given half of the day; a plain number counts hours. */
  Quantity inHalf(boolean afternoon) {
    double minutes = form == Form.PLAIN ? value * 60 : value;
    double inHalf = minutes % HALF_DAY + (afternoon ? HALF_DAY : 0);
    return new Quantity(Form.CLOCK, inHalf, "", List.of(), false);
  }

  /** Whether it counts against any other number, unlike the "one" in "that one". */
  boolean isDefinite() {
    return !vague || form == Form.ORDINAL || !units.isEmpty();
  }

  boolean isClock() {
    return form == Form.CLOCK || form == Form.HALF_CLOCK;
  }

  /** Whether both may mean the same. A number without a unit may mean one with any unit. */
  boolean matches(Quantity other) {
    if (form == Form.VERSION || other.form == Form.VERSION) {
      return literal.equals(other.literal);
    }
    if (isClock() || other.isClock()) {
      return isClock()
          ? other.isClock() ? sameTime(other) : other.isHourOf(this)
          : this.isHourOf(other);
    }
    if (!units.isEmpty() && !other.units.isEmpty()) {
      return sameSize(other);
    }
    boolean digitsMatter =
        units.isEmpty() && other.units.isEmpty() && !literal.isEmpty() && !other.literal.isEmpty();
    return digitsMatter ? literal.equals(other.literal) : close(value, other.value);
  }

  private boolean sameSize(Quantity other) {
    for (Side unit : units) {
      for (Side otherUnit : other.units) {
        if (unit.sameLine(otherUnit)
            && (unit.side() == otherUnit.side()
                ? close(value, other.value)
                : close(value * unit.factor(), other.value * otherUnit.factor()))) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean sameTime(Quantity other) {
    boolean open = form == Form.HALF_CLOCK || other.form == Form.HALF_CLOCK;
    return open ? close(value % HALF_DAY, other.value % HALF_DAY) : close(value, other.value);
  }

  private boolean isHourOf(Quantity clock) {
    return units.isEmpty() && clock.sameTime(clock(value * 60));
  }

  /** False where either is NaN. */
  private static boolean close(double a, double b) {
    return a == b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  }

  /** A key that is equal for quantities of equal value and unit. */
  String key() {
    String size = literal.isEmpty() ? Double.toString(value) : literal;
    return units.isEmpty()
        ? "#" + size
        : "#" + size + "/" + units.get(0).line() + "/" + units.get(0).side();
  }
}
