package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of {@code ask} with a consumer of the text. */
class StreamingAskTest {
  private static final Prompt PROMPT = Prompt.of("What is the capital of France?");

  private final FakeStreamingClient model = new FakeStreamingClient();
  private final SemanticCache cache = cacheWith(model);
  private final List<String> pieces = new ArrayList<>();

  private static SemanticCache cacheWith(ChatClient client) {
    return SemanticCache.builder().embedder(new FakeEmbedder()).chatClient(client).build();
  }

  @Test
  void missArrivesInSeveralPiecesAndAHitInOne() {
    Answer miss = cache.ask(PROMPT, pieces::add);
    Answer hit = cache.ask(PROMPT, pieces::add);

    assertThat(pieces).containsExactly("Par", "is", "Paris");
    assertThat(miss.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(hit.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(cache.ask(PROMPT).text()).isEqualTo("Paris");
    assertThat(model.calls).isEqualTo(1);
  }

  @Test
  void asynchronousStreamCompletesWithTheAnswer() {
    assertThat(cache.askAsync(PROMPT, pieces::add).join().text()).isEqualTo("Paris");
    assertThat(pieces).containsExactly("Par", "is");
  }

  @Test
  void textOfANonStreamingClientArrivesInOnePiece() {
    SemanticCache nonStreaming = cacheWith(ChatClient.of("m", prompt -> "Paris"));

    nonStreaming.ask(PROMPT, pieces::add);

    assertThat(pieces).containsExactly("Paris");
  }

  @Test
  void exceptionOfTheConsumerEndsTheCallAndNothingIsStored() {
    IllegalStateException disconnected = new IllegalStateException("the consumer disconnected");

    assertThatThrownBy(
            () ->
                cache.ask(
                    PROMPT,
                    piece -> {
                      throw disconnected;
                    }))
        .isSameAs(disconnected);

    assertThat(cache.stats().writes()).isZero();
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(cache.stats().modelCalls()).isEqualTo(1);
    assertThat(cache.ask(PROMPT).text()).isEqualTo("Paris");
  }

  @Test
  void exceptionOfTheModelAfterAPieceIsThrownAndNothingIsStored() {
    model.failsAfter = 1;

    assertThatThrownBy(() -> cache.ask(PROMPT, pieces::add)).hasMessage("injected failure");

    assertThat(pieces).containsExactly("Par");
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
    assertThat(cache.stats().writes()).isZero();
  }

  @Test
  @Timeout(60)
  void streamingCallFollowsAPlainAskAndReceivesItsAnswerInOnePiece() {
    CountDownLatch streamFollows = new CountDownLatch(1);
    CountDownLatch leads = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    SemanticCache shared =
        SemanticCache.builder()
            .embedder(new FakeEmbedder())
            .chatClient(
                ChatClient.of(
                    "m",
                    prompt -> {
                      calls.incrementAndGet();
                      leads.countDown();
                      awaitUnchecked(streamFollows);
                      return "Paris";
                    }))
            .listener(
                event -> {
                  if (event instanceof CacheEvent.Coalesced) {
                    streamFollows.countDown();
                  }
                })
            .build();
    CompletableFuture<Answer> plain =
        CompletableFuture.supplyAsync(() -> shared.ask(PROMPT), task -> new Thread(task).start());
    awaitUnchecked(leads);

    assertThat(shared.ask(PROMPT, pieces::add).text()).isEqualTo("Paris");

    assertThat(pieces).containsExactly("Paris");
    assertThat(plain.join().text()).isEqualTo("Paris");
    assertThat(calls).hasValue(1);
  }

  @Test
  @Timeout(60)
  void plainAskDoesNotWaitForAStreamingCall() {
    List<Answer> meanwhile = new ArrayList<>();

    cache.ask(
        PROMPT,
        piece -> {
          if (meanwhile.isEmpty()) {
            meanwhile.add(
                CompletableFuture.supplyAsync(
                        () -> cache.ask(PROMPT), task -> new Thread(task).start())
                    .join());
          }
        });

    assertThat(meanwhile).singleElement().extracting(Answer::text).isEqualTo("Paris");
    assertThat(model.calls).isEqualTo(2);
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Replies "Paris" in two pieces. */
  private static final class FakeStreamingClient implements ChatClient.Streaming {
    private int calls;
    private int failsAfter = Integer.MAX_VALUE;

    @Override
    public ChatReply chat(Prompt prompt, Consumer<String> onText) {
      calls++;
      int passed = 0;
      for (String piece : List.of("Par", "is")) {
        if (passed++ == failsAfter) {
          throw new IllegalStateException("injected failure");
        }
        onText.accept(piece);
      }
      return ChatReply.of("Paris");
    }

    @Override
    public ChatReply chat(Prompt prompt) {
      return chat(prompt, piece -> {});
    }

    @Override
    public Map<String, String> settings() {
      return Map.of("model", "fake");
    }
  }
}
