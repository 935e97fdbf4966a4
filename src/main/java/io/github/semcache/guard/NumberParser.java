package io.github.semcache.guard;

import io.github.semcache.guard.Word.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the numbers in a run of characters without white space: {@code 1,000}, {@code 3.5%}, {@code
 * $20}, {@code 5km}, {@code 7:30pm}, {@code v2.0.1}, {@code 4th}, {@code 10-12}, {@code 5k}.
 */
final class NumberParser {
  private static final int LONGEST_SUFFIX = 12;
  private static final Pattern SPANS = Pattern.compile("[-–/']");
  private static final Pattern SPANS_OF_TIME = Pattern.compile("[-–/,']");
  private static final Pattern FIELDS = Pattern.compile("[:.]");

  private final Lexicon lexicon;
  private final String text;
  private int position;

  private NumberParser(Lexicon lexicon, String text) {
    this.lexicon = lexicon;
    this.text = text;
  }

  /**
   * Reads a run of characters as numbers.
   *
   * @param text the folded characters
   * @return its numbers, or empty if there is more in it than numbers
   */
  static List<Quantity> parse(Lexicon lexicon, String text) {
    return new NumberParser(lexicon, text).quantities();
  }

  private List<Quantity> quantities() {
    List<Side> currency = List.of();
    boolean negative = false;
    while (position < text.length() && !isDigit(position)) {
      char c = text.charAt(position);
      if (c == '-' || c == '−') {
        negative = true;
      } else if (Character.getType(c) == Character.CURRENCY_SYMBOL) {
        currency = units(text.substring(0, position + 1), text.substring(position, position + 1));
      } else if (!isLead(c)) {
        return List.of();
      }
      position++;
    }
    int start = position;
    while (position < text.length() && (isDigit(position) || isInner(position))) {
      position++;
    }
    if (start == position) {
      return List.of();
    }
    List<Quantity> core = core(text.substring(start, position), negative);
    if (!currency.isEmpty()) {
      List<Side> units = currency;
      core = core.stream().map(quantity -> quantity.withUnits(units)).toList();
    }
    return position == text.length()
        ? core
        : suffixed(core, text.substring(position), !currency.isEmpty());
  }

  /** A v before a version, and letters before a currency symbol as in US$5, are no identifier. */
  private boolean isLead(char c) {
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

  private boolean isInner(int index) {
    return ".,:/-–'".indexOf(text.charAt(index)) >= 0
        && index + 1 < text.length()
        && isDigit(index + 1);
  }

  private static List<Quantity> core(String digits, boolean negative) {
    if (digits.indexOf(':') >= 0) {
      return clocks(digits);
    }
    List<Quantity> quantities = new ArrayList<>();
    String[] parts = SPANS.split(digits, -1);
    for (String part : parts) {
      quantities.addAll(decimal(part));
    }
    if (negative && quantities.size() == 1) {
      Quantity only = quantities.get(0);
      quantities.set(0, only.form() == Quantity.Form.PLAIN ? only.times(-1) : only);
    }
    return quantities;
  }

  /** One time, a span of two, or something else with a colon, such as a ratio. */
  private static List<Quantity> clocks(String digits) {
    List<Quantity> clocks = new ArrayList<>();
    for (String part : SPANS_OF_TIME.split(digits, -1)) {
      String[] fields = FIELDS.split(part, -1);
      double hours = parse(fields[0]);
      double minutes = fields.length > 1 ? parse(fields[1]) : 0;
      boolean time = hours <= 24 && minutes < 60 && fields.length <= 3 && fields[0].length() <= 2;
      if (!time) {
        return List.of(Quantity.version(digits));
      }
      double seconds = fields.length > 2 ? parse(fields[2]) : 0;
      clocks.add(Quantity.clock(hours % 24 * 60 + minutes + seconds / 60));
    }
    return clocks;
  }

  private static List<Quantity> decimal(String digits) {
    int firstDot = digits.indexOf('.');
    if (firstDot != digits.lastIndexOf('.')) {
      return List.of(Quantity.version(digits));
    }
    if (digits.indexOf(',') < 0) {
      return List.of(Quantity.plain(parse(digits), firstDot < 0 ? "" : digits));
    }
    String[] groups = digits.split(",", -1);
    boolean thousands = true;
    for (int i = 1; i < groups.length; i++) {
      int length = groups[i].indexOf('.') < 0 ? groups[i].length() : groups[i].indexOf('.');
      thousands &= length == 3;
    }
    if (thousands) {
      String plain = digits.replace(",", "");
      return List.of(Quantity.plain(parse(plain), firstDot < 0 ? "" : plain));
    }
    if (groups.length == 2 && firstDot < 0) {
      return List.of(Quantity.plain(parse(digits.replace(',', '.')), digits.replace(',', '.')));
    }
    List<Quantity> list = new ArrayList<>();
    for (String group : groups) {
      list.addAll(decimal(group));
    }
    return list;
  }

  /** The value of digits of any script with at most one dot. */
  private static double parse(String digits) {
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

  private List<Quantity> suffixed(List<Quantity> core, String suffix, boolean money) {
    if (suffix.length() > LONGEST_SUFFIX) {
      return List.of();
    }
    Quantity last = core.get(core.size() - 1);
    Quantity changed = suffixed(last, suffix.replace(".", ""), money);
    if (changed == null) {
      return List.of();
    }
    List<Quantity> quantities = new ArrayList<>(core);
    quantities.set(core.size() - 1, changed);
    return quantities;
  }

  private @Nullable Quantity suffixed(Quantity number, String suffix, boolean money) {
    boolean hour = number.isClock() || number.value() <= 12;
    boolean decade = number.value() >= 10 && number.value() % 10 == 0;
    return switch (suffix) {
      case "st", "nd", "rd", "th", "+", "x", "'s", "-" -> number;
      case "s" -> decade ? number : unit(number, suffix);
      case "am", "a" -> hour ? number.inHalf(false) : null;
      case "pm", "p" -> hour ? number.inHalf(true) : null;
      case "k" -> number.times(1e3);
      case "mn", "mio" -> number.times(1e6);
      case "b", "bn" -> number.times(1e9);
      case "m" -> money ? number.times(1e6) : unit(number, suffix);
      default -> unit(number, suffix);
    };
  }

  private @Nullable Quantity unit(Quantity number, String suffix) {
    List<Side> units = lexicon.find(suffix).units();
    return units.isEmpty() ? null : number.withUnits(units);
  }

  /** The units of either name, the first preferred. */
  private List<Side> units(String name, String otherName) {
    List<Side> units = lexicon.find(name).units();
    return units.isEmpty() ? lexicon.find(otherName).units() : units;
  }
}
