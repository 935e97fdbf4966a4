package io.github.semcache.openai.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponse;
import io.github.semcache.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Locale;
import java.util.Optional;

/** A response in memory, which can be returned to several callers. This class is immutable. */
final class BufferedResponse {
  static final int OK = 200;

  private static final String MODEL = Answer.Source.MODEL.name().toLowerCase(Locale.ROOT);

  private final int status;
  private final Headers headers;

  /** The bytes that were read before the failure, if any. */
  private final byte[] body;

  private final Optional<IOException> failure;

  private BufferedResponse(
      int status, Headers headers, byte[] body, Optional<IOException> failure) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.failure = failure;
  }

  /** Reads a response until its end or until reading fails, and closes it. */
  static BufferedResponse read(HttpResponse response) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    Optional<IOException> failure = Optional.empty();
    try (response;
        InputStream from = response.body()) {
      from.transferTo(body);
    } catch (IOException e) {
      failure = Optional.of(e);
    }
    return new BufferedResponse(
        response.statusCode(), response.headers(), body.toByteArray(), failure);
  }

  /** Creates a response with status 200. */
  static BufferedResponse of(String contentType, String body) {
    Headers headers = Headers.builder().put("Content-Type", contentType).build();
    return new BufferedResponse(OK, headers, body.getBytes(UTF_8), Optional.empty());
  }

  int status() {
    return status;
  }

  /** Returns the exception that ended the reading of the body; empty if the body is complete. */
  Optional<IOException> failure() {
    return failure;
  }

  /** Returns whether the status is 200 and the body is complete. */
  boolean isOk() {
    return status == OK && failure.isEmpty();
  }

  String text() {
    return new String(body, UTF_8);
  }

  /** Returns this response with the cache's response headers of {@link CacheControl}. */
  BufferedResponse withCacheHeaders(Answer answer) {
    Headers.Builder builder = headers.toBuilder();
    builder.replace(CacheControl.SOURCE, answer.source().name().toLowerCase(Locale.ROOT));
    answer.entryId().ifPresent(id -> builder.replace(CacheControl.ENTRY, id));
    if (answer.isHit()) {
      builder.replace(CacheControl.DISTANCE, Double.toString(answer.distance().orElse(0)));
      builder.replace(CacheControl.AGE, Long.toString(answer.age().toSeconds()));
      builder.replaceAll(CacheControl.use().labels(answer.labels()).headers());
    }
    return new BufferedResponse(status, builder.build(), body, failure);
  }

  /** Adds the response header that names the model as the source of the answer. */
  static Headers withModelSource(Headers headers) {
    return headers.toBuilder().replace(CacheControl.SOURCE, MODEL).build();
  }

  /**
   * Returns the response for one caller. If reading the original body failed, its body fails at the
   * same position.
   */
  HttpResponse open() {
    InputStream bytes = new ByteArrayInputStream(body);
    return new InputStreamResponse(
        status,
        headers,
        failure
            .<InputStream>map(e -> new SequenceInputStream(bytes, new FailingInputStream(e)))
            .orElse(bytes));
  }

  /** An input stream that always fails. */
  private static final class FailingInputStream extends InputStream {
    private final IOException failure;

    FailingInputStream(IOException failure) {
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      throw failure;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      throw failure;
    }
  }
}
