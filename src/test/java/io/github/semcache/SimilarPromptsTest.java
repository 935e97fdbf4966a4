package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls with similar prompts that arrive while the first one is being answered. */
@Timeout(60)
class SimilarPromptsTest {
  private static final String FIRST = "What is the capital of France?";
  private static final String SAME = "Which city is the capital of France?";
  private static final String OTHER = "What is the capital of Spain?";

  private final FakeEmbedder embedder =
      new FakeEmbedder().place(FIRST, 0).place(SAME, 10).place(OTHER, 60);
  private final FakeChatClient chat = new FakeChatClient();
  private final CountDownLatch modelAnswers = new CountDownLatch(1);
  private final List<String> verifiedAnswers = new CopyOnWriteArrayList<>();
  private volatile boolean accepts = true;
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(embedder)
          .chatClient(chat)
          .maxDistance(0.1)
          .verifier(this::verify)
          .coalesceSimilarPrompts()
          .build();

  private Verification verify(PairVerifier.Pair pair) {
    verifiedAnswers.add(pair.cachedAnswer());
    return accepts ? Verification.accept() : Verification.reject("test");
  }

  @AfterEach
  void close() {
    modelAnswers.countDown();
    cache.close();
  }

  private static <T> CompletableFuture<T> onNewThread(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
  }

  /** Starts a call whose model answers later. */
  private CompletableFuture<Answer> startFirst(Supplier<ChatReply> reply) {
    return start(Prompt.of(FIRST), reply);
  }

  private CompletableFuture<Answer> start(Prompt first, Supplier<ChatReply> reply) {
    chat.replying(
        prompt -> {
          if (!prompt.text().equals(FIRST)) {
            return ChatReply.of("answer to " + prompt.text());
          }
          try {
            modelAnswers.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return reply.get();
        });
    CompletableFuture<Answer> call = onNewThread(() -> cache.ask(first));
    await().until(() -> chat.calls() == 1);
    return call;
  }

  private void awaitFollower() {
    await().until(() -> cache.stats().coalesced() == 1);
  }

  @Test
  void paraphraseWaitsForTheFirstCall() {
    CompletableFuture<Answer> first = startFirst(() -> ChatReply.of("Paris"));
    CompletableFuture<Answer> second = onNewThread(() -> cache.ask(SAME));
    awaitFollower();

    modelAnswers.countDown();

    assertThat(first.join().source()).isEqualTo(Answer.Source.MODEL);
    assertThat(second.join().source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(second.join().text()).isEqualTo("Paris");
    assertThat(chat.calls()).isEqualTo(1);
    assertThat(verifiedAnswers).containsExactly("", "Paris");
    assertThat(cache.stats().requests()).isEqualTo(2);
    assertThat(cache.stats().misses()).isEqualTo(2);
    assertThat(embedder.embedded()).hasSize(2);
  }

  @Test
  void callWhoseAnswerIsNotStoredIsNotFollowed() {
    Prompt bypassing = Prompt.of(FIRST).embedding(embedder.embed(List.of(FIRST)).get(0)).bypass();
    CompletableFuture<Answer> first = start(bypassing, () -> ChatReply.of("Paris"));

    assertThat(cache.ask(SAME).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(cache.stats().coalesced()).isZero();
    modelAnswers.countDown();
    assertThat(first.join().text()).isEqualTo("Paris");
  }

  @Test
  void asynchronousParaphraseHoldsNoThread() {
    CompletableFuture<Answer> first = startFirst(() -> ChatReply.of("Paris"));
    CacheCall call = cache.begin(Prompt.of(SAME), chat.settings());
    assertThat(call).isInstanceOf(CacheCall.Follow.class);
    CompletableFuture<CacheCall> next = ((CacheCall.Follow) call).next();

    modelAnswers.countDown();

    assertThat(((CacheCall.Answered) next.join()).answer().text()).isEqualTo("Paris");
    modelAnswers.countDown();
    assertThat(first.join().text()).isEqualTo("Paris");
  }

  @Test
  void otherPromptDoesNotWait() {
    CompletableFuture<Answer> first = startFirst(() -> ChatReply.of("Paris"));

    assertThat(cache.ask(OTHER).text()).isEqualTo("answer to " + OTHER);
    modelAnswers.countDown();
    assertThat(first.join().text()).isEqualTo("Paris");
  }

  @Test
  void paraphraseInAnotherScopeDoesNotWait() {
    CompletableFuture<Answer> first = startFirst(() -> ChatReply.of("Paris"));

    assertThat(cache.ask(Prompt.of(SAME).tag("user", "b")).source()).isEqualTo(Answer.Source.MODEL);
    modelAnswers.countDown();
    assertThat(first.join().text()).isEqualTo("Paris");
  }

  @Test
  void paraphraseThatTheVerifierRejectsDoesNotWait() {
    accepts = false;
    CompletableFuture<Answer> first = startFirst(() -> ChatReply.of("Paris"));

    assertThat(cache.ask(SAME).text()).isEqualTo("answer to " + SAME);
    modelAnswers.countDown();
    assertThat(first.join().text()).isEqualTo("Paris");
  }

  @Test
  void answerThatTheVerifierRejectsIsNotServed() {
    CompletableFuture<Answer> first = startFirst(() -> ChatReply.of("Paris"));
    CompletableFuture<Answer> second = onNewThread(() -> cache.ask(SAME));
    awaitFollower();
    accepts = false;

    modelAnswers.countDown();

    assertThat(first.join().text()).isEqualTo("Paris");
    assertThat(second.join().text()).isEqualTo("answer to " + SAME);
  }

  @Test
  void failureOfTheFirstCallIsNotThatOfTheParaphrase() {
    CompletableFuture<Answer> first =
        startFirst(
            () -> {
              throw new IllegalStateException("model down");
            });
    CompletableFuture<Answer> second = onNewThread(() -> cache.ask(SAME));
    awaitFollower();

    modelAnswers.countDown();

    assertThat(second.join().text()).isEqualTo("answer to " + SAME);
    assertThat(first).failsWithin(Duration.ofSeconds(10));
  }

  @Test
  void paraphraseWaitsForTheMaximumWait() {
    CompletableFuture<Answer> first = startFirst(() -> ChatReply.of("Paris"));

    Answer answer = cache.ask(Prompt.of(SAME).maxWait(Duration.ofMillis(50)));

    assertThat(answer.text()).isEqualTo("answer to " + SAME);
    assertThat(cache.stats().coalesced()).isEqualTo(1);
    modelAnswers.countDown();
    assertThat(first.join().text()).isEqualTo("Paris");
  }

  @Test
  void modelThatAsksAParaphraseDoesNotWaitForItself() {
    chat.replying(
        prompt ->
            ChatReply.of(prompt.text().equals(FIRST) ? cache.ask(SAME).text() : "inner answer"));

    assertThat(cache.ask(FIRST).text()).isEqualTo("inner answer");
  }

  @Test
  void paraphraseOfACacheWithoutTheOptionDoesNotWait() {
    SemanticCache plain =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chat)
            .maxDistance(0.1)
            .verifier(PairVerifier.none())
            .build();
    CacheCall.Lead lead = (CacheCall.Lead) plain.begin(Prompt.of(FIRST), chat.settings());

    assertThat(plain.ask(SAME).source()).isEqualTo(Answer.Source.MODEL);

    lead.abandon();
    plain.close();
  }
}
