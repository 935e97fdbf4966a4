package io.github.semcache;

import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;

/**
 * A prompt and its query. Immutable.
 *
 * @param prompt the prompt
 * @param query the query of the prompt
 * @param mode the mode of the prompt, or BYPASS if its text could not be normalized
 * @param callsModel whether a miss is answered by the model, so that hits can be audited
 */
record CacheRequest(Prompt prompt, Query query, Prompt.Mode mode, boolean callsModel) {

  /** Returns whether the request may be answered from the cache. */
  boolean reads() {
    return mode == Prompt.Mode.USE;
  }

  /** Returns whether the model's answer may be stored. */
  boolean writes() {
    return mode != Prompt.Mode.BYPASS;
  }

  /** Returns the same request for a lookup that never calls the model. */
  CacheRequest lookupOnly() {
    return new CacheRequest(prompt, query, mode, false);
  }

  /** Returns the reason for a miss before anything was looked up. */
  MissReason initialMissReason() {
    return switch (mode) {
      case USE -> MissReason.NO_NEIGHBOR;
      case REFRESH -> MissReason.REFRESH;
      case BYPASS ->
          prompt.mode() == Prompt.Mode.BYPASS ? MissReason.BYPASS : MissReason.NORMALIZER_ERROR;
    };
  }
}
