package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingExampleCodecTest {
  private static final byte[] BYTES =
      TrainingExampleCodec.encode(
          new TrainingExampleCodec.Content(
              List.of(
                  new TrainingExample(
                      1, 2, new float[Features.COUNT], new int[] {3, 4}, 5, true, 20),
                  new TrainingExample(6, 7, new float[Features.COUNT], new int[0], 8, false, 1)),
              9));

  @Test
  void decodedContentEqualsTheEncodedContent() {
    TrainingExampleCodec.Content content = TrainingExampleCodec.decode(BYTES);

    assertThat(content.droppedBefore()).isEqualTo(9);
    assertThat(content.examples()).hasSize(2);
    TrainingExample first = content.examples().get(0);
    assertThat(first.id()).isEqualTo(1);
    assertThat(first.at()).isEqualTo(2);
    assertThat(first.words()).containsExactly(3, 4);
    assertThat(first.group()).isEqualTo(5);
    assertThat(first.wrong()).isTrue();
    assertThat(first.weight()).isEqualTo(20);
    assertThat(TrainingExampleCodec.encode(content)).isEqualTo(BYTES);
  }

  @Test
  void truncatedBytesAreRejected() {
    for (int length = 0; length < BYTES.length; length++) {
      byte[] truncated = Arrays.copyOf(BYTES, length);

      assertThatThrownBy(() -> TrainingExampleCodec.decode(truncated))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Property
  void arbitraryBytesAreRejected(Values values) {
    byte[] bytes = values.bytes(300);

    assertThatThrownBy(() -> TrainingExampleCodec.decode(bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void trailingBytesAreRejected() {
    assertThatThrownBy(() -> TrainingExampleCodec.decode(Arrays.copyOf(BYTES, BYTES.length + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("trailing bytes");
  }
}
