package io.github.semcache.cli;

import io.github.semcache.evaluation.ReplayResult;
import java.nio.file.Path;

/**
 * A replay as it was asked for, and what came of it.
 *
 * @param file the file of the prompts
 * @param order the order in which they were asked
 * @param policy the policy, as it was typed
 * @param embedder the embedding model
 * @param store the store, as it was typed
 * @param result what came of it
 */
record ReplayRun(
    Path file, String order, String policy, String embedder, String store, ReplayResult result) {}
