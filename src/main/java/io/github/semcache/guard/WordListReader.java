package io.github.semcache.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the lines of a {@link WordList}. */
final class WordListReader {
  private final WordList list;

  WordListReader(WordList list) {
    this.list = list;
  }

  /**
   * A line of a list.
   *
   * @param number where it stands in the list, from 1
   * @param label what stands before the colon; empty if nothing does
   * @param sides what stands between the bars
   */
  record Line(int number, String label, List<Entry> sides) {}

  /**
   * A side of a line.
   *
   * @param words its words as they were written
   * @param value the number after the equals sign, or NaN
   */
  record Entry(List<String> words, double value) {}

  List<Line> lines(String text) {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        lines.add(line(line, number));
      }
    }
    return lines;
  }

  private Line line(String line, int number) {
    int colon = line.indexOf(": ");
    String label = colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    List<Entry> sides = new ArrayList<>();
    for (String side : line.substring(colon < 0 ? 0 : colon + 1).split("\\|", -1)) {
      sides.add(entry(side, number));
    }
    return new Line(number, label, List.copyOf(sides));
  }

  private Entry entry(String side, int number) {
    int equals = side.lastIndexOf(" = ");
    double value = equals < 0 ? Double.NaN : value(side.substring(equals + 3).strip(), number);
    List<String> words = new ArrayList<>();
    for (String word : (equals < 0 ? side : side.substring(0, equals)).split(",", -1)) {
      if (!word.isBlank()) {
        words.add(word.strip());
      }
    }
    if (words.isEmpty()) {
      throw malformed(list, number, "a side has no words");
    }
    return new Entry(List.copyOf(words), value);
  }

  private double value(String text, int number) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw malformed(list, number, "what follows = must be a number, not \"" + text + "\"");
    }
  }

  static IllegalArgumentException malformed(WordList list, int line, String problem) {
    return new IllegalArgumentException(
        "word list " + list + " (" + list.fileName() + "), line " + line + ": " + problem);
  }
}
