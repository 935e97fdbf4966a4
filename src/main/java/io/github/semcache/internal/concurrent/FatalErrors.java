package io.github.semcache.internal.concurrent;

/** Distinguishes errors that must not be caught from failures that can be contained. */
public final class FatalErrors {
  private FatalErrors() {}

  /**
   * Throws an error that must not be caught: {@code ThreadDeath}, with which {@code Thread.stop}
   * ends a thread, and a {@link VirtualMachineError}, after which the state of the virtual machine
   * is not known. Three virtual machine errors can be contained: {@link StackOverflowError} and
   * {@link OutOfMemoryError} leave the caller's stack and heap usable, and {@link InternalError} is
   * also thrown for I/O errors of memory-mapped files.
   *
   * @param failure the failure
   */
  public static void rethrowIfFatal(Throwable failure) {
    // ThreadDeath is deprecated for removal, so it is recognized by its name.
    if (failure instanceof Error error
        && ((failure instanceof VirtualMachineError && !isContainable(failure))
            || failure.getClass().getName().equals("java.lang.ThreadDeath"))) {
      throw error;
    }
  }

  private static boolean isContainable(Throwable failure) {
    return failure instanceof StackOverflowError
        || failure instanceof OutOfMemoryError
        || failure instanceof InternalError;
  }
}
