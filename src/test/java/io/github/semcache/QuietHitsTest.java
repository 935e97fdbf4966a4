package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that a caller cannot distinguish the hits of quiet prompts from misses by their time. */
@Timeout(20)
class QuietHitsTest {
  private static final Prompt PROMPT = Prompt.of("What is the capital of France?");
  private static final Prompt NEAR = Prompt.of("Which city serves as France's capital?");
  private static final Duration MODEL_CALL = Duration.ofMillis(400);

  private final AtomicLong elapsed = new AtomicLong();
  private final FakeChatClient chat =
      new FakeChatClient()
          .replying(
              prompt -> {
                elapsed.addAndGet(MODEL_CALL.toNanos());
                return ChatReply.of("Paris");
              });
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(new FakeEmbedder().place(PROMPT.text(), 0).place(NEAR.text(), 10))
          .chatClient(chat)
          .verifier(PairVerifier.none())
          .ticker(() -> System.nanoTime() + elapsed.get())
          .build();

  @AfterEach
  void close() {
    cache.close();
  }

  private static Duration timeOf(Supplier<?> call) {
    long start = System.nanoTime();
    assertThat(call.get()).isNotNull();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void assertHitTakesAsLongAsAModelCall(Supplier<?> hit) {
    int calls = chat.calls();
    assertThat(timeOf(hit)).isGreaterThanOrEqualTo(MODEL_CALL);
    assertThat(chat.calls()).isEqualTo(calls);
  }

  @Test
  void hitsOfQuietPromptsTakeAsLongAsAModelCall() {
    cache.ask(PROMPT);

    assertHitTakesAsLongAsAModelCall(() -> cache.ask(PROMPT.quiet()));
    assertHitTakesAsLongAsAModelCall(() -> cache.ask(NEAR.quiet()));
    assertHitTakesAsLongAsAModelCall(() -> cache.askAsync(PROMPT.quiet()).join());
    assertHitTakesAsLongAsAModelCall(
        () -> cache.begin(PROMPT.quiet(), Map.of("model", "fake-model")));
  }

  @Test
  void otherHitsAndMissesOfQuietPromptsAreNotDelayed() {
    cache.ask(PROMPT.quiet());

    assertThat(timeOf(() -> cache.ask(PROMPT))).isLessThan(MODEL_CALL);
    assertThat(chat.calls()).isEqualTo(1);
  }

  @Test
  void quietPromptHasTheScopeAndTheOptionsOfThePrompt() {
    Prompt quiet = PROMPT.tag("tenant", "acme").maxWait(Duration.ofSeconds(3)).quiet();

    assertThat(quiet.isQuiet()).isTrue();
    assertThat(quiet.tag("user", "1").isQuiet()).isTrue();
    assertThat(PROMPT.isQuiet()).isFalse();
    assertThat(quiet.scope()).isEqualTo(PROMPT.tag("tenant", "acme").scope());
    assertThat(quiet.maxWait()).contains(Duration.ofSeconds(3));
    assertThat(quiet).isNotEqualTo(PROMPT.tag("tenant", "acme").maxWait(Duration.ofSeconds(3)));
  }

  @Test
  void interruptEndsTheDelay() {
    cache.ask(PROMPT);
    Thread.currentThread().interrupt();

    assertThat(cache.ask(PROMPT.quiet()).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(Thread.interrupted()).isTrue();
  }
}
