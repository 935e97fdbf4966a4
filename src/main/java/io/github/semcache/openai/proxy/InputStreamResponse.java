package io.github.semcache.openai.proxy;

import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** An {@link HttpResponse} whose body is an input stream. */
record InputStreamResponse(int statusCode, Headers headers, InputStream body)
    implements HttpResponse {

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
