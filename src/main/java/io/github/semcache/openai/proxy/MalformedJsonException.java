package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/**
 * Thrown if a text is not a JSON object. The message does not quote the text, and there is no
 * cause, because Jackson's messages do quote it and listeners may log this exception.
 */
final class MalformedJsonException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedJsonException(String message) {
    super(message);
  }

  /** Converts an exception of Jackson. */
  static MalformedJsonException of(IOException failure) {
    return new MalformedJsonException(
        "the JSON is malformed: " + failure.getClass().getSimpleName() + position(failure));
  }

  private static String position(IOException failure) {
    if (failure instanceof JsonProcessingException e && e.getLocation() != null) {
      JsonLocation location = e.getLocation();
      return " at offset " + Math.max(location.getByteOffset(), location.getCharOffset());
    }
    return "";
  }
}
