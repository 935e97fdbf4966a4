package io.github.semcache.langchain4j;

/**
 * Thrown if a response cannot be serialized and therefore not be stored. Never reaches a caller.
 */
final class UncacheableResponseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UncacheableResponseException(RuntimeException cause) {
    super("the response cannot be serialized", cause);
  }
}
