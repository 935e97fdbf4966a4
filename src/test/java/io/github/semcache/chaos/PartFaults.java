package io.github.semcache.chaos;

import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Faults of the parts of a cache in this process: calls that hang, and errors. */
final class PartFaults {
  private PartFaults() {}

  /** A call that does not return, and ignores interrupts, until it is released. */
  static final class Hang {
    private volatile CountDownLatch released = new CountDownLatch(0);

    void begin() {
      released = new CountDownLatch(1);
    }

    void end() {
      released.countDown();
    }

    void awaitEnd() {
      CountDownLatch latch = released;
      while (latch.getCount() > 0) {
        try {
          latch.await();
        } catch (InterruptedException e) {
          // Like a call in native code.
        }
      }
    }
  }

  private static final List<Supplier<Error>> ERRORS =
      List.of(
          () -> new NoClassDefFoundError("injected"),
          () -> new StackOverflowError("injected"),
          () -> new OutOfMemoryError("injected"),
          () -> new ExceptionInInitializerError("injected"),
          () -> new AssertionError("injected"));

  /** Throws one of the errors that a part may throw. */
  static void throwError() {
    throw ERRORS.get(ThreadLocalRandom.current().nextInt(ERRORS.size())).get();
  }

  /** Returns a store whose calls hang, except for {@code findNear}, which must not block. */
  static VectorStore hanging(VectorStore store, Hang hang) {
    return intercepted(
        store,
        method -> {
          if (!method.equals("findNear")) {
            hang.awaitEnd();
          }
        });
  }

  /** Returns a store that passes the name of the method to an action before each call. */
  static VectorStore intercepted(VectorStore store, Consumer<String> before) {
    return (VectorStore)
        Proxy.newProxyInstance(
            PartFaults.class.getClassLoader(),
            new Class<?>[] {VectorStore.class, StateStore.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("space") && !method.getName().equals("close")) {
                before.accept(method.getName());
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
