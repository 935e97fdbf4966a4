package io.github.semcache.cli;

import io.github.semcache.evaluation.ReplayResult;
import java.nio.file.Path;

/**
 * The options and the result of a replay.
 *
 * @param file the file of the prompts
 * @param order a description of the order of the prompts
 * @param policy the policy as given on the command line
 * @param embedder the embedding model
 * @param store the store as given on the command line
 * @param result the result
 */
record ReplayRun(
    Path file, String order, String policy, String embedder, String store, ReplayResult result) {}
