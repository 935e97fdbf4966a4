package io.github.semcache.internal.language;

import java.util.List;

/**
 * A phrase of several words with one meaning.
 *
 * @param keys the keys of its words
 * @param word the entry of the phrase
 */
record Phrase(List<String> keys, Word word) {}
