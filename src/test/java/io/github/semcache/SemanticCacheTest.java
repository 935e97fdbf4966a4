package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Tests of {@code ask}, {@code lookup}, and {@code explain}. */
class SemanticCacheTest extends CacheFixture {

  @Test
  void newPromptIsAnsweredByTheModel() {
    Answer answer = cache.ask(PARIS);

    assertThat(answer.text()).isEqualTo("answer 1");
    assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(answer.isHit()).isFalse();
    assertThat(answer.missReason()).contains(MissReason.NO_NEIGHBOR);
    assertThat(answer.usage()).contains(FakeChatClient.USAGE);
    assertThat(answer.entryId()).isPresent();
    assertThat(answer.distance()).isEmpty();
    assertThat(answer.matchedPrompt()).isEmpty();
    assertThat(answer.age()).isZero();
  }

  @Test
  void samePromptIsAnExactHitWithoutAnEmbedding() {
    Answer first = cache.ask(PARIS);
    time.advance(Duration.ofMinutes(5));
    Answer second = cache.ask(" \n What is the capital of France?\t ");

    assertThat(second.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(second.reply()).isEqualTo(first.reply());
    assertThat(second.distance()).hasValue(0);
    assertThat(second.matchedPrompt()).contains(PARIS);
    assertThat(second.entryId()).isEqualTo(first.entryId());
    assertThat(second.age()).isEqualTo(Duration.ofMinutes(5));
    assertThat(second.missReason()).isEmpty();
    assertThat(embedder.embedded()).containsExactly(PARIS);
    assertThat(chat.calls()).isEqualTo(1);
  }

  @Test
  void paraphraseIsASemanticHit() {
    Answer first = cache.ask(PARIS);
    Answer second = cache.ask(PARIS_PARAPHRASE);

    assertThat(second.source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(second.text()).isEqualTo(first.text());
    assertThat(second.distance().orElseThrow()).isEqualTo(distance(20), within(1e-6));
    assertThat(second.matchedPrompt()).contains(PARIS);
    assertThat(second.entryId()).isEqualTo(first.entryId());
  }

  @Test
  void distantPromptIsAnsweredByTheModelAndStored() {
    cache.ask(PARIS);
    Answer far = cache.ask(PYTHON);

    assertThat(far.text()).isEqualTo("answer 2");
    assertThat(far.missReason()).contains(MissReason.TOO_FAR);
    assertThat(cache.ask(PYTHON).source()).isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void modelReceivesTheTextWithoutNormalization() {
    cache.ask("  two\n words ");

    assertThat(chat.asked()).extracting(Prompt::text).containsExactly("  two\n words ");
  }

  @Test
  void promptsThatDifferInCaseAreDifferent() {
    cache.ask("What does the US export?");

    assertThat(cache.ask("What does the us export?").source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void embeddingOfTheLookupIsStored() {
    cache.ask(PARIS);
    cache.ask(PARIS_PARAPHRASE);

    assertThat(embedder.embedded()).containsExactly(PARIS, PARIS_PARAPHRASE);
  }

  @Test
  void maxDistanceOfThePromptTakesPrecedence() {
    SemanticCache unguarded = builder().noGuards().build();
    unguarded.ask(PARIS);

    assertThat(unguarded.ask(Prompt.of(PARIS_PARAPHRASE).maxDistance(0.01)).missReason())
        .contains(MissReason.TOO_FAR);
    assertThat(unguarded.ask(Prompt.of(PYTHON).maxDistance(2)).source())
        .isEqualTo(Answer.Source.SEMANTIC);
  }

  @Test
  void maxDistanceZeroAndTwoAreApplied() {
    SemanticCache strict = builder().maxDistance(0).build();
    strict.ask(PARIS);
    assertThat(strict.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.MODEL);

    SemanticCache lenient = builder().maxDistance(2).noGuards().build();
    lenient.ask(PARIS);
    assertThat(lenient.ask(PYTHON).source()).isEqualTo(Answer.Source.SEMANTIC);
  }

  @Test
  void exactHitsAreServedWithTheNeverPolicy() {
    SemanticCache exactOnly = builder().hitPolicy(HitPolicy.never()).build();
    exactOnly.ask(PARIS);

    assertThat(exactOnly.ask(PARIS_PARAPHRASE).missReason()).contains(MissReason.NEVER);
    assertThat(exactOnly.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void bypassNeitherReadsNorWrites() {
    cache.ask(PARIS);
    Answer second = cache.ask(Prompt.of(PARIS).bypass());
    Answer third = cache.ask(PARIS);

    assertThat(second.text()).isEqualTo("answer 2");
    assertThat(second.missReason()).contains(MissReason.BYPASS);
    assertThat(second.entryId()).isEmpty();
    assertThat(third.text()).isEqualTo("answer 1");
    assertThat(cache.lookup(Prompt.of(PARIS).bypass())).isEmpty();
  }

  @Test
  void refreshReplacesTheAnswer() {
    cache.ask(PARIS);
    Answer second = cache.ask(Prompt.of(PARIS).refresh());
    Answer third = cache.ask(PARIS);

    assertThat(second.text()).isEqualTo("answer 2");
    assertThat(second.missReason()).contains(MissReason.REFRESH);
    assertThat(third.text()).isEqualTo("answer 2");
    assertThat(third.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(cache.ask(PARIS_PARAPHRASE).text()).isEqualTo("answer 2");
  }

  @Test
  void lookupDoesNotCallTheModel() {
    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    cache.ask(PARIS);

    assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE)))
        .map(Answer::source)
        .contains(Answer.Source.SEMANTIC);
    assertThat(chat.calls()).isEqualTo(1);
    assertThat(cache.stats().requests()).isEqualTo(3);
  }

  @Test
  void answerOfAnotherModelIsNotServed() {
    FakeChatClient other = new FakeChatClient().setting("temperature", "1");
    other.replying(prompt -> ChatReply.of("other answer"));
    cache.ask(PARIS);

    assertThat(cache.ask(Prompt.of(PARIS), other).text()).isEqualTo("other answer");
    assertThat(cache.ask(PARIS).text()).isEqualTo("answer 1");
  }

  @Test
  void completeReplyIsServedFromTheCache() {
    ChatReply reply =
        ChatReply.of("text").model("m").usage(FakeChatClient.USAGE).payload("{\"id\":1}");
    chat.replying(prompt -> reply);
    cache.ask(PARIS);

    assertThat(cache.ask(PARIS).reply()).isEqualTo(reply);
    assertThat(cache.ask(PARIS_PARAPHRASE).reply()).isEqualTo(reply);
  }

  @Test
  void incompleteRepliesAreNotStored() {
    for (FinishReason reason : FinishReason.values()) {
      chat.replying(prompt -> ChatReply.of("text").finishReason(reason));
      Answer answer = cache.ask("prompt " + reason);
      assertThat(answer.entryId().isPresent())
          .as("%s", reason)
          .isEqualTo(reason == FinishReason.STOP);
    }
    chat.replying(prompt -> ChatReply.of(" "));
    assertThat(cache.ask("blank").entryId()).isEmpty();
    assertThat(cache.stats().notAdmitted()).isEqualTo(FinishReason.values().length);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void admissionMayAdmitIncompleteReplies() {
    SemanticCache admitting = builder().admission((prompt, reply) -> true).build();
    chat.replying(prompt -> ChatReply.of("").finishReason(FinishReason.LENGTH));
    admitting.ask(PARIS);

    assertThat(admitting.ask(PARIS).reply().finishReason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void promptsThatDifferInALoneSurrogateOrANulHaveDifferentAnswers() {
    List<String> prompts =
        List.of("a\ud800", "\ud800a", "a?", "a", "a\0", "\0a", "a\0\0", "a\ud83d\ude00");
    for (String prompt : prompts) {
      cache.put(Prompt.of(prompt), "answer " + prompts.indexOf(prompt));
    }

    assertThat(prompts)
        .allSatisfy(
            prompt -> {
              Answer answer = cache.ask(prompt);
              assertThat(answer.source()).isEqualTo(Answer.Source.EXACT);
              assertThat(answer.text()).isEqualTo("answer " + prompts.indexOf(prompt));
            });
  }

  @Test
  void cachesWithDifferentNormalizersShareAnswersOfEqualNormalizedTexts() {
    FaultyStore shared = new FaultyStore(InMemoryVectorStore.of(embedder));
    SemanticCache lenient =
        builder().store(shared).normalizer(text -> text.toLowerCase(Locale.ROOT)).build();
    SemanticCache exact =
        builder().store(shared).normalizer(Normalizer.none()).maxDistance(0).build();
    lenient.put(Prompt.of("Exports of the US"), "answer of the lenient cache");

    assertThat(exact.lookup(Prompt.of("Exports of the US"))).isEmpty();
    assertThat(exact.lookup(Prompt.of("exports of the us"))).isPresent();
    assertThat(lenient.lookup(Prompt.of("EXPORTS OF THE US"))).isPresent();
  }

  @Test
  void explanationContainsTheCandidatesAndTheDecisions() {
    cache.ask(PARIS);
    cache.ask(PYTHON);
    long requests = cache.stats().requests();

    Explanation explanation = cache.explain(Prompt.of(PARIS_PARAPHRASE));

    assertThat(explanation.exact()).isEmpty();
    assertThat(explanation.candidates())
        .extracting(candidate -> candidate.match().entry().prompt())
        .containsExactly(PARIS, PYTHON);
    assertThat(explanation.candidates())
        .extracting(candidate -> candidate.match().distance())
        .usingElementComparator(
            (actual, expected) ->
                Math.abs(actual - expected) < 1e-6 ? 0 : actual.compareTo(expected))
        .containsExactly(distance(20), distance(70));
    assertThat(explanation.candidates().get(0).decision()).isInstanceOf(Decision.Hit.class);
    assertThat(explanation.candidates().get(1).decision())
        .isEqualTo(Decision.miss(MissReason.TOO_FAR));
    assertThat(explanation.decision())
        .isEqualTo(Decision.hit(explanation.candidates().get(0).match()));
    assertThat(cache.explain(Prompt.of(PARIS)).exact()).isPresent();
    assertThat(cache.stats().requests()).isEqualTo(requests);
  }

  @Test
  void exceptionOfTheModelIsThrownUnwrappedAndNothingIsStored() {
    RuntimeException failure = new RuntimeException("model down");
    chat.failingWith(failure);

    assertThatThrownBy(() -> cache.ask(PARIS)).isSameAs(failure);

    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
    assertThat(cache.stats().modelCalls()).isEqualTo(1);
    assertThat(cache.stats().writes()).isZero();
  }

  @Test
  void withoutChatClientAskIsRejectedAndLookupWorks() {
    SemanticCache withoutModel =
        SemanticCache.builder().verifier(PairVerifier.none()).embedder(embedder).build();
    withoutModel.put(Prompt.of(PARIS), "Paris");

    assertThatThrownBy(() -> withoutModel.ask(PARIS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("chatClient");
    assertThat(withoutModel.lookup(Prompt.of(PARIS_PARAPHRASE))).isPresent();
  }
}
