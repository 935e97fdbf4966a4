package io.github.semcache.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Splits a text into sentences for the rules of {@link VolatilePrompts}: words in lower case,
 * without punctuation and quotations. The cost is linear in the length of the text.
 */
final class Sentences {
  private static final Map<String, String> CONTRACTIONS =
      Map.ofEntries(
          Map.entry("what's", "what is"),
          Map.entry("whats", "what is"),
          Map.entry("who's", "who is"),
          Map.entry("where's", "where is"),
          Map.entry("when's", "when is"),
          Map.entry("how's", "how is"),
          Map.entry("there's", "there is"),
          Map.entry("it's", "it is"),
          Map.entry("it'll", "it will"),
          Map.entry("there'll", "there will"),
          Map.entry("i'm", "i am"),
          Map.entry("i'd", "i would"),
          Map.entry("let's", "let us"),
          Map.entry("gonna", "going to"),
          Map.entry("gotten", "got"));

  private final String text;
  private final List<List<String>> sentences = new ArrayList<>();
  private List<String> words = new ArrayList<>();
  private int quotationEnd = -1;

  private Sentences(String text) {
    this.text = text;
  }

  /** Returns the words of each sentence. A sentence has at least one word. */
  static List<List<String>> of(String text) {
    Sentences reader = new Sentences(text.toLowerCase(Locale.ROOT).replace('’', '\''));
    reader.read();
    return reader.sentences;
  }

  private void read() {
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '\n';
      if (i < quotationEnd) {
        continue;
      }
      if (isPartOfWord(c, i)) {
        start = start < 0 ? i : start;
        continue;
      }
      if (start >= 0) {
        addWord(text.substring(start, i));
        start = -1;
      }
      if (endsSentence(c)) {
        endSentence();
      } else {
        quotationEnd = endOfQuotation(c, i);
      }
    }
  }

  /** Returns whether a character belongs to a word, such as the dots of "3.5" and "node.js". */
  private boolean isPartOfWord(char c, int index) {
    if (Character.isLetterOrDigit(c) || c == '+' || c == '#') {
      return true;
    }
    return (c == '.' || c == '\'' || c == '&')
        && isLetterOrDigit(index - 1)
        && isLetterOrDigit(index + 1);
  }

  private boolean isLetterOrDigit(int index) {
    return index >= 0 && index < text.length() && Character.isLetterOrDigit(text.charAt(index));
  }

  private static boolean endsSentence(char c) {
    return c == '.' || c == '?' || c == '!' || c == '\n' || c == '\r';
  }

  private void addWord(String word) {
    String expanded = CONTRACTIONS.get(word);
    if (expanded != null) {
      words.addAll(List.of(expanded.split(" ")));
    } else {
      words.add(word.indexOf('\'') < 0 ? word : word.replace("'", ""));
    }
  }

  private void endSentence() {
    if (!words.isEmpty()) {
      sentences.add(words);
      words = new ArrayList<>();
    }
  }

  /** Returns the index after the closing mark of a quotation that starts here, or -1. */
  private int endOfQuotation(char c, int index) {
    int kind = "\"“«'".indexOf(c);
    if (kind < 0 || isLetterOrDigit(index - 1)) {
      return -1;
    }
    char closing = "\"”»'".charAt(kind);
    for (int end = text.indexOf(closing, index + 1); end >= 0; ) {
      if (closing != '\'' || !isLetterOrDigit(end + 1)) {
        return end + 1;
      }
      end = text.indexOf(closing, end + 1);
    }
    return -1;
  }
}
