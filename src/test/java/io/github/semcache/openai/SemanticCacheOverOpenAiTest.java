package io.github.semcache.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cache whose embedder and chat client use the real openai-java, and failures of the service. */
@Timeout(60)
class SemanticCacheOverOpenAiTest {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_AGAIN = "Which city serves as France's capital?";
  private static final String PYTHON = "How do I reverse a string in Python?";

  private final FakeOpenAiServer server =
      FakeOpenAiServer.start()
          .sameMeaning(PARIS_AGAIN, PARIS)
          .answer(PARIS, "Paris")
          .answer(PYTHON, "text[::-1]");
  private final OpenAIClient client = server.client();
  private final OpenAIClient timingOut =
      server.client(options -> options.maxRetries(0).timeout(Duration.ofMillis(500)));
  private final SemanticCache cache = cacheOver(client);

  private static SemanticCache cacheOver(OpenAIClient client) {
    return SemanticCache.builder()
        .embedder(OpenAiEmbedder.of(client))
        .chatClient(OpenAiChatClient.of(client))
        .build();
  }

  @AfterEach
  void close() {
    cache.close();
    client.close();
    timingOut.close();
    server.close();
  }

  @Test
  void paraphraseIsAnsweredWithoutAModelCall() {
    Answer first = cache.ask(PARIS);
    Answer second = cache.ask(PARIS_AGAIN);
    Answer third = cache.ask(PYTHON);

    assertThat(first.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(first.text()).isEqualTo("Paris");
    assertThat(second.source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(second.reply()).isEqualTo(first.reply());
    assertThat(third.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(third.missReason()).contains(MissReason.TOO_FAR);
    assertThat(server.requests(FakeOpenAiServer.CHAT)).hasSize(2);
    assertThat(server.requests(FakeOpenAiServer.EMBEDDINGS)).hasSize(3);
  }

  @Test
  void repeatedQuestionSendsNoRequest() {
    cache.ask(PARIS);
    int requests = server.requests().size();

    assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(server.requests()).hasSize(requests);
  }

  @Test
  void clientRepeatsTheModelCallButNotTheEmbeddingAfterARateLimit() {
    server.next(FakeOpenAiServer.CHAT, FakeReply.rateLimited(1));
    server.next(FakeOpenAiServer.EMBEDDINGS, FakeReply.rateLimited(1));

    assertThat(cache.ask(PARIS).text()).isEqualTo("Paris");
    assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(cache.stats().embedderErrors()).isEqualTo(1);
    assertThat(server.requests(FakeOpenAiServer.EMBEDDINGS)).hasSize(1);
  }

  @Test
  void modelFailureIsThrownAsTheExceptionOfTheClient() {
    server.always(FakeOpenAiServer.CHAT, FakeReply.error(500, "down"));
    SemanticCache failing = cacheOver(timingOut);

    assertThatThrownBy(() -> failing.ask(PARIS)).isInstanceOf(InternalServerException.class);
    assertThat(failing.lookup(Prompt.of(PARIS))).isEmpty();
  }

  @Test
  void embeddingFailureStillReturnsTheAnswerOfTheModel() {
    server.always(FakeOpenAiServer.EMBEDDINGS, FakeReply.error(500, "down"));
    SemanticCache failing = cacheOver(timingOut);

    assertThat(failing.ask(PARIS).text()).isEqualTo("Paris");
    assertThat(failing.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(failing.stats().embedderErrors()).isEqualTo(1);
  }

  @Test
  void hangingEmbeddingsStillReturnTheAnswerOfTheModel() {
    server.always(FakeOpenAiServer.EMBEDDINGS, FakeReply.hanging());
    SemanticCache failing = cacheOver(timingOut);

    assertThat(failing.ask(PARIS).text()).isEqualTo("Paris");
    assertThat(failing.stats().embedderErrors()).isEqualTo(1);
  }

  @Test
  void hangingModelFailsAfterTheTimeoutOfTheClient() {
    server.always(FakeOpenAiServer.CHAT, FakeReply.hanging());

    assertThatThrownBy(() -> cacheOver(timingOut).ask(PARIS)).isInstanceOf(OpenAIIoException.class);
  }

  @Test
  void malformedResponsesFailAndAreNotStored() {
    server.always(FakeOpenAiServer.CHAT, FakeReply.body(200, "{\"choices\": ["));

    assertThatThrownBy(() -> cache.ask(PARIS)).isInstanceOf(OpenAIInvalidDataException.class);
    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();

    server.always(FakeOpenAiServer.EMBEDDINGS, FakeReply.body(200, "<html>"));
    assertThatThrownBy(() -> cache.ask(PYTHON)).isInstanceOf(OpenAIInvalidDataException.class);
    assertThat(cache.stats().embedderErrors()).isEqualTo(1);
  }

  @Test
  void incompleteAnswersAreNotStored() {
    server.next(
        FakeOpenAiServer.CHAT,
        FakeCompletions.refusal("No."),
        FakeCompletions.text("Par", "length"),
        FakeCompletions.toolCall("atlas", "{}", "tool_calls"));

    for (int i = 0; i < 4; i++) {
      assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.MODEL);
    }
    assertThat(cache.stats().notAdmitted()).isEqualTo(3);
    assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
  }
}
