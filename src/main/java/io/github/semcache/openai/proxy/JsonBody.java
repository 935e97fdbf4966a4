package io.github.semcache.openai.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.openai.core.http.HttpRequestBody;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** A request body of a JSON text. Immutable. */
final class JsonBody implements HttpRequestBody {
  private final byte[] bytes;

  JsonBody(String json) {
    this.bytes = json.getBytes(UTF_8);
  }

  @Override
  public void writeTo(OutputStream to) {
    try {
      to.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public long contentLength() {
    return bytes.length;
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public void close() {}
}
