package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Entries that somebody with write access to the store has changed. No request may fail. */
@Tag("slow")
@Timeout(120)
class ForgedEntriesTest {
  private static final String PROMPT = "What is the capital of France?";
  private static final String NEAR = "Which city is the capital of France?";

  private static final List<String> ATTRIBUTES =
      List.of(
          "confirmations",
          "curated",
          "dependency_versions",
          "model",
          "finish_reason",
          "input_tokens",
          "output_tokens",
          "payload",
          "model_millis",
          "expires_at",
          "copied_from",
          "renewed_millis",
          "wrong_for",
          "copy",
          "group",
          "label.topic",
          "number.price");

  private static final List<String> VALUES =
      List.of(
          "",
          "-",
          "-1",
          "NaN",
          "1e999",
          "9223372036854775807",
          "-9223372036854775808",
          "99999999999999999999999",
          "1 - a b c",
          "a=b,c",
          "\u0000\ud800\u202e\u001b[31m",
          "[".repeat(20_000),
          "{\"a\":".repeat(5_000),
          "1 ".repeat(10_000),
          "f".repeat(1 << 17));

  private static final List<Instant> TIMES =
      List.of(
          Instant.ofEpochMilli(Long.MIN_VALUE),
          Instant.ofEpochMilli(Long.MAX_VALUE),
          Instant.ofEpochMilli(-1),
          Instant.EPOCH,
          Instant.parse("+200000-01-01T00:00:00Z"));

  private final FakeEmbedder embedder = new FakeEmbedder().place(PROMPT, 0).place(NEAR, 5);
  private final FakeChatClient chat = new FakeChatClient();
  private final InMemoryVectorStore store = InMemoryVectorStore.builder(embedder).build();

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(chat)
        .store(store)
        .verifier(PairVerifier.none())
        .usageByTag("team");
  }

  /** Returns caches that read all attributes. */
  private List<SemanticCache> caches() {
    PairVerifier costly = pair -> Verification.accept().plusCost(new Verification.Cost(1, 0, 0));
    return List.of(
        builder()
            .confirmations(2)
            .judge(AnswerJudge.sameText())
            .judgeExecutor(Runnable::run)
            .verifier(costly)
            .build(),
        builder()
            .staleWhileRevalidate(Duration.ofHours(1))
            .executor(Runnable::run)
            .singleFlightAcrossInstances(Duration.ofSeconds(5))
            .build(),
        builder().renewTimeToLiveOnHit().build());
  }

  private void assertNoRequestFails(CacheEntry forged, Optional<Duration> timeToLive) {
    for (SemanticCache cache : caches()) {
      store.put(
          List.of(
              new NewEntry(
                  forged, Optional.of(embedder.embed(List.of(PROMPT)).get(0)), timeToLive)));
      List<Answer> answers = new ArrayList<>();
      for (String text : List.of(PROMPT, NEAR)) {
        Prompt prompt = Prompt.of(text).contributor("a").tag("team", "x");
        cache.lookup(prompt).ifPresent(answers::add);
        cache.lookupAll(List.of(prompt)).forEach(found -> found.ifPresent(answers::add));
        answers.addAll(cache.lookupNearest(prompt, 3));
        answers.add(cache.ask(prompt.maxAge(Duration.ofDays(1))));
        answers.add(cache.ask(prompt));
        assertThat(cache.explain(prompt).toString()).isNotEmpty();
      }
      for (Answer answer : answers) {
        assertThat(answer.age()).isNotNull();
        assertThat(answer.toString()).isNotEmpty();
        assertThat(answer.labels().toString()).isNotNull();
        cache.reportRight(answer);
        cache.reportWrong(answer);
      }
      assertThat(cache.stats().toString()).isNotEmpty();
      cache.close();
    }
  }

  private CacheEntry entry(Map<String, String> attributes, Instant createdAt) {
    try (SemanticCache cache = builder().build()) {
      Answer answer = cache.ask(Prompt.of(PROMPT).tag("team", "x").refresh());
      CacheEntry entry = store.find(answer.entryId().orElseThrow()).orElseThrow();
      Map<String, String> all = new HashMap<>(entry.attributes());
      all.putAll(attributes);
      return new CacheEntry(
          entry.key(), entry.scope(), entry.prompt(), entry.answer(), all, createdAt);
    }
  }

  static Stream<String> attributes() {
    return ATTRIBUTES.stream();
  }

  @ParameterizedTest
  @MethodSource("attributes")
  void forgedAttributeFailsNoRequest(String attribute) {
    for (String value : VALUES) {
      CacheEntry forged = entry(Map.of(attribute, value), Instant.now());
      assertNoRequestFails(forged, Optional.of(Duration.ofHours(1)));
    }
  }

  @Test
  void forgedCreationTimeFailsNoRequest() {
    for (Instant time : TIMES) {
      assertNoRequestFails(entry(Map.of(), time), Optional.empty());
      assertNoRequestFails(entry(Map.of(), time), Optional.of(Duration.ofDays(36_525)));
    }
  }

  @Test
  void forgedTextsFailNoRequest() {
    for (String text : VALUES) {
      CacheEntry entry = entry(Map.of(), Instant.now());
      assertNoRequestFails(
          new CacheEntry(
              entry.key(), entry.scope(), text, text, entry.attributes(), entry.createdAt()),
          Optional.of(Duration.ofHours(1)));
    }
  }
}
