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

/** A response that can be given to many callers. Immutable. */
final class BufferedResponse {
  static final int OK = 200;

  private static final String MODEL = Answer.Source.MODEL.name().toLowerCase(Locale.ROOT);

  private final int status;
  private final Headers headers;

  /** What could be read of the body, and why the rest could not. */
  private final byte[] body;

  private final Optional<IOException> failure;

  private BufferedResponse(
      int status, Headers headers, byte[] body, Optional<IOException> failure) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.failure = failure;
  }

  /** Reads a response to its end, or to where it breaks off, and closes it. */
  static BufferedResponse of(HttpResponse response) {
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

  /** A response that the service did not give. */
  static BufferedResponse of(String contentType, String body) {
    Headers headers = Headers.builder().put("Content-Type", contentType).build();
    return new BufferedResponse(OK, headers, body.getBytes(UTF_8), Optional.empty());
  }

  int status() {
    return status;
  }

  /** Why the rest of the body could not be read; empty if it is whole. */
  Optional<IOException> failure() {
    return failure;
  }

  /** Whether it is whole and no error. */
  boolean isOk() {
    return status == OK && failure.isEmpty();
  }

  String text() {
    return new String(body, UTF_8);
  }

  /** The response with headers that tell where the answer came from. */
  BufferedResponse marked(Answer answer) {
    Headers.Builder marked = headers.toBuilder();
    marked.replace(CacheControl.SOURCE, answer.source().name().toLowerCase(Locale.ROOT));
    if (answer.isHit()) {
      marked.replace(CacheControl.DISTANCE, Double.toString(answer.distance().orElse(0)));
      marked.replace(CacheControl.AGE, Long.toString(answer.age().toSeconds()));
    }
    return new BufferedResponse(status, marked.build(), body, failure);
  }

  /** The headers of a response that the model gives. */
  static Headers marked(Headers headers) {
    return headers.toBuilder().replace(CacheControl.SOURCE, MODEL).build();
  }

  /** The response for one caller; its body fails where the original one did. */
  HttpResponse open() {
    InputStream whole = new ByteArrayInputStream(body);
    return new OpenResponse(
        status,
        headers,
        failure.<InputStream>map(e -> new SequenceInputStream(whole, new Broken(e))).orElse(whole));
  }

  /** A body that cannot be read. */
  private static final class Broken extends InputStream {
    private final IOException failure;

    Broken(IOException failure) {
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
