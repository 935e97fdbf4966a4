package io.github.semcache.spring;

import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.adapter.CallDriver;
import java.util.Optional;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.CallAdvisorChain;

/** One blocking request of a chat client with a cache. */
record AdvisedCall(
    SemanticCache cache,
    AdvisedReplies replies,
    ChatClientRequest request,
    CallAdvisorChain chain,
    AdvisedRequest cacheable)
    implements CallDriver.Handler<ChatClientResponse> {

  @Override
  public CacheCall begin() {
    return cache.beginOnThread(cacheable.prompt(), cacheable.settings());
  }

  @Override
  public ChatClientResponse lead(CacheCall.Lead lead) {
    ChatClientResponse response;
    try {
      response = bypass();
    } catch (Throwable e) {
      lead.fail(e);
      throw e;
    }
    replies.complete(lead, response::chatResponse, cacheable, false);
    return response;
  }

  @Override
  public ChatClientResponse bypass() {
    return chain.nextCall(request);
  }

  /** Returns empty; only complete responses are shared. */
  @Override
  public Optional<ChatClientResponse> join(CacheCall.Shared shared) {
    return Optional.empty();
  }

  @Override
  public ChatClientResponse answered(Answer answer) {
    return new ChatClientResponse(replies.response(answer, false), request.context());
  }
}
