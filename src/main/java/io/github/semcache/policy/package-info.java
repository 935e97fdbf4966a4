/**
 * Decisions: which prompts may be cached, and which cached answers are served. Pure functions of a
 * prompt, or of a query and its nearest entries.
 */
@NullMarked
package io.github.semcache.policy;

import org.jspecify.annotations.NullMarked;
