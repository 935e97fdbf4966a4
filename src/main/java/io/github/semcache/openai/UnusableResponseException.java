package io.github.semcache.openai;

/**
 * The model's service answered with something that is no answer: an error, or what cannot be read.
 * It is the cache's view of it only; the caller gets the response itself.
 */
final class UnusableResponseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient BufferedResponse response;

  UnusableResponseException(BufferedResponse response) {
    super("the service answered with status " + response.status() + " and no usable answer");
    this.response = response;
  }

  BufferedResponse response() {
    return response;
  }
}
