package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.policy.CacheSettings;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.testkit.Entries;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code explain}, {@code stats}, {@code ls}, and {@code forget} on the embedded store. */
class StoreCommandsTest {
  @TempDir Path directory;

  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("Where is my card?", 0)
          .place("Where's my card?", 5)
          .place("Is my card with 2 chips here?", 6)
          .place("How do I pay?", 120);

  @BeforeEach
  void fillStore() {
    try (SemanticCache cache = cache()) {
      cache.put(Prompt.of("Where is my card?"), "On its way.");
      cache.put(Prompt.of("How do I pay?"), "In the app.");
    }
  }

  private SemanticCache cache() {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(ChatClient.of("gpt-test", prompt -> "?"))
        .ownedStore(LuceneVectorStore.open(directory.resolve("store"), embedder))
        .build();
  }

  private CliRun run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--store", directory.resolve("store").toString(), "--no-embedding-cache"));
    return CliRun.of(embedder, all.toArray(String[]::new));
  }

  @Test
  void listShowsTheEntries() {
    assertThat(run("ls").out())
        .contains("Where is my card?", "How do I pay?", "expires 2")
        .hasLineCount(2);
    assertThat(run("ls", "--limit", "1").out()).contains("... and 1 more (see --limit)");
    JsonNode json = run("ls", "--json").json();
    assertThat(json).hasSize(2);
    assertThat(json.get(0).get("answer").asText()).isIn("On its way.", "In the app.");
    assertThat(run("ls", "--scope", "x").out()).isEmpty();
  }

  @Test
  void uriWithAnUnknownSchemeIsRejectedWithoutQuotingIt() {
    CliRun.of(embedder, "ls", "--store", "redsi://:secret@cache:6379", "--no-embedding-cache")
        .assertFailed(
            1,
            "--store is a URI with an unknown scheme; it must be a directory or a URI that starts"
                + " with redis:// or rediss://");
  }

  @Test
  void textOfAStoreCannotControlTheTerminal() {
    String hostile =
        "pay \u001b]0;title\u0007\u009b31m\u202Eevil\u2066\u200b\u2028\r\nforged  scope";
    try (LuceneVectorStore store = LuceneVectorStore.open(directory.resolve("store"), embedder)) {
      store.put(
          List.of(
              Entries.withoutExpiry(
                  new CacheEntry(
                      "\u001b[2Jkey\u202E",
                      "scope\u009b",
                      hostile,
                      hostile,
                      Map.of("model", hostile),
                      Instant.now()),
                  embedder.embed(List.of("How do I pay?")).get(0))));
    }

    for (String[] command :
        List.of(
            new String[] {"ls"},
            new String[] {"stats"},
            new String[] {"explain", "How do I pay?", "--scope", "scope"},
            new String[] {"ls", "--json"},
            new String[] {"explain", "How do I pay?", "--scope", "scope", "--json"})) {
      CliRun run = run(command);
      assertThat(run.exitCode()).isZero();
      assertThat(run.out())
          .containsIgnoringCase("u001b")
          .doesNotContainPattern("[^\\n\\x20-\\x7E]");
      assertThat(run.out().lines()).noneMatch(line -> line.startsWith("forged"));
    }
    assertThat(run("ls").out())
        .contains("pay \\u001b]0;title\\u0007\\u009b31m\\u202eevil")
        .hasLineCount(3);
    assertThat(run("explain", "x", "--scope", "\u001b[31m").err())
        .contains("\\u001b[31m")
        .doesNotContain("\u001b");
    assertThat(run("explain", "x", "--scope", "\u001b[31m", "-v").err())
        .contains("\tat ".strip())
        .doesNotContain("\u001b");
  }

  @Test
  void statsCountTheEntries() {
    JsonNode json = run("stats", "--json").json();

    assertThat(json.get("entries").asInt()).isEqualTo(2);
    assertThat(json.get("scopes").asInt()).isEqualTo(1);
    assertThat(json.get("expiring").asInt()).isEqualTo(2);
    assertThat(json.get("embeddingModel").asText()).isEqualTo("fake-embedder");
    assertThat(run("stats").out()).containsPattern("entries +2");
  }

  @Test
  void statsShowWhatHitsOnTheAnswersSave() {
    ChatClient model =
        new FakeChatClient()
            .replying(
                prompt ->
                    ChatReply.of("On its way.")
                        .model("small-2026-01-31")
                        .usage(new ChatReply.TokenUsage(300, 100)));
    try (SemanticCache cache = cache()) {
      cache.ask(Prompt.of("How do I pay by card?"), model);
      cache.ask(Prompt.of("How do I pay by invoice?").tag("tenant", "acme"), model);
    }

    JsonNode json =
        run("stats", "--price", "small=1000,10000", "--currency", "EUR", "--json").json();
    assertThat(json.get("answersOfModels").asInt()).isEqualTo(2);
    assertThat(json.get("inputTokens").asInt()).isEqualTo(600);
    assertThat(json.get("outputTokens").asInt()).isEqualTo(200);
    assertThat(json.get("tokensSavedPerHit").asInt()).isEqualTo(400);
    assertThat(json.get("secondsSavedPerHit").isNumber()).isTrue();
    assertThat(json.get("cost").asDouble()).isEqualTo(2.6);
    assertThat(json.get("costSavedPerHit").asDouble()).isEqualTo(1.3);
    assertThat(json.get("unpricedAnswers").asInt()).isZero();
    assertThat(run("stats").out()).containsPattern("tokensSavedPerHit +400").doesNotContain("cost");
    run("stats", "--price", "small=1")
        .assertFailed(
            1, "--price, --currency: it must have two prices; --price must be MODEL=INPUT,OUTPUT");
  }

  @Test
  void entriesAreListedAndRemovedByLabels() {
    try (SemanticCache cache = cache()) {
      Prompt prompt = Prompt.of("How do I pay by card?");
      cache.put(prompt.label("topic", "billing").label("price", 12.5), "A");
      cache.put(prompt.tag("t", "1").label("topic", "refunds").label("price", 40), "B");
      cache.put(prompt.tag("t", "2").label("topic", "other"), "C");
    }

    assertThat(run("ls", "--label", "topic=billing").out())
        .hasLineCount(1)
        .contains("How do I pay by card?  price=12.5  topic=billing");
    JsonNode json =
        run("ls", "--label", "topic=billing", "--label", "topic=refunds", "--json").json();
    assertThat(json).hasSize(2);
    assertThat(json.get(0).get("labels").get("price").isNumber()).isTrue();
    assertThat(run("ls", "--number", "price=12.5..").out()).hasLineCount(2);
    assertThat(run("ls", "--number", "price=..12.4").out()).isEmpty();
    assertThat(run("ls", "--number", "price=40", "--label", "topic=billing").out()).isEmpty();

    String[] forget = {"forget", "--label", "topic=refunds", "--number", "price=0..100"};
    List<String> dryRun = new ArrayList<>(List.of(forget));
    dryRun.add("--dry-run");
    assertThat(run(dryRun.toArray(String[]::new)).out().strip())
        .isEqualTo("1 entry would be removed");
    assertThat(run(forget).out().strip()).isEqualTo("1 entry removed");
    CliRun misspelled = run("forget", "--label", "topik=billing");
    assertThat(misspelled.out().strip()).isEqualTo("0 entries removed");
    assertThat(misspelled.err()).contains("no entry has a label with this name");
    assertThat(run("forget", "--number", "price=0..", "--json").json().get("removed").asInt())
        .isEqualTo(1);
    run("forget", "--number", "price=a..b")
        .assertFailed(1, "--number is 'price=a..b'; it must be NAME=NUMBER or NAME=MIN..MAX");
    run("forget", "--number", "price=40 topic=billing")
        .assertFailed(
            1, "--number is 'price=40 topic=billing'; it must be NAME=NUMBER or NAME=MIN..MAX");
    assertThat(run("forget", "--label", "topic=other", "--all").exitCode()).isEqualTo(2);
  }

  @Test
  void settingsOfRunningCachesAreShownAndChanged() {
    assertThat(run("settings").out())
        .containsPattern("maxDistance +-")
        .containsPattern("timeToLive +-");

    JsonNode json = run("settings", "--max-distance", "0.01", "--ttl", "PT1H", "--json").json();
    assertThat(json.get("maxDistance").asDouble()).isEqualTo(0.01);
    assertThat(json.get("timeToLive").asText()).isEqualTo("PT1H");
    assertThat(json.get("deadline").isNull()).isTrue();
    assertThat(run("settings", "--deadline", "PT0.3S").out())
        .containsPattern("maxDistance +0.01")
        .containsPattern("deadline +PT0.3S");
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .ownedStore(LuceneVectorStore.open(directory.resolve("store"), embedder))
            .sharedSettings(Duration.ofSeconds(10))
            .build()) {
      assertThat(cache.settings())
          .isEqualTo(
              CacheSettings.none()
                  .maxDistance(0.01)
                  .timeToLive(Duration.ofHours(1))
                  .deadline(Duration.ofMillis(300)));
    }
    assertThat(run("settings", "--reset", "--max-distance", "0.2", "--json").json().toString())
        .isEqualTo("{\"maxDistance\":0.2,\"timeToLive\":null,\"deadline\":null}");
    assertThat(run("settings", "--max-distance", "3").exitCode()).isEqualTo(2);
  }

  @Test
  void explainShowsDistanceAndDecision() {
    CliRun run = run("explain", "Where's my card?", "--verifier", "none");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("exact: no", "default, verifier none: hit", "0.0038  Where is my card?")
        .contains("on its own: hit", "on its own: miss, too-far");
    JsonNode json = run("explain", "Where is my card?", "--json").json();
    assertThat(json.get("exact").asBoolean()).isTrue();
    assertThat(json.get("candidates")).hasSize(2);
  }

  @Test
  void explainListsTheGuardsThatReject() {
    String[] explain = {"explain", "Is my card with 2 chips here?", "--verifier", "none"};
    assertThat(run(explain).out())
        .contains("rejected by guards: ", "added-number", "default, verifier none: miss, ");
    assertThat(
            run("explain", "Is my card with 2 chips here?", "--verifier", "none", "--no-guards")
                .out())
        .contains("default without guards, verifier none: hit");
  }

  @Test
  void explainShowsTheDecisionOfTheVerifier() {
    CliRun run = run("explain", "Is my card with 2 chips here?", "--verifier", "local");

    assertThat(run.out())
        .contains("default, verifier local: miss, ")
        .containsPattern("on its own: miss, [a-z-]+; verifier: (reject|unsure), [a-z-]+");
    JsonNode candidate =
        run("explain", "Where's my card?", "--verifier", "local", "--json")
            .json()
            .get("candidates")
            .get(0);
    assertThat(candidate.get("verification").get("outcome").asText()).isEqualTo("accept");
    run("explain", "x", "--verifier", "labels")
        .assertFailed(2, "--verifier is labels; explain has no labels");
  }

  @Test
  void explainShowsWhyAPromptIsNotCompared() {
    assertThat(run("explain", "What is the weather in Rome?").out())
        .contains("default: miss, volatile-weather")
        .doesNotContain("no entries");
  }

  @Test
  void explainRejectsALearningPolicy() {
    run("explain", "How do I pay?", "--policy", "error-budget=0.01")
        .assertFailed(
            2,
            "--policy is 'error-budget=0.01'; explain needs a policy whose decisions do not depend"
                + " on learned state");
  }

  @Test
  void scopeIsSelectedByItsPartsOrByAPrefix() {
    try (SemanticCache cache = cache()) {
      cache.put(Prompt.of("How do I pay?").tag("tenant", "acme"), "By invoice.");
    }

    run("explain", "How do I pay?")
        .assertFailed(1, "--scope is missing; the store has 2 scopes (see ls)");
    run("explain", "How do I pay?", "--scope", "x")
        .assertFailed(1, "--scope is 'x'; it must match one scope, but it matches 0 (see ls)");
    assertThat(
            run("explain", "How do I pay?", "--tag", "tenant=acme", "--setting", "model=gpt-test")
                .out())
        .contains("exact: an entry has the same prompt")
        .doesNotContain("Where is my card?");
  }

  @Test
  void forgetRemovesByKeyByScopeOrAll() {
    String key = run("ls", "--json").json().get(0).get("key").asText();
    assertThat(run("forget", "--key", key.substring(0, 10)).out().strip())
        .isEqualTo("1 entry removed");
    assertThat(run("stats", "--json").json().get("entries").asInt()).isEqualTo(1);
    run("forget", "--key", key)
        .assertFailed(1, "--key is '" + key + "'; it must match one key, but it matches 0");

    fillStore();
    String scope = run("ls", "--json").json().get(0).get("scope").asText();
    assertThat(run("forget", "--scope", scope, "--json").json().get("removed").asInt())
        .isEqualTo(2);

    fillStore();
    assertThat(run("forget", "--all").out().strip()).isEqualTo("2 entries removed");
    assertThat(run("ls").out()).isEmpty();
  }

  @Test
  void forgetRemovesByTagModelAgeAndEntry() {
    try (SemanticCache cache = cache()) {
      cache.put(Prompt.of("Where is my card?").tag("tenant", "acme"), "On its way.");
      cache.put(Prompt.of("How do I pay?").tag("tenant", "acme").tag("user", "1"), "In the app.");
      cache.put(Prompt.of("How do I pay?").tag("tenant", "other"), "In the app.");
    }
    CliRun dryRun = run("forget", "--tag", "tenant=acme", "--dry-run");
    assertThat(dryRun.out().strip()).isEqualTo("2 entries would be removed");
    assertThat(run("forget", "--tag", "tenant=acme", "--json").json().get("removed").asInt())
        .isEqualTo(2);
    CliRun repeated = run("forget", "--tag", "tenant=acme");
    assertThat(repeated.out().strip()).isEqualTo("0 entries removed");
    assertThat(repeated.err()).isEmpty();
    CliRun misspelled = run("forget", "--tag", "tennant=acme");
    assertThat(misspelled.out().strip()).isEqualTo("0 entries removed");
    assertThat(misspelled.err()).contains("no entry has a tag with this name");
    run("forget", "--tag", "tenant")
        .assertFailed(
            2,
            "Invalid value for option '--tag': 'tenant'; it must be a name and a value, separated"
                + " by =");

    assertThat(run("forget", "--older-than", "P7D").out().strip()).isEqualTo("0 entries removed");
    assertThat(run("forget", "--older-than=-PT1S").exitCode()).isEqualTo(2);
    String entry = run("ls", "--json").json().get(0).get("key").asText();
    assertThat(run("forget", "--entry", entry).out().strip()).isEqualTo("1 entry removed");
    assertThat(run("forget", "--chat-model", "gpt-test", "--dry-run").out().strip())
        .isEqualTo("2 entries would be removed");
    assertThat(run("forget", "--older-than", "PT0S").out().strip()).isEqualTo("2 entries removed");
  }

  @Test
  void forgetInvalidatesADependency() {
    Prompt prompt = Prompt.of("What does it cost?").dependsOn("price-list");
    try (SemanticCache cache = cache()) {
      cache.put(prompt, "10 euros");
    }
    assertThat(run("forget", "--dependency", "price-list", "--dry-run").out().strip())
        .isEqualTo("1 entry would be invalidated");
    try (SemanticCache cache = cache()) {
      assertThat(cache.lookup(prompt)).isPresent();
    }
    assertThat(run("forget", "--dependency", "price-list", "--json").json().get("removed").asInt())
        .isEqualTo(1);
    try (SemanticCache cache = cache()) {
      assertThat(cache.lookup(prompt)).isEmpty();
    }
    assertThat(run("forget", "--dependency", "price-list").out().strip())
        .isEqualTo("0 entries invalidated");
  }

  @Test
  void forgetRequiresASelector() {
    CliRun run = run("forget");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("semcache-cli: Error: Missing required argument");
  }

  @Test
  void forgetRejectsShortPrefixes() {
    for (String prefix : List.of("", " ", "a1b2c")) {
      for (String option : List.of("--key", "--scope")) {
        CliRun run = run("forget", option, prefix);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
            .startsWith(
                "semcache-cli: " + option + " is '" + prefix + "'; it must have at least 6 digits");
      }
    }
    assertThat(run("stats", "--json").json().get("entries").asInt()).isEqualTo(2);
  }

  @Test
  void directoryWithoutAStoreIsRejectedAndNotChanged() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("notes.txt"), "not a store");

    for (List<String> command :
        List.of(
            List.of("ls"), List.of("stats"), List.of("explain", "x"), List.of("forget", "--all"))) {
      List<String> args = new ArrayList<>(command);
      args.addAll(List.of("--store", other.toString(), "--no-embedding-cache"));
      CliRun.of(embedder, args.toArray(String[]::new))
          .assertFailed(1, "--store is '" + other + "'; the directory does not contain a store");
    }
    assertThat(other).isDirectoryContaining(file -> file.endsWith("notes.txt"));
    assertThat(other.toFile().list()).hasSize(1);
  }

  @Test
  void missingDirectoryIsRejected() {
    Path missing = directory.resolve("missing");

    CliRun.of(embedder, "ls", "--store", missing.toString(), "--no-embedding-cache")
        .assertFailed(1, "--store is '" + missing + "'; the directory does not exist");
    assertThat(missing).doesNotExist();
  }

  @Test
  void storeInUseIsRejected() {
    SemanticCache open = cache();
    try (open) {
      CliRun run = run("ls");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("is open in another store");
    }
  }

  @Test
  void listNeedsNoEmbedderAndExplainRejectsAnotherModel() {
    Embedder other = Embedder.of("other", 3, text -> new float[] {1, 0, 0});
    String store = directory.resolve("store").toString();

    for (String command : List.of("ls", "stats")) {
      CliRun run = CliRun.of(other, command, "--store", store);
      assertThat(run.err()).isEmpty();
      assertThat(run.exitCode()).isZero();
    }
    CliRun.of(other, "ls", "--store", store, "--embedder", "minilm")
        .assertFailed(
            1,
            "the embedding model is other, but "
                + store
                + " has embeddings of fake-embedder with dimension 64");
    CliRun.of(other, "ls", "--store", store, "--model", "gpt")
        .assertFailed(
            1,
            "the embedding model is gpt, but "
                + store
                + " has embeddings of fake-embedder with dimension 64");
    CliRun.of(other, "explain", "x", "--store", store, "--no-embedding-cache")
        .assertFailed(
            1,
            "the embedding model is other with dimension 3, but "
                + store
                + " has embeddings of fake-embedder with dimension 64");
  }

  @Test
  void cachesRequiresARedisUri() {
    CliRun.of(embedder, "caches", "--store", directory.toString())
        .assertFailed(
            2, "--store is not a Redis URI; it must be one, because a directory has one cache");
  }
}
