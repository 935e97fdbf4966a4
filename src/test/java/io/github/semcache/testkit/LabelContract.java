package io.github.semcache.testkit;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The part of the contract of {@link VectorStore} on labels and the terms that find them. */
abstract class LabelContract extends VectorSearchContract {
  private static final Labels BILLING = Labels.none().with("topic", "billing").with("price", 12.5);
  private static final Labels REFUNDS = Labels.none().with("topic", "refunds").with("price", 99.9);
  private static final Labels OTHER = Labels.none().with("topic", "other").with("price", -3);

  private CacheEntry put(Scope scope, String prompt, double degrees, Labels labels) {
    CacheEntry entry = entry(scope, prompt, "answer to " + prompt, now()).labels(labels);
    store.put(
        List.of(
            new NewEntry(
                entry,
                Optional.of(atAngle(DIMENSION, degrees)),
                Optional.empty(),
                labels.terms())));
    return entry;
  }

  private List<CacheEntry> entriesNear(double degrees, int k, Labels.Filter filter) {
    NearestQuery query =
        new NearestQuery(
            atAngle(DIMENSION, degrees), SCOPE.hash(), k, Optional.empty(), filter.terms());
    return store.nearest(query).matches().stream().map(Match::entry).toList();
  }

  @Test
  void labelsAreReturnedWithTheEntry() {
    CacheEntry entry = put(SCOPE, "what?", 0, BILLING);

    assertThat(store.find(entry.key())).map(CacheEntry::labels).contains(BILLING);
    assertThat(search(SCOPE, 0, 1).get(0).entry().labels()).isEqualTo(BILLING);
  }

  @Test
  void searchConsidersOnlyEntriesThatMeetTheFilter() {
    CacheEntry billing = put(SCOPE, "billing", 10, BILLING);
    CacheEntry refunds = put(SCOPE, "refunds", 20, REFUNDS);
    CacheEntry other = put(SCOPE, "other", 0, OTHER);
    CacheEntry none = put(SCOPE, "none", 5, Labels.none());
    put(OTHER_SCOPE, "billing", 0, BILLING);

    assertThat(entriesNear(SCOPE, 0, 9)).containsExactly(other, none, billing, refunds);
    assertThat(entriesNear(0, 9, Labels.Filter.anyOf("topic", "billing", "refunds")))
        .containsExactly(billing, refunds);
    assertThat(entriesNear(0, 1, Labels.Filter.anyOf("topic", "refunds"))).containsExactly(refunds);
    assertThat(entriesNear(0, 9, Labels.Filter.range("price", 12.5, 99.9)))
        .containsExactly(billing, refunds);
    assertThat(entriesNear(0, 9, Labels.Filter.range("price", Double.NEGATIVE_INFINITY, 12.5)))
        .containsExactly(other, billing);
    assertThat(entriesNear(0, 9, Labels.Filter.exists("price")))
        .containsExactly(other, billing, refunds);
    assertThat(entriesNear(0, 9, Labels.Filter.anyOf("price", "12.5"))).isEmpty();
    assertThat(
            entriesNear(
                0,
                9,
                Labels.Filter.anyOf("topic", "billing", "refunds")
                    .and(Labels.Filter.range("price", 13, Double.POSITIVE_INFINITY))))
        .containsExactly(refunds);
  }

  @Test
  void manyNearerEntriesThatDoNotMeetTheFilterHideNone() {
    for (int i = 0; i < 300; i++) {
      put(SCOPE, "near " + i, i / 100.0, OTHER);
    }
    CacheEntry far = put(SCOPE, "far", 40, BILLING);

    assertThat(entriesNear(0, 3, Labels.Filter.anyOf("topic", "billing"))).containsExactly(far);
    assertThat(entriesNear(0, 3, Labels.Filter.range("price", 12, 13))).containsExactly(far);
  }

  @Test
  void replacementAndUpdateOfAnEntry() {
    CacheEntry entry = put(SCOPE, "what?", 0, BILLING);
    store.updateEntry(entry.key(), old -> old.withAnswer("new", old.attributes(), now()));

    assertThat(entriesNear(0, 9, Labels.Filter.anyOf("topic", "billing"))).hasSize(1);
    CacheEntry replacement = put(SCOPE, "what?", 0, REFUNDS);
    assertThat(entriesNear(0, 9, Labels.Filter.anyOf("topic", "billing"))).isEmpty();
    assertThat(entriesNear(0, 9, Labels.Filter.range("price", 99, 100)))
        .containsExactly(replacement);
  }

  @Test
  void entriesAreCountedAndRemovedByLabels() {
    CacheEntry billing = put(SCOPE, "billing", 10, BILLING);
    CacheEntry refunds = put(OTHER_SCOPE, "refunds", 20, REFUNDS);
    CacheEntry other = put(SCOPE, "other", 0, OTHER);
    CacheEntry none = put(SCOPE, "none", 5);
    Labels.Filter expensive = Labels.Filter.range("price", 0, Double.POSITIVE_INFINITY);

    assertThat(store.count(EntrySelector.labels(Labels.Filter.exists("topic")))).isEqualTo(3);
    assertThat(store.count(EntrySelector.labels(Labels.Filter.exists("topik")))).isZero();
    assertThat(store.count(EntrySelector.labels(expensive))).isEqualTo(2);
    assertThat(
            store.count(
                EntrySelector.labels(expensive.and(Labels.Filter.anyOf("topic", "refunds", "x")))))
        .isEqualTo(1);
    assertThat(store.remove(EntrySelector.labels(expensive))).isEqualTo(2);
    assertThat(store.remove(EntrySelector.labels(expensive))).isZero();

    assertThat(store.find(billing.key())).isEmpty();
    assertThat(store.find(refunds.key())).isEmpty();
    assertThat(store.find(other.key())).contains(other);
    assertThat(entriesNear(SCOPE, 0, 9)).containsExactly(other, none);
  }

  @Test
  void rangesFindExactlyTheNumbersInThem() {
    Random random = new Random(7);
    List<Double> numbers = new ArrayList<>(List.of(0.0, 1.0, -1.0, 10.0, 12.99, 1e300, -1e-300));
    for (int i = 0; i < 60; i++) {
      numbers.add(Math.rint(random.nextGaussian() * 1_000) / (i % 2 == 0 ? 100 : 1));
    }
    for (int i = 0; i < numbers.size(); i++) {
      put(SCOPE, "number " + i, i, Labels.none().with("n", numbers.get(i)));
    }
    for (int i = 0; i < 20; i++) {
      double first = numbers.get(random.nextInt(numbers.size()));
      double second = i % 3 == 0 ? random.nextGaussian() * 100 : numbers.get(i);
      double min = Math.min(first, second);
      double max = Math.max(first, second);
      long expected = numbers.stream().filter(n -> n >= min && n <= max).count();

      assertThat(store.count(EntrySelector.labels(Labels.Filter.range("n", min, max))))
          .as("%s to %s", min, max)
          .isEqualTo(expected);
      assertThat(entriesNear(0, 100, Labels.Filter.range("n", min, max)))
          .as("%s to %s", min, max)
          .hasSize((int) expected);
    }
  }

  @Test
  void setsOfTermsAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new NearestQuery(
                    atAngle(DIMENSION, 0), SCOPE.hash(), 1, Optional.empty(), List.of(Set.of())));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EntrySelector.ByTerms(List.of(Set.of("a|b"))));
    assertThatIllegalArgumentException().isThrownBy(() -> new EntrySelector.ByTerms(List.of()));
  }
}
