package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Tests of the conditions on a field that was written by any client. */
class FieldFilterTest {
  @Test
  void repeatedTermsAreOneTerm() {
    Predicate<String> both =
        FieldFilter.Condition.terms(List.of(Set.of("a", "b"), Set.of("c"))).matches();

    assertThat(both.test("a,c,a")).isTrue();
    assertThat(both.test("a,a")).isFalse();
    assertThat(both.test("")).isFalse();
    assertThat(both.test(",,")).isFalse();
  }
}
