package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.HttpResponse;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import java.util.Optional;

/**
 * One request that may be answered from the cache, with the steps that blocking and asynchronous
 * calls have in common.
 *
 * @param cache the cache
 * @param request the request as read by the cache
 * @param upstream sends the request to the model
 * @param coalescingKey only requests with the same key wait for each other
 * @param observer observes the calls to the model
 */
record Exchange(
    SemanticCache cache,
    ModelRequest request,
    Upstream upstream,
    String coalescingKey,
    ChatClient.Observer observer) {

  /** Looks up the prompt. */
  CacheCall begin() {
    return cache.begin(request.prompt(), request.settings(), coalescingKey);
  }

  /** Returns the shared stream from its beginning; empty if it was closed before its end. */
  Optional<HttpResponse> join(CacheCall.Shared shared) {
    return ((SharedStream) shared.live()).open();
  }

  /** Converts an answer from the cache or from the awaited call. */
  HttpResponse answered(Answer answer) {
    BufferedResponse response =
        new AnswerConverter(request, cache::adapterFailed).toResponse(answer);
    return marked(response, answer).open();
  }

  private BufferedResponse marked(BufferedResponse response, Answer answer) {
    return request.marksHits() ? response.withCacheHeaders(answer) : response;
  }

  /**
   * Processes the response of the model. A stream is shared with other calls; any other response is
   * read completely and completes the lead.
   */
  HttpResponse modelResponded(CacheCall.Lead lead, Upstream.Sent sent) {
    return request.isStreaming() && sent.response().statusCode() == BufferedResponse.OK
        ? share(lead, sent)
        : complete(lead, BufferedResponse.read(sent.response()));
  }

  private HttpResponse share(CacheCall.Lead lead, Upstream.Sent sent) {
    SharedStream stream =
        new SharedStream(sent.response(), lead, request, sent.usageAdded(), cache::adapterFailed);
    HttpResponse response = stream.open().orElseThrow();
    lead.share(stream);
    return response;
  }

  private HttpResponse complete(CacheCall.Lead lead, BufferedResponse response) {
    Optional<ChatReply> reply = response.isOk() ? parse(response.text()) : Optional.empty();
    if (reply.isEmpty()) {
      modelFailed(lead, new UnusableResponseException(response));
      return response.open();
    }
    return marked(response, lead.complete(reply.get())).open();
  }

  private Optional<ChatReply> parse(String json) {
    try {
      ObjectNode answer = OpenAiJson.parseObject(json);
      return Optional.of(request.parseReply(answer).payload(HitMark.removeFrom(answer, json)));
    } catch (MalformedJsonException | RuntimeException | Error e) {
      cache.adapterFailed(e);
      return Optional.empty();
    }
  }

  /**
   * Ends the lead. If the failure is specific to this caller, one of the waiting calls takes over;
   * otherwise they fail as well.
   */
  void modelFailed(CacheCall.Lead lead, Throwable failure) {
    if (failure instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
      lead.abandon();
    } else if (CallerError.matches(failure)) {
      lead.failAlone(failure);
    } else {
      lead.fail(failure);
    }
  }
}
