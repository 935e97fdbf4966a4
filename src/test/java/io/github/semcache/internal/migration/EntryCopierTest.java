package io.github.semcache.internal.migration;

import static io.github.semcache.testkit.Entries.atAngle;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.entry.DependencyStamp;
import io.github.semcache.internal.migration.EntryCopier.Outcome;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testing.FaultyStore.Call;
import io.github.semcache.testkit.Entries;
import io.github.semcache.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests of changes that are made while an entry is copied. */
class EntryCopierTest {
  private static final Scope SCOPE = Scope.of("tenant", "acme").dependsOn("atlas");
  private static final String DEPENDENCY = Scope.dependencyTerm("atlas");

  private final FakeClock time = new FakeClock();
  private final InMemoryVectorStore oldEntries = newStore("old");
  private final InMemoryVectorStore newEntries = newStore("new");
  private final FaultyStore from = new FaultyStore.OfListable(oldEntries);
  private final FaultyStore to = new FaultyStore(newEntries).withLeases();
  private final TransitionStore both = new TransitionStore(from, to);
  private final EntryCopier copier = new EntryCopier(from, (FaultyStore.OfListable) from, to, time);
  private ListedEntry original;

  private InMemoryVectorStore newStore(String model) {
    return InMemoryVectorStore.builder(new EmbeddingSpace(model, 4)).timeSource(time).build();
  }

  @BeforeEach
  void putOriginal() {
    String versions = DependencyStamp.of(oldEntries.versions(Set.of(DEPENDENCY)));
    CacheEntry entry =
        DependencyStamp.withVersions(
            Entries.entry(SCOPE, "What?", "An answer.", time.instant()), versions);
    oldEntries.put(
        List.of(
            new NewEntry(
                entry,
                Optional.of(atAngle(4, 0)),
                Optional.of(Duration.ofHours(1)),
                DependencyStamp.terms(SCOPE, versions))));
    original = oldEntries.entries(Set.of(entry.key())).get(0);
  }

  private Outcome copy() {
    return copier.copy(original, Optional.empty(), Optional.of(atAngle(4, 90)));
  }

  private Optional<CacheEntry> served() {
    String versions = DependencyStamp.of(newEntries.versions(Set.of(DEPENDENCY)));
    return newEntries
        .find(original.entry().key())
        .filter(entry -> !CopyMark.isPending(entry))
        .filter(entry -> DependencyStamp.matches(entry, versions));
  }

  /** Makes a change once, before the first call of a kind. */
  private static Consumer<Call> once(Call when, Runnable change) {
    List<Runnable> left = new ArrayList<>(List.of(change));
    return call -> {
      if (call == when && !left.isEmpty()) {
        left.remove(0).run();
      }
    };
  }

  @Test
  void copyHasTheVersionsOfTheNewStore() {
    newEntries.renewVersion(DEPENDENCY);

    assertThat(copy()).isEqualTo(Outcome.COPIED);

    assertThat(served()).isPresent();
    assertThat(newEntries.count(EntrySelector.currentDependents(newEntries, "atlas"))).isEqualTo(1);
    assertThat(newEntries.count(EntrySelector.tag("tenant", "acme"))).isEqualTo(1);
    NearestQuery query = new NearestQuery(atAngle(4, 90), SCOPE.hash(), 1, Optional.empty());
    assertThat(newEntries.nearest(query).matches()).hasSize(1);
  }

  @Test
  void dependencyThatChangesWhileVersionsAreReadInvalidatesTheCopy() {
    for (FaultyStore store : List.of(from, to)) {
      store.before(once(Call.VERSIONS, () -> both.renewVersion(DEPENDENCY)));

      assertThat(copy()).isEqualTo(Outcome.OUTDATED);

      assertThat(served()).isEmpty();
      putOriginal();
    }
  }

  @Test
  void removalBeforeEachStepOfTheCopyIsFinal() {
    EntrySelector tenant = EntrySelector.tag("tenant", "acme");
    List<Call> stepsInTheNewStore = List.of(Call.VERSIONS, Call.CLAIM, Call.PUT, Call.UPDATE);
    for (Call step : stepsInTheNewStore) {
      to.before(once(step, () -> both.remove(tenant)));

      assertThat(copy()).as("removed before %s", step).isEqualTo(Outcome.OUTDATED);

      assertThat(newEntries.count(new EntrySelector.All())).isZero();
      to.before(call -> {});
      oldEntries.remove(new EntrySelector.All());
      putOriginal();
    }
    from.before(once(Call.LIST, () -> both.remove(tenant)));
    assertThat(copy()).as("removed before the original is read again").isEqualTo(Outcome.OUTDATED);
    assertThat(served()).isEmpty();
  }

  @Test
  void answerThatIsStoredBeforeTheCopyRemains() {
    CacheEntry newer = original.entry().withAnswer("Newer.", Map.of(), time.instant());
    to.before(
        once(
            Call.PUT,
            () ->
                newEntries.put(List.of(new NewEntry(newer, Optional.empty(), Optional.empty())))));

    assertThat(copy()).isEqualTo(Outcome.PRESENT);

    assertThat(newEntries.find(newer.key())).contains(newer);
  }

  @Test
  void expiryThatChangesDuringTheCopyIsApplied() {
    from.before(
        once(
            Call.LIST,
            () -> oldEntries.expire(original.entry().key(), Optional.of(Duration.ofMinutes(1)))));

    assertThat(copy()).isEqualTo(Outcome.COPIED);

    time.advance(Duration.ofMinutes(1));
    assertThat(served()).isEmpty();
  }

  @Test
  void expiryThatChangesDuringTheCopyDoesNotApplyToAnAnswerThatReplacesTheCopy() {
    CacheEntry newer =
        original.entry().withAnswer("Newer.", Map.of(), time.instant().plusMillis(1));
    from.before(
        once(
            Call.LIST,
            () -> {
              oldEntries.expire(original.entry().key(), Optional.of(Duration.ofMinutes(1)));
              newEntries.put(List.of(new NewEntry(newer, Optional.empty(), Optional.empty())));
            }));

    assertThat(copy()).isEqualTo(Outcome.PRESENT);

    time.advance(Duration.ofMinutes(1));
    assertThat(newEntries.find(newer.key())).contains(newer);
  }

  @Test
  void expiryThatChangesAgainAndAgainEndsTheCopy() {
    AtomicInteger minutes = new AtomicInteger(60);
    from.before(
        call -> {
          if (call == Call.LIST) {
            oldEntries.expire(
                original.entry().key(), Optional.of(Duration.ofMinutes(minutes.decrementAndGet())));
          }
        });

    assertThat(copy()).isEqualTo(Outcome.PRESENT);

    assertThat(minutes).hasValue(57);
    assertThat(newEntries.count(new EntrySelector.All())).isZero();
  }

  @Test
  void changesAreMadeInTheOldStoreFirst() {
    List<String> order = new ArrayList<>();
    from.before(call -> order.add("old " + call));
    to.before(call -> order.add("new " + call));

    both.renewVersion(DEPENDENCY);
    both.remove(new EntrySelector.All());
    both.expire("key", Optional.empty());

    assertThat(order)
        .containsExactly(
            "old RENEW",
            "new RENEW",
            "new COUNT",
            "old REMOVE",
            "new REMOVE",
            "old UPDATE",
            "new UPDATE");
  }

  @Test
  void dependenciesAreRecognizedByTheirVersions() {
    Scope scope = Scope.of("tenant", "acme").dependsOn("a").dependsOn("b");
    String versions = "v1 v2";
    CacheEntry entry =
        DependencyStamp.withVersions(
            Entries.entry(scope, "What?", "An answer.", time.instant()), versions);
    Set<String> terms = DependencyStamp.terms(scope, versions);

    assertThat(DependencyStamp.dependenciesOf(entry, terms)).contains(scope.dependencyTerms());
    assertThat(DependencyStamp.dependenciesOf(entry, Set.of())).isEmpty();
    assertThat(DependencyStamp.dependenciesOf(DependencyStamp.withVersions(entry, ""), terms))
        .contains(Set.of());
  }
}
