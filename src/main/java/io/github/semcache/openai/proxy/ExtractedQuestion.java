package io.github.semcache.openai.proxy;

/**
 * A request, split into the question and everything else.
 *
 * @param text the question, which is compared by meaning; not blank
 * @param rest the request without the question, as canonical JSON, which must be equal for a hit
 */
record ExtractedQuestion(String text, String rest) {}
