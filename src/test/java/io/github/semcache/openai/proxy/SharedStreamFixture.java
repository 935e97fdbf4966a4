package io.github.semcache.openai.proxy;

import com.google.errorprone.annotations.MustBeClosed;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.openai.FakeStream;

/** Base class for tests of shared streams. All caches use the same store. */
abstract class SharedStreamFixture extends CachedClientTest {
  SharedStreamFixture() {
    super(Admission.everything());
  }

  @Override
  SemanticCacheBuilder builder() {
    return super.builder().store(store).admission(Admission.everything());
  }

  static ChatCompletionCreateParams asking() {
    return asking(PARIS);
  }

  @MustBeClosed
  StreamResponse<ChatCompletionChunk> open(ChatCompletionCreateParams params) {
    return client.chat().completions().createStreaming(params);
  }

  static String text(StreamResponse<ChatCompletionChunk> chunks) {
    return text(chunks.stream().toList());
  }

  /** Reads a stream to its end and returns its text. */
  String streamText() {
    return text(stream(PARIS));
  }

  /** Returns a stream of the text "Paris." that waits for the gate after its first chunk. */
  FakeStream gated() {
    return FakeStream.start()
        .chunk(delta -> delta.put("content", "Par"))
        .await(gate)
        .chunk(delta -> delta.put("content", "is."))
        .end("stop")
        .done();
  }
}
