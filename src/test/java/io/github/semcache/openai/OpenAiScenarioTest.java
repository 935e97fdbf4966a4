package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static io.github.semcache.openai.FakeOpenAiServer.EMBEDDINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.TokenUsage;
import io.github.semcache.policy.MissReason;
import org.junit.jupiter.api.Test;

/** A whole cache on both adapters. */
final class OpenAiScenarioTest extends OpenAiTest {
  private static final String CAPITAL = "What is the capital of France?";
  private static final String PARAPHRASE = "Which city serves as France's capital?";
  private static final String OTHER = "How do I reverse a string in Python?";

  @Test
  void paraphraseIsAnsweredFromTheCacheAndAnotherQuestionByTheModel() {
    server.sameMeaning(PARAPHRASE, CAPITAL).answer(CAPITAL, "Paris.").answer(OTHER, "s[::-1]");
    try (SemanticCache cache = cache(client)) {
      Answer first = cache.ask(CAPITAL);
      Answer second = cache.ask(PARAPHRASE);
      Answer third = cache.ask(OTHER);
      Answer again = cache.ask(CAPITAL);

      assertThat(first.source()).isEqualTo(Answer.Source.MODEL);
      assertThat(first.text()).isEqualTo("Paris.");
      assertThat(first.usage()).contains(new TokenUsage(6, 7));
      assertThat(second.source()).isEqualTo(Answer.Source.SEMANTIC);
      assertThat(second.text()).isEqualTo("Paris.");
      assertThat(second.distance().orElseThrow()).isBetween(0.01, 0.1);
      assertThat(third.source()).isEqualTo(Answer.Source.MODEL);
      assertThat(third.text()).isEqualTo("s[::-1]");
      assertThat(again.source()).isEqualTo(Answer.Source.EXACT);
      assertThat(server.requests(CHAT))
          .extracting(RecordedRequest::question)
          .containsExactly(CAPITAL, OTHER);
      assertThat(server.requests(EMBEDDINGS)).hasSize(3);
      assertThat(cache.stats().modelCalls()).isEqualTo(2);
    }
  }

  @Test
  void rateLimitsAreWaitedForByTheClient() {
    server.next(EMBEDDINGS, FakeReply.rateLimited(1)).next(CHAT, FakeReply.rateLimited(1));
    try (SemanticCache cache = cache(client)) {
      assertThat(cache.ask(CAPITAL).missReason()).contains(MissReason.NO_NEIGHBOUR);
      assertThat(cache.ask(CAPITAL).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.stats().embedderErrors()).isZero();
    }
  }

  @Test
  void embeddingServiceInTroubleLeavesTheModelAndTheExactTier() {
    OpenAIClient impatient = impatient();
    server.next(
        EMBEDDINGS,
        FakeReply.error(500, "broken"),
        FakeReply.body(200, "no json"),
        FakeVectors.vectors(new float[] {1, 2}),
        FakeReply.hanging());
    try (SemanticCache cache = cache(impatient)) {
      for (int i = 1; i <= 4; i++) {
        assertThat(cache.ask(CAPITAL + i).source()).isEqualTo(Answer.Source.MODEL);
        assertThat(cache.ask(CAPITAL + i).source()).isEqualTo(Answer.Source.EXACT);
        assertThat(cache.stats().embedderErrors()).isEqualTo(i);
      }
    }
    impatient.close();
  }

  @Test
  void modelInTroubleIsTheErrorOfTheClientAndNothingIsKept() {
    OpenAIClient impatient = impatient();
    server.next(
        CHAT, FakeReply.error(500, "broken"), FakeReply.body(200, "no json"), FakeReply.hanging());
    try (SemanticCache cache = cache(impatient)) {
      assertThatThrownBy(() -> cache.ask(CAPITAL)).isInstanceOf(InternalServerException.class);
      assertThatThrownBy(() -> cache.ask(CAPITAL)).isInstanceOf(OpenAIInvalidDataException.class);
      assertThatThrownBy(() -> cache.ask(CAPITAL)).isInstanceOf(OpenAIIoException.class);
      assertThat(cache.ask(CAPITAL).source()).isEqualTo(Answer.Source.MODEL);
      assertThat(cache.stats().stores()).isEqualTo(1);
    }
    impatient.close();
  }

  @Test
  void whatIsNoCompleteAnswerIsNotKept() {
    server.next(
        CHAT,
        FakeCompletions.refusal("No."),
        FakeCompletions.text("Par", "length"),
        FakeCompletions.toolCall("atlas", "{}", "tool_calls"));
    try (SemanticCache cache = cache(client)) {
      for (int i = 0; i < 4; i++) {
        assertThat(cache.ask(CAPITAL).source()).isEqualTo(Answer.Source.MODEL);
      }
      assertThat(cache.stats().notAdmitted()).isEqualTo(3);
      assertThat(cache.ask(CAPITAL).source()).isEqualTo(Answer.Source.EXACT);
    }
  }

  private static SemanticCache cache(OpenAIClient client) {
    return SemanticCache.builder()
        .embedder(OpenAiEmbedder.of(client))
        .chatClient(OpenAiChatClient.of(client))
        .build();
  }
}
