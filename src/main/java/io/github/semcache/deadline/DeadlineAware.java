package io.github.semcache.deadline;

/**
 * Implemented by stores and embedders that block, but end their calls at the {@linkplain
 * Deadline#current current deadline} themselves. A cache then makes these calls on the calling
 * thread, which saves two handovers between threads (some tens of microseconds).
 */
public interface DeadlineAware {

  /**
   * Returns whether a lookup that starts now would end at the deadline. Called before each lookup.
   * Does not block.
   *
   * @return true if the lookup may be made on the caller's thread
   */
  boolean observesDeadline();
}
