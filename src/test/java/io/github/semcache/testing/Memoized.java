package io.github.semcache.testing;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls a supplier on first use and caches its value or its exception. Thread-safe. */
final class Memoized<T> implements Supplier<T> {
  private final Supplier<T> supplier;
  private @Nullable T value;
  private @Nullable RuntimeException failure;

  Memoized(Supplier<T> supplier) {
    this.supplier = supplier;
  }

  @Override
  public synchronized T get() {
    if (failure != null) {
      throw failure;
    }
    T result = value;
    if (result == null) {
      try {
        result = supplier.get();
      } catch (RuntimeException e) {
        failure = e;
        throw e;
      }
      value = result;
    }
    return result;
  }

  /** Returns the value without calling the supplier; empty if there is none yet. */
  synchronized Optional<T> getIfPresent() {
    return Optional.ofNullable(value);
  }
}
