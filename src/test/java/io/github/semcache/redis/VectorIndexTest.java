package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class VectorIndexTest {
  private final VectorIndex.Hnsw index = VectorIndex.hnsw();

  private static void assertRejected(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(index).isEqualTo(new VectorIndex.Hnsw(16, 200, VectorIndex.Hnsw.AUTOMATIC));
  }

  @Test
  void boundsAreAccepted() {
    assertThat(index.m(2).efConstruction(1).efRuntime(1)).isEqualTo(new VectorIndex.Hnsw(2, 1, 1));
    assertThat(index.m(512).efConstruction(4096).efRuntime(4096))
        .isEqualTo(new VectorIndex.Hnsw(512, 4096, 4096));
  }

  @Test
  void valuesOutOfRangeAreRejected() {
    assertRejected(() -> index.m(1), "m is 1; it must be between 2 and 512");
    assertRejected(() -> index.m(513), "m is 513; it must be between 2 and 512");
    assertRejected(
        () -> index.efConstruction(0), "efConstruction is 0; it must be between 1 and 4096");
    assertRejected(
        () -> index.efConstruction(4097), "efConstruction is 4097; it must be between 1 and 4096");
    assertRejected(() -> index.efRuntime(-1), "efRuntime is -1; it must be between 0 and 4096");
    assertRejected(() -> index.efRuntime(4097), "efRuntime is 4097; it must be between 0 and 4096");
  }
}
