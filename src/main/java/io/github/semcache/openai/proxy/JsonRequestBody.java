package io.github.semcache.openai.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.openai.core.http.HttpRequestBody;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** A JSON request body. This class is immutable. */
final class JsonRequestBody implements HttpRequestBody {
  private final byte[] bytes;

  JsonRequestBody(String json) {
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
