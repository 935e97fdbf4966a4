package io.github.semcache.cli.ui;

import java.util.Map;

/** Thrown by an endpoint to reply with an error status. */
final class HttpFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  static final int BAD_REQUEST = 400;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int METHOD_NOT_ALLOWED = 405;
  static final int CONFLICT = 409;
  static final int TOO_LARGE = 413;
  static final int WRONG_TYPE = 415;
  static final int UNPROCESSABLE = 422;
  static final int SERVER_ERROR = 500;
  static final int BAD_GATEWAY = 502;

  private final int status;
  private final transient Map<String, Object> details;

  HttpFailure(int status, String message) {
    this(status, message, Map.of());
  }

  /**
   * Creates a failure.
   *
   * @param details additional fields of the reply
   */
  HttpFailure(int status, String message, Map<String, Object> details) {
    super(message);
    this.status = status;
    this.details = details;
  }

  int status() {
    return status;
  }

  Map<String, Object> details() {
    return details;
  }
}
