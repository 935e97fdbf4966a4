package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Token.Trait;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Combines number words, units and times of day into quantities: "twenty five", "half an hour", "3
 * million euros", "6 in the morning", "half past seven".
 */
final class QuantityReader {
  private static final double HUNDRED = 100;
  private static final double MAX_HOUR = 12;

  private static final Pattern PLACE = Pattern.compile("\\d+(?:st|nd|rd|th)");

  private static final Set<String> MONTHS =
      Set.of(
          "january",
          "jan",
          "february",
          "feb",
          "march",
          "mar",
          "april",
          "apr",
          "may",
          "june",
          "jun",
          "july",
          "jul",
          "august",
          "aug",
          "september",
          "sep",
          "sept",
          "october",
          "oct",
          "november",
          "nov",
          "december",
          "dec");

  private final List<Token> tokens;

  /** The index after the last token of the quantity that was read last. */
  private int end;

  private QuantityReader(List<Token> tokens) {
    this.tokens = tokens;
  }

  /** Marks the quantities in a list of tokens, in place. */
  static void mark(List<Token> tokens) {
    new QuantityReader(tokens).markAll();
  }

  private void markAll() {
    for (int i = 0; i < tokens.size(); i = Math.max(i + 1, end)) {
      end = i;
      Quantity quantity = quantity(i);
      if (quantity != null) {
        tokens.set(i, tokens.get(i).withQuantity(quantity));
        for (int part = i + 1; part < end; part++) {
          tokens.set(part, tokens.get(part).asNumberPart());
        }
      }
    }
  }

  private @Nullable Quantity quantity(int start) {
    Token first = at(start);
    if (first.quantity() == null && !first.word().startsQuantity()) {
      return null;
    }
    Quantity quantity = relativeToHour(start);
    if (quantity != null) {
      return quantity;
    }
    quantity = number(start);
    if (quantity == null) {
      quantity = articleWithUnit(start);
    } else if (quantity.units().isEmpty() && !isPlace(start)) {
      quantity = withUnit(quantity);
    }
    return quantity == null || isDayOfMonth(start) ? quantity : withTimeOfDay(quantity);
  }

  /**
   * Returns whether a number is a day, which the time of day does not follow as it follows an hour:
   * "on June 12 in the evening", "on the 12th in the evening".
   */
  private boolean isDayOfMonth(int start) {
    return (start > 0 && MONTHS.contains(at(start - 1).key())) || isPlace(start);
  }

  /** Returns whether a token is a place in a sequence, in words or digits: "third", "3rd". */
  private boolean isPlace(int index) {
    return at(index).is(Trait.ORDINAL) || PLACE.matcher(at(index).form()).matches();
  }

  /** Reads "half past seven", "quarter to eight". */
  private @Nullable Quantity relativeToHour(int start) {
    double minutes = isForm(start, "half") ? 30 : isForm(start, "quarter") ? 15 : 0;
    if (minutes == 0) {
      return null;
    }
    int sign = isForm(start + 1, "past") ? 1 : isForm(start + 1, "to") ? -1 : 0;
    if (sign == 0) {
      return null;
    }
    Quantity hour = number(start + 2);
    if (hour == null || !mayBeHour(hour)) {
      end = start;
      return null;
    }
    return withTimeOfDay(Quantity.clock(hour.value() * 60 + sign * minutes));
  }

  /** Reads a number in digits or words, with the multipliers that follow it. */
  private @Nullable Quantity number(int start) {
    if (start >= tokens.size()) {
      return null;
    }
    Token first = at(start);
    end = start + 1;
    if (first.is(Trait.CLOCK)) {
      return Quantity.clock(first.word().value());
    }
    if (first.is(Trait.ORDINAL)) {
      Quantity place = Quantity.ordinal(first.word().value());
      return isSuperlative(end) && place.value() > 1 ? place.asExact() : place;
    }
    Quantity digits = first.quantity();
    if (digits != null) {
      return digits.form() == Quantity.Form.PLAIN ? withMultipliers(digits) : digits;
    }
    end = start;
    return numberInWords(start);
  }

  /** Returns whether a token is a superlative: "the second highest" is not "the highest". */
  private boolean isSuperlative(int index) {
    return index < tokens.size()
        && (at(index).form().endsWith("est") || isForm(index, "most"))
        && at(index).is(Trait.LISTED);
  }

  private Quantity withMultipliers(Quantity digits) {
    Quantity product = digits;
    while (end < tokens.size() && at(end).is(Trait.MULTIPLIER)) {
      product = product.times(at(end).word().value());
      end++;
    }
    return product;
  }

  private @Nullable Quantity numberInWords(int start) {
    double total = 0;
    double current = 0;
    boolean vague = true;
    for (int i = start; i < tokens.size(); i++) {
      Token token = at(i);
      double value = token.word().value();
      if (token.is(Trait.MULTIPLIER)) {
        vague &= i == start;
        current = Math.max(1, current) * value;
        if (value > HUNDRED) {
          total += current;
          current = 0;
        }
      } else if (token.is(Trait.CARDINAL) || token.is(Trait.VAGUE)) {
        if (!isAddend(current, value)) {
          break;
        }
        vague &= token.is(Trait.VAGUE);
        current += value;
      } else if (!isJoiningAnd(i, start)) {
        break;
      }
      end = i + 1;
    }
    if (end == start) {
      return null;
    }
    Quantity number = Quantity.plain(total + current, "");
    return withHalf(vague ? number.asVague() : number);
  }

  /** Returns whether a value adds to the number before it: "twenty five", "two hundred ten". */
  private static boolean isAddend(double current, double value) {
    return current == 0
        || (current % 10 == 0 && current % HUNDRED >= 20 && value < 10 && value >= 1)
        || (current % HUNDRED == 0 && value < HUNDRED && value >= 1);
  }

  /** Returns whether a token is the "and" of "two hundred and five". */
  private boolean isJoiningAnd(int i, int start) {
    return i > start
        && at(i).form().equals("and")
        && at(i - 1).is(Trait.MULTIPLIER)
        && i + 1 < tokens.size()
        && at(i + 1).is(Trait.CARDINAL);
  }

  /** Reads "an hour" as a vague one. */
  private @Nullable Quantity articleWithUnit(int start) {
    if (!isForm(start, "a") && !isForm(start, "an")) {
      return null;
    }
    if (isOrdinalBeforeNoun(start + 1)) {
      return null;
    }
    end = start + 1;
    Quantity one = withUnit(Quantity.plain(1, "").asVague());
    return one.units().isEmpty() ? null : one;
  }

  /** Distinguishes "a second letter" from "a second". */
  private boolean isOrdinalBeforeNoun(int index) {
    return index + 1 < tokens.size() && at(index).is(Trait.ORDINAL) && at(index + 1).isContent();
  }

  private Quantity withUnit(Quantity number) {
    boolean halfOf = number.value() == 0.5 && (isForm(end, "an") || isForm(end, "a"));
    int unit = halfOf ? end + 1 : end;
    if (unit >= tokens.size() || at(unit).quantity() != null) {
      return number;
    }
    List<WordGroup> units = at(unit).word().units();
    if (units.isEmpty()) {
      return number;
    }
    end = unit + 1;
    return withHalf(number.withUnits(units));
  }

  /** Reads "and a half" after a number: "an hour and a half", "two and a half million". */
  private Quantity withHalf(Quantity number) {
    if (!isForm(end, "and") || !isForm(end + 1, "a") || !isForm(end + 2, "half")) {
      return number;
    }
    end += 3;
    return number.plusHalf();
  }

  /** Reads "am" and "pm", "o'clock", "in the morning", "at night" after an hour. */
  private Quantity withTimeOfDay(Quantity quantity) {
    if (!mayBeHour(quantity)) {
      return quantity;
    }
    if (isForm(end, "am") || isForm(end, "pm")) {
      return quantity.inHalfOfDay(isForm(end++, "pm"));
    }
    if (isForm(end, "o'clock") || isForm(end, "oclock")) {
      end++;
      return withTimeOfDay(Quantity.clock(quantity.value() * 60));
    }
    int part =
        isForm(end, "in") && isForm(end + 1, "the") ? end + 2 : isForm(end, "at") ? end + 1 : -1;
    if (isForm(part, "morning")) {
      end = part + 1;
      return quantity.inHalfOfDay(false);
    }
    if (isForm(part, "afternoon") || isForm(part, "evening") || isForm(part, "night")) {
      end = part + 1;
      return quantity.inHalfOfDay(true);
    }
    return quantity;
  }

  private static boolean mayBeHour(Quantity quantity) {
    return quantity.form() == Quantity.Form.HALF_CLOCK
        || (quantity.form() == Quantity.Form.PLAIN
            && quantity.units().isEmpty()
            && quantity.value() >= 1
            && quantity.value() <= MAX_HOUR);
  }

  private Token at(int index) {
    return tokens.get(index);
  }

  private boolean isForm(int index, String form) {
    return index >= 0 && index < tokens.size() && at(index).form().equals(form);
  }
}
