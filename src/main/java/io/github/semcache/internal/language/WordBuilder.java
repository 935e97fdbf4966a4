package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Token.Trait;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Collects the entries of one word in the word lists. */
final class WordBuilder {
  private final String key;
  private final EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
  private final List<WordGroup> groups = new ArrayList<>();
  private double value = Double.NaN;
  private long languages;

  WordBuilder(String key) {
    this.key = key;
  }

  void add(Trait trait) {
    traits.add(trait);
  }

  void add(WordGroup group) {
    groups.add(group);
  }

  void setValue(double newValue) {
    value = newValue;
  }

  void addLanguage(int bit) {
    languages |= 1L << bit;
  }

  long languages() {
    return languages;
  }

  Word build() {
    if (traits.contains(Trait.LISTED) && !traits.contains(Trait.PROPER_NOUN)) {
      traits.add(Trait.COMMON);
    }
    return new Word(key, traits, groups, value, languages);
  }
}
