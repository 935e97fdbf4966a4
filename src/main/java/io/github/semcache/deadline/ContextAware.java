package io.github.semcache.deadline;

/**
 * Implemented by parts of a cache that depend on values of the calling thread, such as a trace
 * context. A cache may call a part on a worker thread; the part then receives the values through
 * {@link #withContext}.
 */
public interface ContextAware {

  /**
   * Captures values of the current thread, which is the thread of the caller.
   *
   * @param task a task that calls this part on another thread
   * @return a task that sets the captured values, runs the given task, and restores the previous
   *     values
   */
  Runnable withContext(Runnable task);
}
