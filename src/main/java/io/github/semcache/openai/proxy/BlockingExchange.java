package io.github.semcache.openai.proxy;

import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIIoException;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.adapter.CallDriver;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Runs an exchange on the calling thread. */
record BlockingExchange(Exchange exchange) implements CallDriver.Handler<HttpResponse> {

  /**
   * Blocks until the response is complete, or until a stream begins.
   *
   * @return the response
   * @throws OpenAIIoException if the thread is interrupted while it waits for another call; its
   *     interrupt flag is set
   */
  HttpResponse execute() {
    try {
      return CallDriver.run(exchange.cache(), this);
    } catch (UnusableResponseException e) {
      return e.response().open();
    } catch (CancellationException e) {
      if (!Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new OpenAIIoException("Request interrupted", e);
    }
  }

  @Override
  public CacheCall begin() {
    return exchange.begin();
  }

  @Override
  public HttpResponse lead(CacheCall.Lead lead) {
    try {
      Upstream.Sent sent =
          lead.call(exchange.observer(), exchange.request().model(), exchange.upstream()::send);
      return exchange.modelResponded(lead, sent);
    } catch (Throwable e) {
      exchange.modelFailed(lead, e);
      throw e;
    }
  }

  @Override
  public HttpResponse bypass() {
    return exchange.upstream().sendUnmodified();
  }

  @Override
  public Optional<HttpResponse> join(CacheCall.Shared shared) {
    return exchange.join(shared);
  }

  @Override
  public HttpResponse answered(Answer answer) {
    return exchange.answered(answer);
  }
}
