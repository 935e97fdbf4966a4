package io.github.semcache.testing;

/** Null values for tests of callers and implementations that ignore null annotations. */
public final class Nulls {
  private Nulls() {}

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // for calls that misuse the API
  public static <T> T absent() {
    return null;
  }
}
