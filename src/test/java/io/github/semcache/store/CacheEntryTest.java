package io.github.semcache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheEntryTest {
  private static final String BROKEN = "a\ud83d";

  private static CacheEntry entry(String key, String scope, String text) {
    return new CacheEntry(key, scope, text, text, Map.of(text, text), Instant.EPOCH);
  }

  @Test
  void unpairedSurrogatesOfTheTextsAreReplaced() {
    CacheEntry entry = entry("key", "scope", BROKEN);

    assertThat(entry).isEqualTo(entry("key", "scope", "a\ufffd"));
    assertThat(entry.prompt()).isEqualTo("a\ufffd");
    assertThat(entry.answer()).isEqualTo("a\ufffd");
    assertThat(entry.attributes()).containsExactly(Map.entry("a\ufffd", "a\ufffd"));
  }

  @Test
  void unpairedSurrogateOfKeyOrScopeIsRejected() {
    assertThatThrownBy(() -> entry(BROKEN, "scope", "text"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key contains an unpaired surrogate; it must be well-formed Unicode");
    assertThatThrownBy(() -> entry("key", BROKEN, "text"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("scope contains an unpaired surrogate; it must be well-formed Unicode");
  }

  @Test
  void changedAttributesAreReplacedToo() {
    CacheEntry changed =
        entry("key", "scope", "text")
            .withChangedAttributes(entry -> entry.attributes(Map.of("name", BROKEN)));

    assertThat(changed.attributes()).containsExactly(Map.entry("name", "a\ufffd"));
  }
}
