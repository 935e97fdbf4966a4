package io.github.semcache.testing;

/** What callers without null checks pass and return. */
public final class Nulls {
  private Nulls() {}

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // it is what this is for
  public static <T> T absent() {
    return null;
  }
}
