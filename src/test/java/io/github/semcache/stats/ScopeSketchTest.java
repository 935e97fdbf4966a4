package io.github.semcache.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.prompt.Scope;
import org.junit.jupiter.api.Test;

class ScopeSketchTest {
  private final ScopeSketch sketch = new ScopeSketch();

  private void add(String tag) {
    sketch.add(Scope.of("tag", tag).hash());
  }

  @Test
  void fewScopesAreCountedExactly() {
    assertThat(sketch.count()).isZero();
    assertThat(sketch.singleUseRate()).isZero();
    for (int i = 0; i < 4; i++) {
      add("once " + i);
      add("often");
    }

    assertThat(sketch.count()).isEqualTo(5);
    assertThat(sketch.singleUseRate()).isEqualTo(0.8);
  }

  @Test
  void manyScopesAreEstimated() {
    for (int i = 0; i < 50_000; i++) {
      add("scope " + i);
      if (i % 4 == 0) {
        add("scope " + i);
      }
    }

    assertThat((double) sketch.count()).isCloseTo(50_000, within(50_000 * 0.12));
    assertThat(sketch.singleUseRate()).isCloseTo(0.75, within(0.06));
  }
}
