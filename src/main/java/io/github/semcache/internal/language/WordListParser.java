package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Dictionary.WordList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Parses the text of a {@link WordList}. */
final class WordListParser {
  private final WordList list;

  WordListParser(WordList list) {
    this.list = list;
  }

  /**
   * A line of a list.
   *
   * @param number the line number, from 1
   * @param label the text before the colon; empty without a colon
   * @param groups the groups, which are separated by bars
   */
  record Line(int number, String label, List<Group> groups) {

    /** Returns the words of all groups. */
    List<String> words() {
      return groups.stream().flatMap(group -> group.words().stream()).toList();
    }
  }

  /**
   * A group of a line.
   *
   * @param words the words as written
   * @param value the number after the equals sign, or NaN
   */
  record Group(List<String> words, double value) {}

  List<Line> parse(String text) {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        lines.add(parseLine(line, number));
      }
    }
    return lines;
  }

  private Line parseLine(String line, int number) {
    int colon = line.indexOf(": ");
    String label = colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    List<Group> groups = new ArrayList<>();
    for (String group : line.substring(colon < 0 ? 0 : colon + 1).split("\\|", -1)) {
      groups.add(parseGroup(group, number));
    }
    return new Line(number, label, List.copyOf(groups));
  }

  private Group parseGroup(String group, int number) {
    int equals = group.lastIndexOf(" = ");
    double value =
        equals < 0 ? Double.NaN : parseValue(group.substring(equals + 3).strip(), number);
    List<String> words = new ArrayList<>();
    for (String word : (equals < 0 ? group : group.substring(0, equals)).split(",", -1)) {
      if (!word.isBlank()) {
        words.add(word.strip());
      }
    }
    if (words.isEmpty()) {
      throw malformed(list, number, "a group has no words");
    }
    return new Group(List.copyOf(words), value);
  }

  private double parseValue(String text, int number) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw malformed(list, number, "the value after = must be a number, not \"" + text + "\"");
    }
  }

  static IllegalArgumentException malformed(WordList list, int line, String problem) {
    return new IllegalArgumentException(
        "word list " + list + " (" + list.fileName() + "), line " + line + ": " + problem);
  }
}
