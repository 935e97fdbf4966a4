package io.github.semcache.spring;

import io.github.semcache.prompt.Prompt;
import java.util.Map;

/**
 * A request that the cache may answer.
 *
 * @param prompt the prompt, which is compared by meaning
 * @param settings everything else in the request, which must be equal
 * @param output the check of structured output
 * @param live whether the answer depends on a search of the web, so that it is not stored
 */
record AdvisedRequest(
    Prompt prompt, Map<String, String> settings, OutputCheck output, boolean live) {}
