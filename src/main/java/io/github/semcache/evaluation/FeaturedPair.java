package io.github.semcache.evaluation;

import io.github.semcache.internal.verify.PairFeatures;

/**
 * A training example of a verifier.
 *
 * @param features the features of the pair
 * @param same whether both prompts have the same answer
 * @param baseWeight the weight of the example when word weights are fitted
 * @param weight the weight of the example when trees are fitted
 */
record FeaturedPair(PairFeatures features, boolean same, double baseWeight, double weight) {}
