package io.github.semcache.internal.language;

import java.util.regex.Pattern;

/** Recognizes identifiers: addresses, paths, tags, names in source code, serial numbers. */
final class Identifiers {
  private static final Pattern SCHEME = Pattern.compile("^[a-z][a-z0-9+]*://(www\\.)?");
  private static final Pattern HYPHENS = Pattern.compile("[-‐‑–]");
  private static final Pattern DOTS = Pattern.compile("\\.");

  private Identifiers() {}

  /** Returns whether a run consists of single letters with dots between them, such as "u.s". */
  static boolean isInitials(String run) {
    if (run.length() < 3 || run.length() % 2 == 0) {
      return false;
    }
    for (int i = 0; i < run.length(); i++) {
      char c = run.charAt(i);
      if (i % 2 == 0 ? !Character.isLetter(c) : c != '.') {
        return false;
      }
    }
    return true;
  }

  /** Returns whether a range is a command-line option, which is case-sensitive: "-r", "--force". */
  static boolean isCommandOption(String text, int from, int to) {
    int letters = from;
    while (letters < to && letters - from < 2 && text.charAt(letters) == '-') {
      letters++;
    }
    if (letters == from || letters == to || !CharacterClasses.isLetter(text, letters)) {
      return false;
    }
    for (int i = letters; i < to; i++) {
      if (!CharacterClasses.isLetter(text, i) && text.charAt(i) != '-') {
        return false;
      }
    }
    return true;
  }

  /** Returns whether a run without white space is an identifier. */
  static boolean isIdentifier(Dictionary dictionary, String run) {
    char first = run.charAt(0);
    if (first == '/' || first == '@' || first == '#' || first == '\\' || first == '-') {
      return run.length() > 1 && !isKnown(dictionary, run.substring(1));
    }
    return run.indexOf('@') > 0
        || run.indexOf('_') > 0
        || run.indexOf('\\') > 0
        || run.contains("://")
        || run.contains("::")
        || run.contains("++")
        || run.endsWith("#")
        || isAlphanumeric(dictionary, run)
        || isDotted(dictionary, run)
        || run.indexOf('/') != run.lastIndexOf('/');
  }

  /**
   * Returns whether a run mixes letters and digits. A known word with a number, joined by a hyphen,
   * does not count.
   */
  private static boolean isAlphanumeric(Dictionary dictionary, String run) {
    boolean digits = false;
    for (int i = 0; i < run.length(); i++) {
      char c = run.charAt(i);
      digits |= Character.isDigit(c);
      if (!Character.isLetterOrDigit(c)
          && c != '-'
          && c != '‐'
          && c != '‑'
          && c != '–'
          && c != '.') {
        return false;
      }
    }
    if (!digits) {
      return false;
    }
    for (String part : HYPHENS.split(run, -1)) {
      if (!part.isEmpty()
          && !isNumber(dictionary, part)
          && !(part.length() > 1 && isKnown(dictionary, part))) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a run has a dot other than between two known words (a missing space). */
  private static boolean isDotted(Dictionary dictionary, String run) {
    int dot = run.indexOf('.');
    if (dot < 0) {
      return false;
    }
    for (int i = 0; i < run.length(); i++) {
      char c = run.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '.' && c != '-' && c != '/') {
        return false;
      }
    }
    for (String part : DOTS.split(run, -1)) {
      if (!part.isEmpty() && !isNumber(dictionary, part) && !isKnown(dictionary, part)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isKnown(Dictionary dictionary, String part) {
    return dictionary.find(part).isKnown();
  }

  private static boolean isNumber(Dictionary dictionary, String part) {
    return Character.isDigit(part.charAt(0)) && !NumberParser.parse(dictionary, part).isEmpty();
  }

  /**
   * Returns an address without its scheme and trailing slashes, and a serial number without
   * hyphens.
   */
  static String normalize(String run) {
    String form = SCHEME.matcher(run).replaceFirst("");
    int end = form.length();
    while (end > 1 && form.charAt(end - 1) == '/') {
      end--;
    }
    String address = form.substring(0, end);
    boolean serial = address.indexOf('/') < 0 && address.indexOf('.') < 0;
    return serial && address.charAt(0) != '-' ? HYPHENS.matcher(address).replaceAll("") : address;
  }
}
