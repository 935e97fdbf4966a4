package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.nearest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.testing.FakeRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversion of the rows of a search reply to matches. */
class KnnSearchTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);
  private static final Scope SCOPE = Scope.of("tenant", "acme");

  private final FakeRedis server = new FakeRedis();
  private final RedisVectorStore store =
      RedisVectorStore.builder(RedisConnection.of(server.uri()), SPACE).build();
  private final List<String> rows = new ArrayList<>();

  @AfterEach
  void close() {
    store.close();
    server.close();
  }

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  private KnnSearchTest row(String key, String distance) {
    return row(key, SCOPE.hash(), distance);
  }

  private KnnSearchTest row(String key, String scope, String distance) {
    List<String> fields =
        List.of(
            "distance",
            distance,
            "scope",
            scope,
            "created_at",
            "7",
            "prompt",
            "p",
            "answer",
            "a",
            "attributes",
            "{}");
    rows.add(
        bulk(store.indexName() + ":" + key)
            + "*12\r\n"
            + fields.stream().map(KnnSearchTest::bulk).collect(Collectors.joining()));
    return this;
  }

  private KnnSearchTest expiredRow(String key) {
    rows.add(bulk(store.indexName() + ":" + key) + "$-1\r\n");
    return this;
  }

  private void replyWithRows() {
    String reply = "*%d\r\n:%d\r\n%s".formatted(1 + 2 * rows.size(), rows.size(), join());
    server.on("FT.SEARCH", reply.strip());
  }

  private NearestEntries search(int k) {
    replyWithRows();
    return store.nearest(nearest(SCOPE, atAngle(4, 0), k));
  }

  private String join() {
    return String.join("", rows);
  }

  private static List<String> keys(NearestEntries found) {
    return found.matches().stream().map(match -> match.entry().key()).toList();
  }

  @Test
  void rowsAreSortedByDistanceAndLimitedToK() {
    row("c", "0.3").row("a", "0.1").row("d", "1e-1").row("b", "2.0e-1");

    assertThat(keys(search(3))).containsExactly("a", "d", "b");
  }

  @ParameterizedTest
  @CsvSource({"-0.0000001, 0", "2.0000002, 2", "0.5, 0.5", "1.19209e-07, 1.19209e-07"})
  void distanceIsClampedToItsRange(String distance, double expected) {
    Match match = row("a", distance).search(1).matches().get(0);

    assertThat(match.distance()).isCloseTo(expected, within(1e-12)).isBetween(0.0, 2.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nan", "-nan", "NaN", "", "near", "-2.75", "6.1", "-inf", "inf"})
  void rowWithoutDistanceIsCorruptAndDoesNotHideOthers(String distance) {
    NearestEntries found = row("a", distance).row("b", "0.1").search(5);

    assertThat(keys(found)).containsExactly("b");
    assertThat(found.corrupt()).isEqualTo(1);
  }

  @Test
  void rowOfAnotherScopeIsCorrupt() {
    NearestEntries found = row("a", "f00", "0.1").search(5);

    assertThat(found.matches()).isEmpty();
    assertThat(found.corrupt()).isEqualTo(1);
  }

  @Test
  void expiredRowsAreNeitherMatchesNorCorrupt() {
    NearestEntries found = expiredRow("x").row("a", "0.1").expiredRow("y").search(5);

    assertThat(keys(found)).containsExactly("a");
    assertThat(found.corrupt()).isZero();
  }

  @Test
  void expiredRowsAreReadAndTheSearchRepeatedWithALargerKIfNoRowIsLive() {
    server.on("HMGET", "*1\r\n$-1");
    IntStream.range(0, 5).forEach(i -> expiredRow("x" + i));

    assertThat(search(1).matches()).isEmpty();

    assertThat(server.received("HMGET")).hasSize(5);
    assertThat(receivedK()).containsExactly("5", "50");
  }

  @Test
  void eachOfSeveralSearchesIsRepeatedOnceIfNoRowIsLive() {
    server.on("HMGET", "*1\r\n$-1");
    expiredRow("x").replyWithRows();
    NearestQuery query = nearest(SCOPE, atAngle(4, 0), 1);

    assertThat(store.nearestAll(List.of(query, query)))
        .hasSize(2)
        .allSatisfy(found -> assertThat(found.matches()).isEmpty());

    assertThat(receivedK()).containsExactly("5", "5", "50", "50");
  }

  /** Returns the K of each search, without the background count of the entries of the scope. */
  private List<String> receivedK() {
    return server.received("FT.SEARCH").stream()
        .map(words -> words.get(2))
        .filter(query -> query.contains("KNN"))
        .map(query -> query.replaceAll(".*\\[KNN (\\d+) .*", "$1"))
        .toList();
  }
}
