package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
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
  void whatWasWrittenIsRead() {
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

  @Property
  void cutOffBytesAreRefused(@ForAll @IntRange(max = 1_000) int length) {
    byte[] cut = Arrays.copyOf(BYTES, length % BYTES.length);

    assertThatThrownBy(() -> TrainingExampleCodec.decode(cut))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void arbitraryBytesAreRefused(@ForAll @Size(max = 300) byte[] bytes) {
    assertThatThrownBy(() -> TrainingExampleCodec.decode(bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bytesThatGoOnAreRefused() {
    assertThatThrownBy(() -> TrainingExampleCodec.decode(Arrays.copyOf(BYTES, BYTES.length + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("trailing bytes");
  }
}
