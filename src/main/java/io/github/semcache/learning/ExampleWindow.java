package io.github.semcache.learning;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The latest judged decisions, oldest first. Used by one thread at a time. */
final class ExampleWindow {
  private final int capacity;
  private final List<TrainingExample> cases = new ArrayList<>();
  private long forgottenBefore = Long.MIN_VALUE;

  ExampleWindow(int capacity) {
    this.capacity = capacity;
  }

  int size() {
    return cases.size();
  }

  /** Cases from before this time, in milliseconds since 1970, are no longer wanted. */
  long forgottenBefore() {
    return forgottenBefore;
  }

  void add(TrainingExample judged) {
    cases.add(judged);
    trim(2 * capacity);
  }

  /** Takes the last word on something; false if the same was said before. */
  boolean replace(TrainingExample judged) {
    Optional<TrainingExample> before =
        cases.stream().filter(one -> one.id() == judged.id()).findFirst();
    if (before.filter(one -> one.wrong() == judged.wrong()).isPresent()) {
      return false;
    }
    before.ifPresent(cases::remove);
    add(judged);
    return true;
  }

  /** Forgets all but the latest cases, and all older ones that others may still have. */
  void forgetAllBut(int latest) {
    trim(0, latest);
    forgottenBefore = cases.isEmpty() ? forgottenBefore : cases.get(0).at();
  }

  /** Adds what is new among the cases of others; false if that changes nothing. */
  boolean merge(Collection<TrainingExample> others, long theirForgottenBefore) {
    forgottenBefore = Math.max(forgottenBefore, theirForgottenBefore);
    boolean changes = cases.removeIf(judged -> judged.at() < forgottenBefore);
    long oldest = cases.size() < capacity ? forgottenBefore : latest().get(0).at();
    Map<Long, TrainingExample> known = new LinkedHashMap<>();
    cases.forEach(judged -> known.put(judged.id(), judged));
    for (TrainingExample theirs : others) {
      TrainingExample ours = known.get(theirs.id());
      boolean isNews = ours == null || ours.at() < theirs.at();
      if (isNews && theirs.at() >= Math.max(oldest, forgottenBefore)) {
        known.put(theirs.id(), theirs);
        changes = true;
      }
    }
    if (changes) {
      cases.clear();
      cases.addAll(known.values());
      cases.sort(Comparator.comparingLong(TrainingExample::at));
      trim(2 * capacity);
    }
    return changes;
  }

  /** The latest cases that fit into the window. */
  List<TrainingExample> latest() {
    return List.copyOf(cases.subList(Math.max(0, cases.size() - capacity), cases.size()));
  }

  /** Lets the list grow beyond the window for a while, so that its head is seldom cut off. */
  private void trim(int limit) {
    if (cases.size() > limit) {
      trim(0, capacity);
    }
  }

  private void trim(int from, int latest) {
    cases.subList(from, Math.max(from, cases.size() - latest)).clear();
  }
}
