package io.github.semcache;

import static org.awaitility.Awaitility.await;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import org.junit.jupiter.api.AfterEach;

/** A cache with a learning policy, and prompts of topics that are easy to distinguish. */
abstract class LearningFixture {
  final FakeEmbedder embedder = new FakeEmbedder();
  final FakeChatClient chat =
      new FakeChatClient()
          .replying(prompt -> ChatReply.of(topic(prompt.text())).usage(FakeChatClient.USAGE));
  final InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
  final CapturingPolicy budget = CapturingPolicy.of(ErrorBudget.of(0.1).warmUp(20));
  SemanticCache cache = learning(AnswerJudge.sameText()).build();

  final SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .verifier(PairVerifier.none())
        .embedder(embedder)
        .chatClient(chat)
        .store(store);
  }

  final SemanticCacheBuilder learning(AnswerJudge judge) {
    return builder().hitPolicy(budget).judge(judge);
  }

  @AfterEach
  void closeCache() {
    cache.close();
  }

  /** Returns the topic of a prompt of the form "topic.number". Prompts of one topic are near. */
  static String topic(String prompt) {
    return prompt.substring(0, prompt.indexOf('.'));
  }

  final Answer ask(int topic, int number) {
    String text = topic + "." + number;
    embedder.place(text, topic * 60 + number * 0.1);
    return cache.ask(text);
  }

  final CacheStats.Quality quality() {
    return cache.stats().quality();
  }

  final void awaitJudged(long count) {
    await().until(() -> quality().judged() + quality().dropped() >= count);
  }
}
