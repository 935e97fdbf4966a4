package io.github.semcache.testing;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Something that is looked for once, when it is first wanted; so is the failure to find it. */
final class Once<T> implements Supplier<T> {
  private final Supplier<T> search;
  private @Nullable T found;
  private @Nullable RuntimeException failure;

  Once(Supplier<T> search) {
    this.search = search;
  }

  @Override
  public synchronized T get() {
    if (failure != null) {
      throw failure;
    }
    T result = found;
    if (result == null) {
      try {
        result = search.get();
      } catch (RuntimeException e) {
        failure = e;
        throw e;
      }
      found = result;
    }
    return result;
  }

  /** What was found, if anybody has wanted it so far. */
  synchronized Optional<T> ifFound() {
    return Optional.ofNullable(found);
  }
}
