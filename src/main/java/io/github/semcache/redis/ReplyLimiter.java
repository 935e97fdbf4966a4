package io.github.semcache.redis;

import java.io.IOException;

/**
 * Rejects oversized replies before Jedis allocates memory for them: Jedis allocates a string when
 * it reads its length. Scans the bytes of the Redis serialization protocol (RESP2 and RESP3) in the
 * order in which they arrive. Not thread-safe.
 */
final class ReplyLimiter {
  /** The maximum number of bytes of all strings in the replies to one request. */
  static final long MAX_BYTES = 64L << 20;

  /** The maximum number of elements of an array, a set, a map, or a push message. */
  static final long MAX_ELEMENTS = 1L << 20;

  private static final int TRAILING_LINE_BREAK = 2;
  private static final int MAX_DIGITS = 18;

  /** The type of the current line, or 0 if the next byte is a type. */
  private byte type;

  private boolean hasOnlyDigits;
  private int digits;
  private long number;

  /** The number of bytes that remain of the current string. */
  private long toSkip;

  private long total;

  /** Thrown if a reply is too large. */
  static final class ReplyTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    ReplyTooLargeException(String message) {
      super(message);
    }
  }

  /** Starts a new request, whose replies may again have the maximum size. */
  void onRequest() {
    total = 0;
  }

  /**
   * Scans received bytes.
   *
   * @throws IOException if they announce a reply that is too large
   */
  void scan(byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    int i = offset;
    while (i < end) {
      if (toSkip > 0) {
        int skipped = (int) Math.min(toSkip, end - i);
        toSkip -= skipped;
        i += skipped;
      } else {
        scan(bytes[i++]);
      }
    }
  }

  private void scan(byte value) throws IOException {
    if (type == 0) {
      type = value;
      number = 0;
      digits = 0;
      hasOnlyDigits = true;
    } else if (value == '\n') {
      endLine();
      type = 0;
    } else if (value >= '0' && value <= '9' && digits < MAX_DIGITS) {
      digits++;
      number = 10 * number + value - '0';
    } else if (value != '\r') {
      hasOnlyDigits = false;
    }
  }

  private void endLine() throws IOException {
    boolean isSize = hasOnlyDigits && digits > 0;
    switch (type) {
      case '$', '=', '!' -> {
        if (isSize) {
          beginString();
        }
      }
      case '*', '~', '%', '>', '|' -> {
        if (isSize && number > MAX_ELEMENTS) {
          throw new ReplyTooLargeException(
              "the reply has a list of "
                  + number
                  + " elements; at most "
                  + MAX_ELEMENTS
                  + " are read");
        }
      }
      default -> {
        // The reply is a line.
      }
    }
  }

  private void beginString() throws IOException {
    total += number;
    if (total > MAX_BYTES) {
      throw new ReplyTooLargeException(
          "the reply has more than " + MAX_BYTES + " bytes, which is the maximum that is read");
    }
    toSkip = number + TRAILING_LINE_BREAK;
  }
}
