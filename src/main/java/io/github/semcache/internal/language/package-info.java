/**
 * Lexical analysis and comparison of two short texts. A {@link
 * io.github.semcache.internal.language.Dictionary} supplies the word lists, a {@link
 * io.github.semcache.internal.language.TextAnalysis} splits a text into tokens, numbers and a
 * language, and a {@link io.github.semcache.internal.language.TextDiff} contains the differences
 * between two texts. Depends only on the JDK. Internal: not part of the API.
 */
@NullMarked
package io.github.semcache.internal.language;

import org.jspecify.annotations.NullMarked;
