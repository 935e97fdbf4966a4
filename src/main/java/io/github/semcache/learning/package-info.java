/**
 * Policies that learn from verdicts. {@link io.github.semcache.learning.LearningPolicy} is the
 * port; {@link io.github.semcache.learning.ErrorBudget} is the policy that ships.
 */
@NullMarked
package io.github.semcache.learning;

import org.jspecify.annotations.NullMarked;
