package io.github.semcache.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NormalizerTest {
  private final Normalizer whitespace = Normalizer.whitespace();

  @Test
  void whiteSpaceOfEveryKindIsCollapsed() {
    assertThat(whitespace.normalize("\u00a0 a \t\r\n\u2003b\u3000 ")).isEqualTo("a b");
  }

  @Test
  void composedAndDecomposedLettersAreTheSame() {
    assertThat(whitespace.normalize("e\u0301")).isEqualTo("\u00e9");
  }

  @Test
  void caseAndPunctuationAreKept() {
    assertThat(whitespace.normalize("US, us?")).isEqualTo("US, us?");
  }

  @Property
  void normalizingTwiceChangesNothing(Values values) {
    String once = whitespace.normalize(values.anyString());

    assertThat(whitespace.normalize(once)).isEqualTo(once);
  }

  @Test
  void normalizerThatLeavesNothingIsRejected() {
    assertThatThrownBy(() -> Query.of(Prompt.of("secret"), text -> " ", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("normalizer")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }
}
