package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import io.github.semcache.stats.CacheStats;
import org.junit.jupiter.api.Test;

/** Streams of a cached model. */
class CachedStreamingModelTest extends CachedModelFixture {
  @Test
  void streamIsForwardedAndItsEntryAnswersStreamsAndBlockingCalls() {
    Recorder miss = new Recorder().record(streaming, PARIS);
    Recorder hit = new Recorder().record(streaming, PARIS_AGAIN);

    assertThat(miss.parts()).containsExactly("answer", " 1");
    assertThat(hit.parts()).containsExactly("answer 1");
    assertThat(unmarked(hit.response())).isEqualTo(miss.response());
    assertThat(model.chat(PARIS)).isEqualTo("answer 1");
    assertThat(fake.calls()).isEqualTo(1);
  }

  @Test
  void cancelledStreamIsNotStoredAndAWaitingCallBecomesTheLeader() {
    Recorder cancelling =
        new Recorder() {
          @Override
          public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
            super.onPartialResponse(part, context);
            await().until(() -> cache.stats().coalesced() == 1);
            context.streamingHandle().cancel();
            onError(new java.util.concurrent.CancellationException());
          }
        };
    cancelling.start(streaming, PARIS);
    await().until(() -> fake.calls() == 1);
    Recorder follower = new Recorder().record(streaming, PARIS);

    assertThat(follower.response().aiMessage().text()).isEqualTo("answer 2");
    CacheStats stats = cache.stats();
    assertThat(stats.modelCalls()).isEqualTo(2);
    assertThat(stats.writes()).isEqualTo(1);
  }

  @Test
  void callsBypassAClosedCache() {
    cache.close();

    assertThat(new Recorder().record(streaming, PARIS).parts()).containsExactly("answer", " 1");
    assertThat(model.chat(PARIS)).isEqualTo("answer 2");
    assertThat(model.chatAsync(PARIS).join()).isEqualTo("answer 3");
  }
}
