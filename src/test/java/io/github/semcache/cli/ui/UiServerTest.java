package io.github.semcache.cli.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The endpoints of the page. */
class UiServerTest {
  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("Where is my card?", 0)
          .place("Where's my card?", 5)
          .place("Is my card here?", 40)
          .place("How do I pay?", 120);

  private UiFixture page() throws Exception {
    UiFixture page = UiFixture.without(embedder);
    page.ok("answer", "{\"prompt\": \"Where is my card?\", \"answer\": \"On its way.\"}");
    return page;
  }

  @Test
  void questionIsExplainedAndAnswered() throws Exception {
    try (UiFixture page = page()) {
      JsonNode exact = page.ok("ask", "{\"prompt\": \"Where is my card?\"}");
      assertThat(exact.at("/answer/source").asText()).isEqualTo("EXACT");
      assertThat(exact.at("/decision/reason").asText()).isEqualTo("exact");

      JsonNode similar = page.ok("ask", "{\"prompt\": \"Where's my card?\"}");
      assertThat(similar.at("/answer/source").asText()).isEqualTo("SEMANTIC");
      assertThat(similar.at("/answer/text").asText()).isEqualTo("On its way.");
      assertThat(similar.at("/answer/matchedPrompt").asText()).isEqualTo("Where is my card?");
      JsonNode candidate = similar.at("/decision/candidates/0");
      assertThat(candidate.get("distance").asDouble()).isBetween(0.003, 0.005);
      assertThat(candidate.get("hit").asBoolean()).isTrue();
      assertThat(similar.at("/decision/servedKey")).isEqualTo(candidate.get("key"));

      JsonNode miss = page.ok("ask", "{\"prompt\": \"How do I pay?\"}");
      assertThat(miss.get("answer").isNull()).isTrue();
      assertThat(miss.at("/decision/hit").asBoolean()).isFalse();
      assertThat(miss.at("/decision/reason").asText()).isEqualTo("too-far");
      assertThat(miss.at("/decision/why").asText()).contains("farther away than the threshold");
      assertThat(miss.at("/decision/candidates/0/within").asBoolean()).isFalse();

      JsonNode stats = page.ok("stats");
      assertThat(stats.get("requests").asInt()).isEqualTo(3);
      assertThat(stats.get("exactHits").asInt()).isEqualTo(1);
      assertThat(stats.get("semanticHits").asInt()).isEqualTo(1);
      assertThat(stats.at("/misses/too-far").asInt()).isEqualTo(1);
      assertThat(stats.get("savedMillis").isNull()).isTrue();
    }
  }

  @Test
  void thresholdDecidesAgainOnWhatWasNearBefore() throws Exception {
    try (UiFixture page = page()) {
      page.ok("ask", "{\"prompt\": \"Where's my card?\"}");
      page.ok("ask", "{\"prompt\": \"Is my card here?\"}");
      page.ok("answer", "{\"prompt\": \"Is my card here?\", \"answer\": \"Not yet.\"}");

      assertThat(hits(page, "{}")).containsExactly(true, false);
      assertThat(hits(page, "{\"maxDistance\": 0.3}")).containsExactly(true, true);
      assertThat(hits(page, "{\"maxDistance\": 0.001}")).containsExactly(false, false);
      JsonNode served = page.ok("decide", "{\"maxDistance\": 0.3}").get(1);
      assertThat(served.at("/candidates/0/prompt").asText()).isEqualTo("Where is my card?");
      assertThat(page.ok("stats").get("requests").asInt()).isEqualTo(2);
      JsonNode asked = page.ok("ask", "{\"prompt\": \"Where's my card?\", \"maxDistance\": 0.001}");
      assertThat(asked.get("answer").isNull()).isTrue();
    }
  }

  private static List<Boolean> hits(UiFixture page, String threshold) throws Exception {
    List<Boolean> hits = new ArrayList<>();
    page.ok("decide", threshold).forEach(decision -> hits.add(decision.get("hit").asBoolean()));
    return hits;
  }

  @Test
  void onlyTheLatestQuestionsAreDecidedAgain() throws Exception {
    try (UiFixture page = page()) {
      for (int i = 0; i < 53; i++) {
        page.ok("ask", "{\"prompt\": \"How do I pay?\"}");
      }

      JsonNode decisions = page.ok("decide", "{}");

      assertThat(decisions).hasSize(50);
      assertThat(decisions.get(0).get("id").asInt()).isEqualTo(4);
    }
  }

  @Test
  void entriesAreListedWithTheirLabelsAndByThem() throws Exception {
    try (UiFixture page = page()) {
      page.store.put(
          List.of(
              new VectorStore.NewEntry(
                  new CacheEntry("a", "s", "How?", "So.", Map.of(), Instant.now())
                      .labels(Labels.none().with("topic", "<b>").with("price", 12.5)),
                  Optional.empty(),
                  Optional.empty(),
                  Set.of())));
      page.ok("answer", "{\"prompt\": \"How do I pay?\", \"answer\": \"In the APP.\"}");

      JsonNode found = page.ok("entries", "{\"labels\": \" price:10..20 topic=%3Cb%3E \"}");
      assertThat(found.get("matching").asInt()).isEqualTo(1);
      assertThat(found.at("/entries/0/labels").toString())
          .isEqualTo("{\"price\":12.5,\"topic\":\"<b>\"}");
      assertThat(page.ok("entries", "{\"labels\": \"price:13..\"}").get("entries")).isEmpty();
      assertThat(page.ok("entries", "{\"labels\": \"\"}").get("entries")).hasSize(3);
      HttpResponse<String> invalid = page.post("/api/entries", "{\"labels\": \"price:x\"}");
      assertThat(invalid.statusCode()).isEqualTo(400);
      assertThat(invalid.body()).contains("labels must be conditions such as topic=billing");
    }
  }

  @Test
  void entriesAreListedSearchedAndRemoved() throws Exception {
    try (UiFixture page = page()) {
      page.ok(
          "answer",
          "{\"prompt\": \"How do I pay?\", \"answer\": \"In the APP.\", \"ttlSeconds\": 60}");
      page.ok("ask", "{\"prompt\": \"Where's my card?\"}");

      JsonNode all = page.ok("entries", "{}");
      assertThat(all.get("matching").asInt()).isEqualTo(2);
      assertThat(all.get("isComplete").asBoolean()).isTrue();
      JsonNode found = page.ok("entries", "{\"search\": \" in the app\"}").get("entries");
      assertThat(found).hasSize(1);
      assertThat(found.get(0).get("expiresInSeconds").asInt()).isBetween(50, 60);
      assertThat(found.get(0).get("ageSeconds").asInt()).isBetween(0, 10);
      assertThat(found.get(0).get("hits").asInt()).isZero();
      JsonNode card = page.ok("entries", "{\"search\": \"card\"}").at("/entries/0");
      assertThat(card.get("hits").asInt()).isEqualTo(1);
      assertThat(page.ok("entries", "{\"limit\": 1}").get("entries")).hasSize(1);
      assertThat(page.ok("entries", "{\"scope\": \"other\"}").get("entries")).isEmpty();

      String remove = "{\"key\": " + card.get("key") + "}";
      assertThat(page.ok("entries/remove", remove).get("removed").asInt()).isEqualTo(1);
      assertThat(page.ok("entries/remove", remove).get("removed").asInt()).isZero();
      assertThat(page.ok("entries", "{}").get("matching").asInt()).isEqualTo(1);
      assertThat(page.post("/api/entries/remove", "{}").statusCode()).isEqualTo(400);
      assertThat(page.post("/api/entries", "{\"limit\": 1000000}").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void otherScopesAreSearchedButNotWritten() throws Exception {
    try (UiFixture page = UiFixture.without(embedder)) {
      try (SemanticCache cache =
          SemanticCache.builder()
              .embedder(embedder)
              .store(page.store)
              .verifier(PairVerifier.none())
              .build()) {
        cache.put(Prompt.of("Where is my card?").tag("tenant", "acme"), "At reception.");
      }
      JsonNode scopes = page.ok("state").get("scopes");
      assertThat(scopes).hasSize(2);
      assertThat(scopes.get(0).get("isOwn").asBoolean()).isFalse();
      String scope = scopes.get(0).get("hash").toString();

      JsonNode hit = page.ok("ask", "{\"prompt\": \"Where's my card?\", \"scope\": " + scope + "}");
      assertThat(hit.at("/answer/text").asText()).isEqualTo("At reception.");
      JsonNode exact =
          page.ok("ask", "{\"prompt\": \"Where is my card?\", \"scope\": " + scope + "}");
      assertThat(exact.at("/answer/source").asText()).isEqualTo("EXACT");
      assertThat(page.ok("ask", "{\"prompt\": \"Where's my card?\"}").get("answer").isNull())
          .isTrue();
      HttpResponse<String> refused =
          page.post(
              "/api/answer", "{\"prompt\": \"a\", \"answer\": \"b\", \"scope\": " + scope + "}");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("only the hash is known");
      assertThat(page.ok("entries", "{}").get("matching").asInt()).isEqualTo(1);
    }
  }

  @Test
  void modelAnswersMissesAndItsTimeIsSaved() throws Exception {
    FakeChatClient model = new FakeChatClient();
    try (UiFixture page = UiFixture.with(embedder, model)) {
      JsonNode first = page.ok("ask", "{\"prompt\": \"Where is my card?\"}");
      assertThat(first.at("/answer/source").asText()).isEqualTo("MODEL");
      assertThat(first.at("/answer/isDemo").asBoolean()).isFalse();
      JsonNode second = page.ok("ask", "{\"prompt\": \"Where's my card?\"}");
      assertThat(second.at("/answer/source").asText()).isEqualTo("SEMANTIC");
      assertThat(model.calls()).isEqualTo(1);
      assertThat(page.ok("stats").get("savedMillis").isNumber()).isTrue();
    }
  }

  @Test
  void demoHasSamplesAndMarksItsAnswers() throws Exception {
    try (UiFixture page = UiFixture.demo(embedder)) {
      JsonNode state = page.ok("state");
      assertThat(state.get("isDemo").asBoolean()).isTrue();
      assertThat(state.at("/scopes/0/entries").asInt()).isGreaterThan(3);
      JsonNode sample = page.ok("ask", "{\"prompt\": \"What is the capital of France?\"}");
      assertThat(sample.at("/answer/source").asText()).isEqualTo("EXACT");
      JsonNode answer = page.ok("ask", "{\"prompt\": \"How do I pay?\"}").get("answer");
      assertThat(answer.get("isDemo").asBoolean()).isTrue();
      assertThat(answer.get("text").asText()).startsWith("Demo answer: no language model");
    }
  }

  @Test
  void promptsThatAreNotCachedAreExplained() throws Exception {
    try (UiFixture page = page()) {
      JsonNode decision = page.ok("ask", "{\"prompt\": \"What time is it now?\"}").get("decision");

      assertThat(decision.get("reason").asText()).startsWith("volatile-");
      assertThat(decision.get("why").asText()).startsWith("The answer depends on the moment");
      assertThat(page.ok("decide", "{\"maxDistance\": 2}").at("/0/hit").asBoolean()).isFalse();
    }
  }

  @Test
  void failureOfTheEmbedderIsReportedWithoutTexts() throws Exception {
    try (UiFixture page = page()) {
      embedder.failWith(
          new EmbedderException("the service does not answer", new RuntimeException()));

      HttpResponse<String> failed = page.post("/api/ask", "{\"prompt\": \"A new question\"}");

      assertThat(failed.statusCode()).isEqualTo(502);
      assertThat(failed.body()).isEqualTo("{\"error\":\"the service does not answer\"}");
    }
  }

  @Test
  void hostileTextsArriveAsData() throws Exception {
    try (UiFixture page = page()) {
      String hostile = "</script><img src=x onerror=alert(1)>\u2028'\"&";
      String json = UiFixture.JSON.writeValueAsString(hostile);
      page.ok("answer", "{\"prompt\": " + json + ", \"answer\": " + json + "}");

      HttpResponse<String> response = page.post("/api/entries", "{\"search\": \"onerror\"}");

      assertThat(response.headers().firstValue("Content-Type"))
          .contains("application/json; charset=utf-8");
      assertThat(UiFixture.JSON.readTree(response.body()).at("/entries/0/prompt").asText())
          .isEqualTo(hostile);
    }
  }

  private static String prompts(int count, String prompt, String label) {
    StringBuilder csv = new StringBuilder(prompt + "," + label + "\n");
    for (int i = 0; i < count; i++) {
      csv.append("tell me more of that")
          .append("!".repeat(i % 40))
          .append(",sector ")
          .append(i % 7);
      csv.append('\n');
    }
    return csv.toString();
  }

  @Test
  void reportIsCreatedFromAFile() throws Exception {
    try (UiFixture page = page()) {
      assertThat(page.ok("report").get("state").asText()).isEqualTo("IDLE");
      page.ok("report?name=C:%5Cdata%5Cmy%20prompts.csv&limit=30", prompts(60, "text", "intent"));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> page.ok("report").get("state").asText().equals("DONE"));

      JsonNode status = page.ok("report");
      assertThat(status.get("message").asText()).isEqualTo("30 of 60 prompts");
      HttpResponse<String> report = page.get(status.get("path").asText());
      assertThat(report.body())
          .contains("Semantic cache evaluation of my prompts.csv", "error budget", "30 of 60");
      assertThat(report.headers().firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("sandbox allow-scripts; default-src 'none'");
    }
  }

  @Test
  void unknownColumnsAreReturnedAndCanBeChosen() throws Exception {
    try (UiFixture page = page()) {
      String file = prompts(40, "what they asked", "kind");
      HttpResponse<String> unknown = page.post("/api/report?name=a.csv", file);
      assertThat(unknown.statusCode()).isEqualTo(422);
      JsonNode reply = UiFixture.JSON.readTree(unknown.body());
      assertThat(reply.get("error").asText()).startsWith("a.csv: the columns are not recognized");
      assertThat(reply.get("columns")).hasSize(2);

      page.ok("report?name=a.csv&prompt=what%20they+asked&label=kind", file);
      HttpResponse<String> second = page.post("/api/report?name=a.csv", file);
      assertThat(second.statusCode()).isIn(409, 422);
      page.ok("report/cancel", "{}");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !page.ok("report").get("state").asText().equals("RUNNING"));
    }
  }

  @Test
  void unusableFilesAndParametersAreRefused() throws Exception {
    try (UiFixture page = page()) {
      for (String file :
          List.of(
              "",
              "text,label\n",
              "text,label\na\n",
              "text,label\na,b\nc,b\n",
              "first,second,same\na,b,1\n")) {
        HttpResponse<String> response = page.post("/api/report?name=a.csv", file);
        assertThat(response.statusCode()).as(file).isEqualTo(422);
        assertThat(response.body()).contains("a.csv").doesNotContain("semcache-", "/tmp");
      }
      for (String parameters :
          List.of("limit=1", "limit=x", "limit=1e9", "errorRate=0", "label=" + "x".repeat(300))) {
        assertThat(
                page.post("/api/report?" + parameters, prompts(40, "text", "label")).statusCode())
            .as(parameters)
            .isEqualTo(400);
      }
      assertThat(page.ok("report").get("state").asText()).isEqualTo("IDLE");
    }
  }
}
