package io.github.semcache.internal.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.semcache.prompt.Scope;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DependencyVersionsTest {
  private static final String PRICES = Scope.dependencyTerm("prices");
  private static final String TERMS = Scope.dependencyTerm("terms");

  private final DependencyVersions versions = new DependencyVersions();

  @Test
  void decodedVersionsEqualTheEncodedOnes() {
    versions.renew(PRICES);

    DependencyVersions decoded = DependencyVersions.decode(versions.encode());

    assertThat(decoded.of(Set.of(PRICES, TERMS))).isEqualTo(versions.of(Set.of(PRICES, TERMS)));
    assertThat(DependencyVersions.decode(new DependencyVersions().encode()).of(Set.of(TERMS)))
        .isEqualTo(versions.of(Set.of(TERMS)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "0\nabc", "0\nabc 1 2", "0\n 1", "0\nabc "})
  void otherBytesAreRejected(String state) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DependencyVersions.decode(state.getBytes(US_ASCII)));
  }

  @Test
  void tooManyRenewedDependenciesChangeAllVersions() {
    versions.renew(PRICES);
    Map<String, String> before = versions.of(Set.of(PRICES, TERMS));
    for (int i = 0; i < 100_000; i++) {
      versions.renew(Integer.toHexString(i));
    }
    Map<String, String> after = versions.of(Set.of(PRICES, TERMS));

    assertThat(after.get(PRICES)).isNotEqualTo(before.get(PRICES));
    assertThat(after.get(TERMS)).isNotEqualTo(before.get(TERMS));
  }
}
