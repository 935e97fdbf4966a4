package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GuardFlagsTest {
  private static final int REPLACED_NUMBER = 0;
  private static final int SWAPPED_ORDER = 5;
  private static final int CUSTOM = GuardFlags.COUNT - 2;
  private static final int OTHER_WORDS = GuardFlags.COUNT - 1;

  private static int[] flagsSet(String asked, String cached, Guards guards) {
    boolean[] flags = GuardFlags.of(asked, cached, guards);
    return IntStream.range(0, flags.length).filter(i -> flags[i]).toArray();
  }

  @Test
  void sameWordsSetNoFlag() {
    assertThat(flagsSet("show me the flights", "Show me flights please", Guards.english()))
        .isEmpty();
  }

  @Test
  void eachGuardHasAFlag() {
    assertThat(flagsSet("wake me at 7 am", "wake me at 8 am", Guards.english()))
        .containsExactly(REPLACED_NUMBER, OTHER_WORDS);
    assertThat(
            flagsSet(
                "flights from boston to denver", "flights from denver to boston", Guards.english()))
        .contains(SWAPPED_ORDER);
  }

  @Test
  void disabledGuardsSetNoFlag() {
    assertThat(flagsSet("wake me at 7 am", "wake me at 8 am", Guards.none()))
        .containsExactly(OTHER_WORDS);
  }

  @Test
  void customGuardsHaveOneCommonFlag() {
    Guards custom = Guards.none().and(prompts -> Optional.of(new RejectionReason("other-ticket")));

    assertThat(flagsSet("show ticket", "show ticket", custom)).containsExactly(CUSTOM);
  }
}
