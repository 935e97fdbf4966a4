package io.github.semcache.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules of {@link VolatilePrompts}, read from a resource that describes its format. Immutable.
 */
final class PromptRules {
  private static final String RESOURCE = "volatile-prompts.txt";
  private static final String TEXT_SECTION = "cacheable-text";
  private static final String SENTENCE_SECTION = "cacheable-sentence";
  private static final int FILTER_BITS = 18;
  private static final String GAP = "(?:\\S+ ){0,8}?";
  private static final Pattern FRAGMENT = Pattern.compile("<([a-z]+)>");
  private static final Pattern DEFINITION = Pattern.compile("([a-z]+) = (.+)");

  private final Map<String, String> fragments = new HashMap<>();
  private final Map<String, List<Rule>> rulesByWord = new HashMap<>();
  private final BitSet wordHashes = new BitSet(1 << FILTER_BITS);
  private final List<Pattern> textExemptions = new ArrayList<>();
  private final List<Pattern> sentenceExemptions = new ArrayList<>();

  private PromptRules(String text) {
    String section = "";
    for (String line : (Iterable<String>) text.lines()::iterator) {
      Matcher definition = DEFINITION.matcher(line);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("[")) {
        section = line.substring(1, line.indexOf(']'));
      } else if (section.isEmpty() && definition.matches()) {
        fragments.put(definition.group(1), expand(definition.group(2)));
      } else {
        add(section, line);
      }
    }
  }

  /**
   * A rule.
   *
   * @param reason the reason if the pattern matches
   * @param pattern matches whole words of a sentence
   */
  record Rule(MissReason reason, Pattern pattern) {}

  /** Reads the built-in rules. */
  static PromptRules read() {
    try (InputStream in = PromptRules.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("resource " + RESOURCE + " is missing");
      }
      return new PromptRules(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String section, String line) {
    int colon = line.indexOf(':');
    Pattern pattern = compile(line.substring(colon + 1).strip());
    switch (section) {
      case TEXT_SECTION -> textExemptions.add(pattern);
      case SENTENCE_SECTION -> sentenceExemptions.add(pattern);
      default -> {
        Rule rule = new Rule(new MissReason(section), pattern);
        for (String word : line.substring(0, colon).split(",", -1)) {
          rulesByWord.computeIfAbsent(word.strip(), key -> new ArrayList<>()).add(rule);
          wordHashes.set(slot(word.strip().hashCode()));
        }
      }
    }
  }

  private Pattern compile(String expression) {
    return Pattern.compile("(?<!\\S)(?:" + expand(expression) + ")(?!\\S)");
  }

  /** Replaces the names of fragments and the gaps. */
  private String expand(String expression) {
    return FRAGMENT
        .matcher(expression)
        .replaceAll(match -> Matcher.quoteReplacement(fragment(match.group(1))))
        .replace(".. ", GAP);
  }

  private String fragment(String name) {
    String fragment = fragments.get(name);
    if (fragment == null) {
      throw new IllegalStateException("fragment <" + name + "> is not defined in " + RESOURCE);
    }
    return fragment;
  }

  /**
   * Returns whether a text may contain a word of a rule. May return true for other texts. Allocates
   * nothing.
   */
  boolean mayApply(String text) {
    int hash = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLetterOrDigit(c) || c == '&') {
        hash = 31 * hash + Character.toLowerCase(c);
      } else if (wordHashes.get(slot(hash))) {
        return true;
      } else if (c != '\'' && c != '’') {
        hash = 0;
      }
    }
    return wordHashes.get(slot(hash));
  }

  /** Spreads a hash by the golden ratio, as Fibonacci hashing does. */
  private static int slot(int hash) {
    return (hash * 0x9E3779B9) >>> (Integer.SIZE - FILTER_BITS);
  }

  /** Returns the rules for sentences with a word. */
  List<Rule> rulesFor(String word) {
    return rulesByWord.getOrDefault(word, List.of());
  }

  /** Returns the patterns that exempt the whole text if a sentence matches. */
  List<Pattern> textExemptions() {
    return textExemptions;
  }

  /** Returns the patterns that exempt a sentence. */
  List<Pattern> sentenceExemptions() {
    return sentenceExemptions;
  }
}
