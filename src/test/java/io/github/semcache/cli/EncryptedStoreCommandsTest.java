package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.encryption.StoreEncryption;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on a store whose entries are encrypted. */
@Timeout(60) // ui serves until it is interrupted
class EncryptedStoreCommandsTest {
  private static final String LOOKUP = base64(1, 32);
  private static final String KEY = base64(2, 32);
  private static final String CONTENT =
      "lookup-key=" + LOOKUP + "\ncurrent-key=2026-11\nkey.2026-11=" + KEY + "\n";

  @TempDir Path directory;

  private final FakeEmbedder embedder =
      new FakeEmbedder().place("Where is my card?", 0).place("Where's my card?", 5);

  private Path store;
  private Path keys;

  private static byte[] bytes(int value, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static String base64(int value, int length) {
    return Base64.getEncoder().encodeToString(bytes(value, length));
  }

  @BeforeEach
  void fillStore() throws IOException {
    store = directory.resolve("store");
    keys = Files.writeString(directory.resolve("keys"), CONTENT);
    try (SemanticCache cache = open()) {
      cache.put(Prompt.of("Where is my card?").tag("tenant", "acme"), "On its way.");
    }
  }

  private SemanticCache open() {
    StoreEncryption encryption =
        StoreEncryption.of(
            StoreEncryption.Keys.of(bytes(1, 32), "2026-11", Map.of("2026-11", bytes(2, 32))));
    VectorStore entries = LuceneVectorStore.open(store, EmbeddingSpace.of(embedder));
    return SemanticCache.builder()
        .embedder(embedder)
        .verifier(PairVerifier.none())
        .ownedStore(encryption.encrypt(entries))
        .build();
  }

  private CliRun run(Map<String, String> variables, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--store", store.toString(), "--no-embedding-cache"));
    return CliRun.of(
        new CliEnvironment(variables, false, () -> embedder), all.toArray(String[]::new));
  }

  private CliRun run(String command, String... args) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(args));
    all.addAll(List.of("--encryption-key-file", keys.toString()));
    return run(Map.of(), all.toArray(String[]::new));
  }

  @Test
  void commandsShowDecryptedEntries() {
    JsonNode listed = run("ls", "--json").json();
    assertThat(listed.get(0).get("prompt").asText()).isEqualTo("Where is my card?");
    assertThat(run("stats", "--json").json().get("entries").asInt()).isEqualTo(1);
    CliRun explained = run("explain", "Where's my card?", "--json");
    assertThat(explained.json().toString()).contains("Where is my card?");
  }

  @Test
  void keysAreReadFromTheEnvironment() {
    String value = CONTENT.replace('\n', ';');
    assertThat(run(Map.of("SEMCACHE_ENCRYPTION_KEYS", value), "ls").out())
        .contains("Where is my card?");
  }

  @Test
  void loadedAnswersAreEncryptedAndServed() throws IOException {
    String file =
        Files.writeString(directory.resolve("faq.csv"), "prompt,answer\nHow do I pay?,By card.\n")
            .toString();

    assertThat(run("load", file).out()).startsWith("1 answer stored");
    assertThat(run("load", file).out()).startsWith("0 answers stored, 1 already");
    try (LuceneVectorStore plain = LuceneVectorStore.open(store, EmbeddingSpace.of(embedder));
        var entries = plain.entries()) {
      assertThat(entries).hasSize(2).allMatch(e -> StoreEncryption.isEncrypted(e.entry()));
    }
    try (SemanticCache cache = open()) {
      assertThat(cache.lookup(Prompt.of("How do I pay?"))).isPresent();
    }
  }

  @Test
  void newStoreIsEncrypted() throws IOException {
    store = directory.resolve("another");
    String file =
        Files.writeString(directory.resolve("faq.csv"), "prompt,answer\nHow do I pay?,By card.\n")
            .toString();

    assertThat(run("load", file).out()).startsWith("1 answer stored");
    assertThat(run(Map.of(), "ls").err()).contains("the store is encrypted");
  }

  @Test
  void forgetSelectsByTagAndEntry() {
    assertThat(run("forget", "--tag", "tenant=acme", "--dry-run").out()).startsWith("1 entry ");
    assertThat(run("forget", "--tag", "tenant=acme").out()).startsWith("1 entry ");
    assertThat(run("ls", "--json").json()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ls", "stats", "explain", "forget", "load", "ui"})
  void withoutKeysEachCommandSaysSoInOneSentence(String command) throws IOException {
    List<String> args = new ArrayList<>(List.of(command));
    switch (command) {
      case "explain" -> args.add("Where's my card?");
      case "forget" -> args.add("--all");
      case "load" ->
          args.add(
              Files.writeString(directory.resolve("faq.csv"), "prompt,answer\nq,a\n").toString());
      default -> {}
    }

    CliRun run = run(Map.of(), args.toArray(String[]::new));

    assertThat(run.exitCode()).isNotZero();
    assertThat(run.err())
        .hasLineCount(1)
        .contains(
            "the store is encrypted; pass its keys with --encryption-key-file or"
                + " SEMCACHE_ENCRYPTION_KEYS");
  }

  @Test
  void otherKeysAreRejected() throws IOException {
    keys = Files.writeString(keys, CONTENT.replace(KEY, base64(3, 32)));
    assertThat(run("ls").err()).hasLineCount(1).contains("cannot be decrypted with the given keys");
  }

  @Test
  void keysForAStoreWithoutEncryptionAreRejected() {
    store = directory.resolve("plain");
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .ownedStore(LuceneVectorStore.open(store, embedder))
            .build()) {
      cache.put(Prompt.of("Where is my card?"), "On its way.");
    }
    assertThat(run("ls").err()).hasLineCount(1).contains("the store is not encrypted");
    assertThat(run(Map.of(), "ls").out()).contains("Where is my card?");
  }

  @Test
  void invalidKeysAreRejectedWithoutQuotingThem() throws IOException {
    assertRejected(CONTENT.replace("key.2026-11", "key.2026-10"), "keys must contain this key");
    assertRejected(CONTENT.replace("lookup-key", "lookup"), "has an unknown name");
    assertRejected(CONTENT.replace("current-key=2026-11", ""), "has no line current-key=...");
    assertRejected(CONTENT.replace(LOOKUP, "c2VjcmV0"), "lookupKey has 6 bytes");
    assertRejected(CONTENT.replace(KEY, "c2VjcmV0"), "key 2026-11 has 6 bytes");
    assertRejected(CONTENT.replace(KEY, "secret!"), "key.2026-11 is not in Base64");
    assertRejected(CONTENT + "\\u00", "cannot be parsed");
    Files.delete(keys);
    assertThat(run("ls").err()).hasLineCount(1).contains("does not exist or cannot be read");
  }

  private void assertRejected(String content, String message) throws IOException {
    keys = Files.writeString(keys, content);
    CliRun run = run("ls");
    assertThat(run.exitCode()).isNotZero();
    assertThat(run.err())
        .hasLineCount(1)
        .contains(message)
        .doesNotContain(KEY, LOOKUP, "c2VjcmV0", "secret");
  }

  @Test
  void pageWithoutAStoreHasNoKeys() {
    CliRun run = CliRun.of(embedder, "ui", "--encryption-key-file", keys.toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--encryption-key-file requires --store");
  }

  @Test
  void helpNamesTheOptionAndTheVariable() {
    for (String command : List.of("ls", "stats", "explain", "forget", "load", "ui")) {
      assertThat(CliRun.of(embedder, command, "--help").out())
          .contains("--encryption-key-file")
          .contains("SEMCACHE_ENCRYPTION_KEYS");
    }
  }
}
