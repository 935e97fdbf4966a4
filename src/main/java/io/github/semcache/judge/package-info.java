/**
 * Comparison of answers: an {@link io.github.semcache.judge.AnswerJudge} decides whether two
 * answers are equivalent, for learning policies and for shadow mode.
 */
@NullMarked
package io.github.semcache.judge;

import org.jspecify.annotations.NullMarked;
