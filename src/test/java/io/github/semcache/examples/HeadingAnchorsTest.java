package io.github.semcache.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadingAnchorsTest {
  @Test
  void headingIsLowerCaseWithoutPunctuationAndWithHyphensForSpaces() {
    assertThat(
            HeadingAnchors.of("# Read me\n\n### `FT.SEARCH`, K = 10: p50 µs (snake_case) - ok\n"))
        .containsExactly("read-me", "ftsearch-k--10-p50-µs-snake_case---ok");
  }

  @Test
  void linkInAHeadingIsItsText() {
    assertThat(HeadingAnchors.of("## The [guide](docs/guide.md#scope)\n"))
        .containsExactly("the-guide");
  }

  @Test
  void repeatedHeadingHasASuffix() {
    assertThat(HeadingAnchors.of("## Results\n## Method\n## Results\n## results!\n"))
        .containsExactly("results", "method", "results-1", "results-2");
  }

  @Test
  void commentInACodeBlockIsNoHeading() {
    assertThat(
            HeadingAnchors.of("# Build\n\n  ```\n# a comment\n  ```\n\n## Run\n```sh\n# b\n```\n"))
        .containsExactly("build", "run");
  }
}
