package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SearchArgumentsTest {
  private static final String FILTER = SearchArguments.filter("5c09e", Optional.empty());

  private static String words(byte[][] arguments) {
    return String.join(" ", Stream.of(arguments).map(Utf8::decode).toList());
  }

  private static final byte[] VECTOR = HashCodec.encode(atAngle(2, 90), VectorType.FLOAT32);

  private static String nearest(HybridPolicy policy, int efRuntime) {
    return words(SearchArguments.nearest("idx", FILTER, VECTOR, 10, policy, efRuntime, true));
  }

  @Test
  void filterContainsScopeAndEarliestCreationTime() {
    assertThat(FILTER).isEqualTo("@scope:{5c09e}");
    assertThat(SearchArguments.filter("5c09e", Optional.of(Instant.ofEpochMilli(1_500))))
        .isEqualTo("@scope:{5c09e} @created_at:[1500 +inf]");
  }

  @Test
  void filterContainsOneConditionForEachSetOfTerms() {
    NearestQuery query =
        new NearestQuery(
            atAngle(2, 0),
            "5c09e",
            1,
            Optional.of(Instant.ofEpochMilli(1)),
            List.of(Set.of("a"), Set.of("b")));

    assertThat(SearchArguments.filter(query, Optional.of("|")))
        .isEqualTo("@scope:{5c09e} @created_at:[1 +inf] @terms:{a} @terms:{b}");
    assertThat(SearchArguments.termsFilter(List.of(Set.of("a", "b")), Optional.of("|")))
        .isIn("@terms:{a|b}", "@terms:{b|a}");
    assertThat(
            SearchArguments.termsFilter(List.of(Set.of("a", "b"), Set.of("c")), Optional.empty()))
        .isIn("(@terms:{a} | @terms:{b}) @terms:{c}", "(@terms:{b} | @terms:{a}) @terms:{c}");
  }

  @Test
  void searchReturnsAllFieldsExceptTheEmbedding() {
    assertThat(nearest(HybridPolicy.SERVER_DEFAULT, 64))
        .startsWith(
            "idx (@scope:{5c09e})=>[KNN 10 @embedding $v EF_RUNTIME 64 AS distance] PARAMS 2 v ")
        .endsWith(
            " RETURN 6 scope created_at prompt answer attributes distance LIMIT 0 10 DIALECT 2");
  }

  @Test
  void limitEqualsK() {
    byte[][] arguments =
        SearchArguments.nearest("idx", FILTER, VECTOR, 250, HybridPolicy.BATCHES, 0, true);

    assertThat(words(arguments)).contains("[KNN 250 ", " LIMIT 0 250 ");
  }

  @Test
  void efRuntimeIsOmittedIfTheGraphIsNotSearched() {
    assertThat(nearest(HybridPolicy.BATCHES, 99))
        .contains("[KNN 10 @embedding $v HYBRID_POLICY BATCHES EF_RUNTIME 99 AS distance]");
    assertThat(nearest(HybridPolicy.ADHOC_BF, 64))
        .contains("[KNN 10 @embedding $v HYBRID_POLICY ADHOC_BF AS distance]");
    assertThat(nearest(HybridPolicy.SERVER_DEFAULT, 0))
        .contains("[KNN 10 @embedding $v AS distance]");
  }

  @Test
  void vectorIsPassedAsAParameterInStoredForm() {
    byte[][] arguments =
        SearchArguments.nearest("idx", FILTER, VECTOR, 1, HybridPolicy.ADHOC_BF, 64, true);

    assertThat(arguments[5]).isEqualTo(VECTOR);
  }

  @Test
  void countAndKeysReturnNoFields() {
    assertThat(words(SearchArguments.count("idx", "*"))).isEqualTo("idx * LIMIT 0 0 DIALECT 2");
    assertThat(words(SearchArguments.keys("idx", FILTER, 500)))
        .isEqualTo("idx @scope:{5c09e} NOCONTENT TIMEOUT 0 LIMIT 0 500 DIALECT 2");
  }

  @Property
  void scopeMustConsistOfHexadecimalDigits(Values values) {
    String scope = values.oneOf(values.anyString(), values.stringOf(8, "0123456789abcdefg"));
    if (scope.matches("[0-9a-f]+")) {
      SearchArguments.checkScope(scope);
    } else {
      assertThatThrownBy(() -> SearchArguments.checkScope(scope))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
