package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import org.junit.jupiter.api.Test;

class KeySpaceTest {
  private static KeySpace keys(String cacheName, String modelId, int dimension) {
    return KeySpace.of(cacheName, new EmbeddingSpace(modelId, dimension));
  }

  private static String name(Values values) {
    String name = values.wellFormedString();
    values.assume(!name.isBlank());
    return name;
  }

  @Test
  void namesAreTheDocumentedOnes() {
    KeySpace keys = keys("sem_cache", "text-embedding-3-small", 1_536);

    assertThat(keys.index()).isEqualTo("sem_cache:v1:text-embedding-3-small:1536");
    assertThat(keys.documentKey("abc"))
        .asString()
        .isEqualTo("sem_cache:v1:text-embedding-3-small:1536:abc");
    assertThat(keys.stateKey("policy"))
        .asString()
        .isEqualTo("sem_cache:state:v1:text-embedding-3-small:1536:policy");
    assertThat(keys.entryKey(keys.documentKey("abc"))).isEqualTo("abc");
  }

  @Property
  void noCacheSeesTheKeysOfAnother(Values values) {
    String oneName = name(values);
    String otherName = name(values);
    String oneModel = name(values);
    String otherModel = name(values);
    values.assume(!oneName.equals(otherName) || !oneModel.equals(otherModel));
    KeySpace one = keys(oneName, oneModel, 4);
    KeySpace other = keys(otherName, otherModel, 4);

    assertThat(one.prefix()).doesNotStartWith(other.prefix());
    assertThat(one.states()).doesNotStartWith(other.states()).doesNotStartWith(other.prefix());
    assertThat(one.prefix()).doesNotStartWith(other.states());
  }

  @Property
  void noCharacterOfANameMeansAnythingToTheServer(Values values) {
    String name = name(values);
    KeySpace keys = keys(name, name, 4);

    assertThat(keys.prefix()).matches("[A-Za-z0-9_.%-]+:v1:[A-Za-z0-9_.%-]+:4:");
    assertThat(keys.states()).matches("[A-Za-z0-9_.%-]+:state:v1:[A-Za-z0-9_.%-]+:4:");
  }

  @Test
  void stateOfACacheIsNoEntryOfOneNamedState() {
    assertThat(keys("a", "m", 4).states()).doesNotStartWith(keys("a:state", "m", 4).prefix());
  }

  @Test
  void blankNamesAndHalfSurrogatesAreRefused() {
    assertThatThrownBy(() -> keys(" ", "m", 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cacheName is blank");
    assertThatThrownBy(() -> keys("a\uD83D", "m", 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half a surrogate pair");
  }
}
