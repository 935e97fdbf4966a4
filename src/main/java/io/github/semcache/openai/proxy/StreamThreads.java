package io.github.semcache.openai.proxy;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * The threads that read the streams of the model. A reader on a virtual thread is served by a
 * virtual thread, any other reader by one of a pool of platform threads, which end after a minute
 * without work.
 */
final class StreamThreads {
  private static final Executor PLATFORM = Executors.newCachedThreadPool(StreamThreads::newThread);
  private static final VirtualThreads VIRTUAL = VirtualThreads.find();

  private StreamThreads() {}

  private static Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "semcache-streams");
    thread.setDaemon(true);
    return thread;
  }

  /** Runs a task on another thread of the kind of the calling one. */
  static void execute(Runnable task) {
    if (VIRTUAL.isCurrent()) {
      VIRTUAL.start(task);
    } else {
      PLATFORM.execute(task);
    }
  }

  /** The methods for virtual threads, which JDK 21 and later have. */
  private record VirtualThreads(boolean exist, MethodHandle isVirtual, MethodHandle start) {

    static VirtualThreads find() {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      MethodHandle none = MethodHandles.constant(boolean.class, false);
      try {
        return new VirtualThreads(
            true,
            lookup.findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class)),
            lookup.findStatic(
                Thread.class,
                "startVirtualThread",
                MethodType.methodType(Thread.class, Runnable.class)));
      } catch (NoSuchMethodException | IllegalAccessException e) {
        return new VirtualThreads(false, none, none);
      }
    }

    boolean isCurrent() {
      try {
        return exist && (boolean) isVirtual.invokeExact(Thread.currentThread());
      } catch (Throwable e) {
        throw new IllegalStateException("isVirtual failed", e);
      }
    }

    void start(Runnable task) {
      try {
        Thread unused = (Thread) start.invokeExact(task);
      } catch (Throwable e) {
        throw new IllegalStateException("startVirtualThread failed", e);
      }
    }
  }
}
