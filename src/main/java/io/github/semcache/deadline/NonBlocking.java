package io.github.semcache.deadline;

/**
 * Implemented by parts of a cache (embedders, stores, policies, admissions, and others) that
 * neither wait nor perform I/O. A cache calls them on the calling thread. It calls all other parts
 * on a worker thread, so that the caller can stop waiting at the {@link Deadline}.
 *
 * <p>Implement this interface only if every call ends within about a millisecond: a call that hangs
 * delays the caller, whatever the deadline.
 */
public interface NonBlocking {

  /**
   * Returns whether the calls of this part do not block. Wrappers return the value of the part they
   * wrap. Called once, when the cache is built.
   *
   * @return true by default
   */
  default boolean isNonBlocking() {
    return true;
  }

  /**
   * Returns whether a part declares that its calls do not block.
   *
   * @param part the part
   * @return true if the part implements this interface and does not block
   */
  static boolean test(Object part) {
    return part instanceof NonBlocking declared && declared.isNonBlocking();
  }
}
