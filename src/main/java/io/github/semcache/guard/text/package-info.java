/**
 * Lexical analysis and comparison of two short texts. A {@link
 * io.github.semcache.guard.text.Lexicon} supplies the word lists, a {@link
 * io.github.semcache.guard.text.TextAnalysis} splits a text into tokens, numbers and a language,
 * and a {@link io.github.semcache.guard.text.TextDiff} contains the differences between two texts.
 * This package depends on no other package of the library.
 */
@NullMarked
package io.github.semcache.guard.text;

import org.jspecify.annotations.NullMarked;
