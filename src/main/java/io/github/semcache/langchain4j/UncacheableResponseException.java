package io.github.semcache.langchain4j;

/** A response that cannot be written down, and so cannot be kept. Never reaches a caller. */
final class UncacheableResponseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UncacheableResponseException(RuntimeException cause) {
    super("the response cannot be written down", cause);
  }
}
