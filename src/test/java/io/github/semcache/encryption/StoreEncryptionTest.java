package io.github.semcache.encryption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.deadline.Deadline;
import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.LeaseStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;

/** Tests what a reader of the other store sees, modified entries, and the rotation of keys. */
class StoreEncryptionTest {
  private static final String SECRET = "What is the salary of employee 4711?";
  private static final String PARAPHRASE = "How much does employee 4711 earn?";

  private final FakeEmbedder embedder = new FakeEmbedder().place(SECRET, 0).place(PARAPHRASE, 10);
  private final InMemoryVectorStore plain =
      InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build();
  private final VectorStore encrypted = StoreEncryption.of(TestKeys.first()).encrypt(plain);
  private final FakeChatClient chat = new FakeChatClient();

  private SemanticCache cache(VectorStore store) {
    return SemanticCache.builder().embedder(embedder).chatClient(chat).store(store).build();
  }

  private static Prompt prompt() {
    return Prompt.of(SECRET).tag("tenant", "acme").dependsOn("payroll");
  }

  private List<CacheEntry> stored() {
    try (Stream<VectorStore.Listable.ListedEntry> entries = plain.entries()) {
      return entries.map(VectorStore.Listable.ListedEntry::entry).toList();
    }
  }

  @Test
  void otherStoreContainsNeitherTextsNorGuessableHashes() {
    Answer answer;
    try (SemanticCache cache = cache(encrypted)) {
      answer = cache.ask(prompt());
      cache.reportRight(answer);
    }
    CacheEntry stored = stored().get(0);

    assertThat(stored.toString() + stored.prompt() + stored.answer() + stored.attributes())
        .doesNotContain("salary", "4711", answer.text(), "fake-model", "STOP")
        .doesNotContain(answer.query().key(), answer.query().scope().hash());
    assertThat(plain.count(new EntrySelector.ByKey(answer.query().key()))).isZero();
    assertThat(plain.count(EntrySelector.tag("tenant", "acme"))).isZero();
    assertThat(plain.count(EntrySelector.tag("tenant"))).isZero();
    assertThat(plain.count(EntrySelector.dependency("payroll"))).isZero();
    assertThat(plain.count(new EntrySelector.ByScope(answer.query().scope().hash()))).isZero();
    assertThat(encrypted.count(EntrySelector.tag("tenant", "acme"))).isEqualTo(1);
    assertThat(encrypted.count(EntrySelector.dependency("payroll"))).isEqualTo(1);
  }

  @Test
  void sameEntryIsEncryptedDifferentlyEachTime() {
    try (SemanticCache cache = cache(encrypted)) {
      cache.put(prompt(), "answer");
      String first = stored().get(0).answer();
      cache.put(prompt(), "answer");

      assertThat(stored()).hasSize(1);
      assertThat(stored().get(0).answer()).isNotEqualTo(first).hasSameSizeAs(first);
    }
  }

  @Test
  void dependenciesReportsAndEntryIdsWorkAsWithoutEncryption() {
    try (SemanticCache cache = cache(encrypted)) {
      Answer first = cache.ask(prompt());
      Answer semantic = cache.ask(Prompt.of(PARAPHRASE).scope(prompt().scope()));
      assertThat(semantic.source()).isEqualTo(Answer.Source.SEMANTIC);
      assertThat(semantic.entryId()).contains(first.query().key());

      assertThat(cache.reportWrong(semantic.entryId().orElseThrow(), PARAPHRASE)).isTrue();
      assertThat(cache.lookup(Prompt.of(PARAPHRASE).scope(prompt().scope()))).isEmpty();
      assertThat(cache.lookup(prompt())).isPresent();
      assertThat(cache.countDependents("payroll")).isEqualTo(1);

      cache.invalidateDependents("payroll");
      assertThat(cache.lookup(prompt())).isEmpty();
      assertThat(cache.countDependents("payroll")).isZero();
      assertThat(cache.invalidate(EntrySelector.entry(first.query().key()))).isEqualTo(1);
    }
  }

  @Test
  void entriesOfThePreviousKeyAreReadAndReplacedAfterARotation() {
    CacheEntry entry = put(encrypted, SECRET, "old");
    VectorStore rotated = StoreEncryption.of(TestKeys.rotated()).encrypt(plain);

    assertThat(rotated.find(entry.key())).contains(entry);
    CacheEntry updated =
        rotated.updateAttributes(entry.key(), old -> old.group("other")).orElseThrow();
    assertThat(updated.group()).isEqualTo("other");
    assertThat(rotated.find(entry.key())).contains(updated);
    // The attributes are now encrypted with the second key, which the earlier keys do not have.
    assertCorrupt(encrypted, entry.key(), "the key second is not available");
  }

  private static void assertCorrupt(VectorStore store, String key, String reason) {
    assertThatThrownBy(() -> store.find(key))
        .isInstanceOf(StoreException.CorruptEntry.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("salary");
  }

  @Test
  void entriesOfAKeyThatIsNotAvailableAreCorrupt() {
    CacheEntry entry = put(encrypted, SECRET, "old");
    VectorStore withoutKey = StoreEncryption.of(TestKeys.withoutFirst()).encrypt(plain);

    assertCorrupt(withoutKey, entry.key(), "the key first is not available");
    VectorStore.NearestEntries nearest = withoutKey.nearest(near(SECRET, entry.scope()));
    assertThat(nearest.matches()).isEmpty();
    assertThat(nearest.corrupt()).isEqualTo(1);
    assertThatThrownBy(() -> withoutKey.updateAttributes(entry.key(), old -> old.group("g")))
        .isInstanceOf(StoreException.CorruptEntry.class);
    assertThat(listed(withoutKey)).isEmpty();
    assertThat(withoutKey.remove(new EntrySelector.ByKey(entry.key()))).isEqualTo(1);
  }

  private VectorStore.NearestQuery near(String text, String scope) {
    return new VectorStore.NearestQuery(
        embedder.embed(List.of(text)).get(0), scope, 5, Optional.empty());
  }

  private static List<CacheEntry> listed(VectorStore store) {
    try (Stream<VectorStore.Listable.ListedEntry> entries =
        ((VectorStore.Listable) store).entries()) {
      return entries.map(VectorStore.Listable.ListedEntry::entry).toList();
    }
  }

  @Test
  void noLeaseRemainsIfTheEntryCannotBeDecrypted() {
    CacheEntry entry = put(encrypted, SECRET, "old");
    VectorStore withoutKey = StoreEncryption.of(TestKeys.withoutFirst()).encrypt(plain);
    LeaseStore leases = withoutKey.leases().orElseThrow();

    assertThatThrownBy(
            () ->
                leases.claim(
                    entry.key(), Set.of(), Optional.of(entry.createdAt()), Duration.ofMinutes(1)))
        .isInstanceOf(StoreException.CorruptEntry.class);
    assertThat(leases.isHeld(entry.key())).isFalse();
  }

  @Test
  void entriesOfAnotherLookupKeyAreNotFound() {
    CacheEntry entry = put(encrypted, SECRET, "old");
    StoreEncryption.Keys other =
        StoreEncryption.Keys.of(
            TestKeys.filled(8, 64), "first", Map.of("first", TestKeys.filled(1, 32)));
    VectorStore store = StoreEncryption.of(other).encrypt(plain);

    assertThat(store.find(entry.key())).isEmpty();
    assertThat(store.nearest(near(SECRET, entry.scope())).matches()).isEmpty();
  }

  @Test
  void partsOfOtherEntriesAreDetected() {
    CacheEntry one = put(encrypted, SECRET, "one");
    CacheEntry other = put(encrypted, "What is the capital of France?", "other");
    CacheEntry storedOne = stored(one);
    CacheEntry storedOther = stored(other);

    for (CacheEntry forged :
        List.of(
            with(storedOne, storedOther.answer(), storedOne.attributes(), storedOne.createdAt()),
            with(storedOne, storedOne.answer(), storedOther.attributes(), storedOne.createdAt()),
            with(
                storedOne,
                storedOne.answer(),
                storedOne.attributes(),
                storedOne.createdAt().plusSeconds(1)),
            with(
                storedOne,
                flipped(storedOne.answer()),
                storedOne.attributes(),
                storedOne.createdAt()),
            with(storedOne, storedOne.answer(), Map.of(), storedOne.createdAt()))) {
      plain.put(
          List.of(
              new NewEntry(
                  forged, Optional.of(embedder.embed(List.of(SECRET)).get(0)), Optional.empty())));

      assertThatThrownBy(() -> encrypted.find(one.key()))
          .isInstanceOf(StoreException.CorruptEntry.class);
    }
    try (SemanticCache cache = cache(encrypted)) {
      assertThat(cache.ask(Prompt.of(SECRET).tag("tenant", "acme")).source())
          .isEqualTo(Answer.Source.MODEL);
    }
  }

  private CacheEntry stored(CacheEntry entry) {
    String key = new EntryCipher(TestKeys.first()).key(entry.key());
    return plain.find(key).orElseThrow();
  }

  private static CacheEntry with(
      CacheEntry stored, String answer, Map<String, String> attributes, Instant createdAt) {
    return new CacheEntry(
        stored.key(), stored.scope(), stored.prompt(), answer, attributes, createdAt);
  }

  private static String flipped(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    bytes[bytes.length - 20] ^= 1;
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void unencryptedEntryUnderAnEncryptedNameIsCorrupt() {
    CacheEntry entry = put(encrypted, SECRET, "one");
    CacheEntry stored = stored(entry);
    for (String text : List.of("", "planted", "AQ==", "AQBhYWFhYWFhYWFhYWFhYWFh")) {
      plain.put(
          List.of(
              new NewEntry(
                  with(stored, text, Map.of("encrypted", text), stored.createdAt()),
                  Optional.empty(),
                  Optional.empty())));

      assertCorrupt(encrypted, entry.key(), "it is not encrypted");
    }
  }

  @Test
  void failingKeysAreFailuresOfTheStore() {
    StoreEncryption.Keys failing =
        new StoreEncryption.Keys() {
          @Override
          public SecretKey lookupKey() {
            return TestKeys.first().lookupKey();
          }

          @Override
          public String currentKeyId() {
            return "first";
          }

          @Override
          public Optional<SecretKey> key(String id) {
            throw new IllegalStateException("the key service is down");
          }
        };
    CacheEntry entry = put(encrypted, SECRET, "one");
    VectorStore store = StoreEncryption.of(failing).encrypt(plain);

    assertThatThrownBy(() -> store.find(entry.key()))
        .isExactlyInstanceOf(StoreException.class)
        .hasMessageContaining("key first");
    try (SemanticCache cache = cache(store)) {
      assertThat(cache.ask(SECRET).source()).isEqualTo(Answer.Source.MODEL);
      assertThat(cache.ask(SECRET).source()).isEqualTo(Answer.Source.MODEL);
      assertThat(cache.stats().storeErrors()).isPositive();
    }
  }

  @Test
  void stateIsEncryptedAndBoundToItsName() {
    StateStore states = (StateStore) encrypted;
    states.save("policy", "learned".getBytes(UTF_8));

    assertThat(states.load("policy")).contains("learned".getBytes(UTF_8));
    byte[] stored = plain.load("policy").orElseThrow();
    assertThat(new String(stored, UTF_8)).doesNotContain("learned");
    plain.save("other", stored);
    assertThatThrownBy(() -> states.load("other")).isInstanceOf(StoreException.class);
  }

  @Test
  void storeHasTheCapabilitiesOfTheOtherStore() {
    VectorStore neither = StoreEncryption.of(TestKeys.first()).encrypt(new FaultyStore(plain));

    assertThat(neither).isNotInstanceOfAny(StateStore.class, VectorStore.Listable.class);
    assertThat(encrypted).isInstanceOf(StateStore.class).isInstanceOf(VectorStore.Listable.class);
    assertThat(NonBlocking.test(encrypted)).isTrue();
    assertThat(NonBlocking.test(neither)).isFalse();
    assertThat(((Deadline.Aware) encrypted).observesDeadline()).isFalse();
  }

  @Test
  void invalidKeysAreRejectedWithoutQuotingThem() {
    assertInvalid("lookupKey has 31 bytes", new byte[31], "a", Map.of("a", new byte[32]));
    assertInvalid("key a has 31 bytes", new byte[32], "a", Map.of("a", new byte[31]));
    assertInvalid("currentKeyId is b", new byte[32], "b", Map.of("a", new byte[32]));
    assertInvalid("the id of a key", new byte[32], "a b", Map.of("a b", new byte[32]));
    assertThat(TestKeys.rotated().toString()).contains("second").doesNotContain("[B@");
  }

  private static void assertInvalid(
      String message, byte[] lookupKey, String current, Map<String, byte[]> keys) {
    assertThatThrownBy(() -> StoreEncryption.Keys.of(lookupKey, current, keys))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static CacheEntry put(VectorStore store, String prompt, String answer) {
    Query query = Query.of(Prompt.of(prompt).tag("tenant", "acme"), Normalizer.none(), Map.of());
    CacheEntry entry =
        new CacheEntry(
            query.key(),
            query.scope().hash(),
            prompt,
            answer,
            Map.of("finish_reason", "STOP"),
            Instant.ofEpochSecond(1));
    store.put(
        List.of(
            new NewEntry(
                entry,
                Optional.of(new FakeEmbedder().place(SECRET, 0).embed(List.of(prompt)).get(0)),
                Optional.of(Duration.ofHours(1)),
                query.scope().terms())));
    return entry;
  }
}
