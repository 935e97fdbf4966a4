package io.github.semcache.openai.proxy;

import io.github.semcache.chat.ChatClient.Observer.NamedFailure;

/**
 * Reports a response without a usable answer to the cache: an error response, or one that cannot be
 * read or parsed. The caller receives the response itself, not this exception.
 */
final class UnusableResponseException extends RuntimeException implements NamedFailure {
  private static final long serialVersionUID = 1L;

  private final transient BufferedResponse response;

  UnusableResponseException(BufferedResponse response) {
    super("the service returned status " + response.status() + " without a usable answer");
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
