package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class KeyNamingTest {
  private static KeyNaming keys(String cacheName, String modelId, int dimension) {
    return KeyNaming.of(cacheName, new EmbeddingSpace(modelId, dimension));
  }

  private static boolean isValid(String name) {
    return !name.isBlank() && StandardCharsets.UTF_8.newEncoder().canEncode(name);
  }

  @Test
  void namesAreTheDocumentedOnes() {
    KeyNaming keys = keys("sem_cache", "text-embedding-3-small", 1_536);

    assertThat(keys.indexName()).isEqualTo("sem_cache:v2:text-embedding-3-small:1536");
    assertThat(keys.documentKey("abc"))
        .asString()
        .isEqualTo("sem_cache:v2:text-embedding-3-small:1536:abc");
    assertThat(keys.stateKey("policy"))
        .asString()
        .isEqualTo("sem_cache:state:v2:text-embedding-3-small:1536:policy");
    assertThat(keys.entryKey(keys.documentKey("abc"))).isEqualTo("abc");
  }

  @Property
  void prefixesOfDifferentCachesDoNotOverlap(Values values) {
    String oneName = validName(values);
    String oneModel = validName(values);
    boolean sameName = values.anyBoolean();
    String otherName = sameName ? oneName : validName(values);
    String otherModel = sameName ? validName(values) : oneModel;
    values.assume(!oneName.equals(otherName) || !oneModel.equals(otherModel));
    KeyNaming one = keys(oneName, oneModel, 4);
    KeyNaming other = keys(otherName, otherModel, 4);

    assertThat(one.entryPrefix()).doesNotStartWith(other.entryPrefix());
    assertThat(one.statePrefix())
        .doesNotStartWith(other.statePrefix())
        .doesNotStartWith(other.entryPrefix());
    assertThat(one.entryPrefix()).doesNotStartWith(other.statePrefix());
  }

  @Property
  void specialCharactersAreEncoded(Values values) {
    String name = validName(values);
    KeyNaming keys = keys(name, name, 4);

    assertThat(keys.entryPrefix()).matches("[A-Za-z0-9_.%:-]+:v2:[A-Za-z0-9_.%-]+:4:");
    assertThat(keys.statePrefix()).matches("[A-Za-z0-9_.%:-]+:state:v2:[A-Za-z0-9_.%-]+:4:");
  }

  private static String validName(Values values) {
    String name = values.wellFormedString();
    values.assume(isValid(name));
    return name;
  }

  @Test
  void colonsOfTheCacheNameAreRetained() {
    assertThat(keys("app:llm", "llama3:8b", 4).indexName()).isEqualTo("app:llm:v2:llama3%3A8b:4");
  }

  @Property
  void prefixesOfCachesWhoseNamesContainSeparatorsDoNotOverlap(Values values) {
    Supplier<String> name =
        () ->
            String.join(
                ":",
                values.listOf(
                    1, 6, () -> values.oneOf("a", "v1", "v2", "state", "m", "4", "", "%3A")));
    String one = name.get();
    String other = name.get();
    values.assume(!one.equals(other) && !one.isBlank() && !other.isBlank());
    KeyNaming first = keys(one, "m", 4);
    KeyNaming second = keys(other, "m", 4);

    assertThat(first.entryPrefix())
        .doesNotStartWith(second.entryPrefix())
        .doesNotStartWith(second.statePrefix());
    assertThat(first.statePrefix())
        .doesNotStartWith(second.entryPrefix())
        .doesNotStartWith(second.statePrefix());
  }

  @Test
  void stateOfACacheIsNotAnEntryOfACacheWithTheSuffixState() {
    assertThat(keys("a", "m", 4).statePrefix())
        .doesNotStartWith(keys("a:state", "m", 4).entryPrefix());
  }

  @Test
  void blankNamesAndUnpairedSurrogatesAreRejected() {
    assertThatThrownBy(() -> keys(" ", "m", 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cacheName is blank");
    assertThatThrownBy(() -> keys("a\uD83D", "m", 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("an unpaired surrogate");
  }
}
