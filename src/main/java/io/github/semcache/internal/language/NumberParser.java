package io.github.semcache.internal.language;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses the numbers in a run of characters without white space: {@code 1,000}, {@code 3.5%},
 * {@code $20}, {@code 5km}, {@code 7:30pm}, {@code v2.0.1}, {@code 4th}, {@code 10-12}, {@code 5k}.
 */
final class NumberParser {
  private static final int MAX_SUFFIX_LENGTH = 12;
  private static final Pattern RANGE_SEPARATORS = Pattern.compile("[-–/']");
  private static final Pattern TIME_RANGE_SEPARATORS = Pattern.compile("[-–/,']");
  private static final Pattern TIME_SEPARATORS = Pattern.compile("[:.]");

  private final Dictionary dictionary;
  private final String text;
  private int position;

  private NumberParser(Dictionary dictionary, String text) {
    this.dictionary = dictionary;
    this.text = text;
  }

  /**
   * Parses a run of characters.
   *
   * @param dictionary the word lists, which contain the units
   * @param text the folded characters
   * @return the numbers, or empty if the run contains anything else
   */
  static List<Quantity> parse(Dictionary dictionary, String text) {
    return new NumberParser(dictionary, text).parse();
  }

  private List<Quantity> parse() {
    List<WordGroup> currency = List.of();
    boolean negative = false;
    while (position < text.length() && !isDigit(position)) {
      char c = text.charAt(position);
      if (c == '-' || c == '−') {
        negative = true;
      } else if (Character.getType(c) == Character.CURRENCY_SYMBOL) {
        currency = units(text.substring(0, position + 1), text.substring(position, position + 1));
      } else if (!isPrefix(c)) {
        return List.of();
      }
      position++;
    }
    int start = position;
    while (position < text.length() && (isDigit(position) || isSeparator(position))) {
      position++;
    }
    if (start == position) {
      return List.of();
    }
    List<Quantity> numbers = parseDigits(text.substring(start, position), negative);
    if (!currency.isEmpty()) {
      List<WordGroup> units = currency;
      numbers = numbers.stream().map(quantity -> quantity.withUnits(units)).toList();
    }
    return position == text.length()
        ? numbers
        : withSuffix(numbers, text.substring(position), !currency.isEmpty());
  }

  /**
   * Returns whether a character may stand before a number: a sign, the v of a version, or a letter
   * before a currency symbol as in US$5.
   */
  private boolean isPrefix(char c) {
    boolean version = c == 'v' && position + 1 < text.length() && isDigit(position + 1);
    boolean beforeCurrency =
        position < 3
            && text.length() > position + 1
            && text.indexOf('$') > position
            && text.indexOf('$') <= 3;
    return c == '~' || c == '≈' || c == '+' || c == '#' || c == '.' || version || beforeCurrency;
  }

  private boolean isDigit(int index) {
    return Character.isDigit(text.charAt(index));
  }

  private boolean isSeparator(int index) {
    return ".,:/-–'".indexOf(text.charAt(index)) >= 0
        && index + 1 < text.length()
        && isDigit(index + 1);
  }

  private static List<Quantity> parseDigits(String digits, boolean negative) {
    if (digits.indexOf(':') >= 0) {
      return parseTimes(digits);
    }
    List<Quantity> quantities = new ArrayList<>();
    String[] parts = RANGE_SEPARATORS.split(digits, -1);
    for (String part : parts) {
      quantities.addAll(parseDecimal(part));
    }
    if (negative && quantities.size() == 1) {
      Quantity only = quantities.get(0);
      quantities.set(0, only.form() == Quantity.Form.PLAIN ? only.times(-1) : only);
    }
    return quantities;
  }

  /** Parses a time, a range of times, or something else with a colon, such as a ratio. */
  private static List<Quantity> parseTimes(String digits) {
    List<Quantity> times = new ArrayList<>();
    for (String part : TIME_RANGE_SEPARATORS.split(digits, -1)) {
      String[] fields = TIME_SEPARATORS.split(part, -1);
      double hours = value(fields[0]);
      double minutes = fields.length > 1 ? value(fields[1]) : 0;
      boolean time = hours <= 24 && minutes < 60 && fields.length <= 3 && fields[0].length() <= 2;
      if (!time) {
        return List.of(Quantity.version(digits));
      }
      double seconds = fields.length > 2 ? value(fields[2]) : 0;
      times.add(Quantity.clock(hours % 24 * 60 + minutes + seconds / 60));
    }
    return times;
  }

  private static List<Quantity> parseDecimal(String digits) {
    int firstDot = digits.indexOf('.');
    if (firstDot != digits.lastIndexOf('.')) {
      return List.of(Quantity.version(digits));
    }
    if (digits.indexOf(',') < 0) {
      return List.of(Quantity.plain(value(digits), firstDot < 0 ? "" : digits));
    }
    String[] groups = digits.split(",", -1);
    boolean thousands = true;
    for (int i = 1; i < groups.length; i++) {
      int length = groups[i].indexOf('.') < 0 ? groups[i].length() : groups[i].indexOf('.');
      thousands &= length == 3;
    }
    if (thousands) {
      String plain = digits.replace(",", "");
      return List.of(Quantity.plain(value(plain), firstDot < 0 ? "" : plain));
    }
    if (groups.length == 2 && firstDot < 0) {
      return List.of(Quantity.plain(value(digits.replace(',', '.')), digits.replace(',', '.')));
    }
    List<Quantity> list = new ArrayList<>();
    for (String group : groups) {
      list.addAll(parseDecimal(group));
    }
    return list;
  }

  /** Returns the value of digits of any script with at most one dot. */
  private static double value(String digits) {
    double value = 0;
    double place = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), 10);
      if (digit < 0) {
        place = 1;
      } else if (place == 0) {
        value = value * 10 + digit;
      } else {
        place /= 10;
        value += digit * place;
      }
    }
    return value;
  }

  private List<Quantity> withSuffix(List<Quantity> numbers, String suffix, boolean money) {
    if (suffix.length() > MAX_SUFFIX_LENGTH) {
      return List.of();
    }
    Quantity last = numbers.get(numbers.size() - 1);
    Quantity changed = withSuffix(last, suffix.replace(".", ""), money);
    if (changed == null) {
      return List.of();
    }
    List<Quantity> quantities = new ArrayList<>(numbers);
    quantities.set(numbers.size() - 1, changed);
    return quantities;
  }

  private @Nullable Quantity withSuffix(Quantity number, String suffix, boolean money) {
    boolean hour = number.isClock() || number.value() <= 12;
    boolean decade = number.value() >= 10 && number.value() % 10 == 0;
    return switch (suffix) {
      case "st", "nd", "rd", "th", "+", "x", "'s", "-" -> number;
      case "s" -> decade ? number : withUnit(number, suffix);
      case "am", "a" -> hour ? number.inHalfOfDay(false) : null;
      case "pm", "p" -> hour ? number.inHalfOfDay(true) : null;
      case "k" -> number.times(1e3);
      case "mn", "mio" -> number.times(1e6);
      case "b", "bn" -> number.times(1e9);
      case "m" -> money ? number.times(1e6) : withUnit(number, suffix);
      default -> withUnit(number, suffix);
    };
  }

  private @Nullable Quantity withUnit(Quantity number, String suffix) {
    List<WordGroup> units = dictionary.find(suffix).units();
    return units.isEmpty() ? null : number.withUnits(units);
  }

  /** Returns the units of the first name, or the units of the second name if the first has none. */
  private List<WordGroup> units(String name, String otherName) {
    List<WordGroup> units = dictionary.find(name).units();
    return units.isEmpty() ? dictionary.find(otherName).units() : units;
  }
}
