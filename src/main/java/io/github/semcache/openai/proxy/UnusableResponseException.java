package io.github.semcache.openai.proxy;

import io.github.semcache.chat.NamedFailure;

/**
 * The model's service answered with something that is no answer: an error, or what cannot be read.
 * It is the cache's view of it only; the caller gets the response itself.
 */
final class UnusableResponseException extends RuntimeException implements NamedFailure {
  private static final long serialVersionUID = 1L;

  private final transient BufferedResponse response;

  UnusableResponseException(BufferedResponse response) {
    super("the service answered with status " + response.status() + " and no usable answer");
    this.response = response;
  }

  BufferedResponse response() {
    return response;
  }

  @Override
  public String failureName() {
    if (response.status() != BufferedResponse.OK) {
      return Integer.toString(response.status());
    }
    return response.failure().map(e -> e.getClass().getName()).orElse("unusable_response");
  }
}
