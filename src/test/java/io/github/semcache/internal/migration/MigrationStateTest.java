package io.github.semcache.internal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class MigrationStateTest {
  private final LinkageError failure = new NoClassDefFoundError("missing");
  private final List<Throwable> failures = new ArrayList<>();

  private final StateStore broken =
      new StateStore() {
        @Override
        public Optional<byte[]> load(String name) {
          throw failure;
        }

        @Override
        public void update(String name, Function<Optional<byte[]>, byte[]> change) {
          throw failure;
        }
      };

  @Test
  void errorOfTheStoreDoesNotFailTheRequestThatReadsTheState() {
    MigrationState.Watch watch =
        new MigrationState.Watch(
            broken, EmbeddingSpace.none(), Runnable::run, () -> 0, failures::add);

    assertThat(watch.isComplete()).isFalse();
    assertThat(failures).containsExactly(failure);
  }
}
