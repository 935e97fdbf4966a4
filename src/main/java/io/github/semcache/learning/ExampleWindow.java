package io.github.semcache.learning;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The latest training examples, oldest first. Not thread-safe. */
final class ExampleWindow {
  private final int capacity;
  private final List<TrainingExample> examples = new ArrayList<>();
  private long droppedBefore = Long.MIN_VALUE;

  ExampleWindow(int capacity) {
    this.capacity = capacity;
  }

  int size() {
    return examples.size();
  }

  /** Returns the time before which all examples were dropped, in milliseconds since the epoch. */
  long droppedBefore() {
    return droppedBefore;
  }

  void add(TrainingExample example) {
    examples.add(example);
    trim(2 * capacity);
  }

  /**
   * Replaces the example with the same id; returns false if the existing example has the same
   * label.
   */
  boolean replace(TrainingExample example) {
    Optional<TrainingExample> before =
        examples.stream().filter(other -> other.id() == example.id()).findFirst();
    if (before.filter(other -> other.wrong() == example.wrong()).isPresent()) {
      return false;
    }
    before.ifPresent(examples::remove);
    add(example);
    return true;
  }

  /**
   * Drops all examples except the latest. Older examples are also dropped from windows that are
   * merged later.
   */
  void retainLatest(int latest) {
    trim(0, latest);
    droppedBefore = examples.isEmpty() ? droppedBefore : examples.get(0).at();
  }

  /** Adds the new examples of another window; returns whether this window changed. */
  boolean merge(Collection<TrainingExample> others, long theirDroppedBefore) {
    droppedBefore = Math.max(droppedBefore, theirDroppedBefore);
    boolean changed = examples.removeIf(example -> example.at() < droppedBefore);
    long oldest = examples.size() < capacity ? droppedBefore : latest().get(0).at();
    Map<Long, TrainingExample> byId = new LinkedHashMap<>();
    examples.forEach(example -> byId.put(example.id(), example));
    for (TrainingExample theirs : others) {
      TrainingExample ours = byId.get(theirs.id());
      boolean isNewer = ours == null || ours.at() < theirs.at();
      if (isNewer && theirs.at() >= Math.max(oldest, droppedBefore)) {
        byId.put(theirs.id(), theirs);
        changed = true;
      }
    }
    if (changed) {
      examples.clear();
      examples.addAll(byId.values());
      examples.sort(Comparator.comparingLong(TrainingExample::at));
      trim(2 * capacity);
    }
    return changed;
  }

  /** Returns the latest examples, up to the capacity. */
  List<TrainingExample> latest() {
    return List.copyOf(examples.subList(Math.max(0, examples.size() - capacity), examples.size()));
  }

  /** Trims to the capacity once the list exceeds a limit, so that the head is rarely removed. */
  private void trim(int limit) {
    if (examples.size() > limit) {
      trim(0, capacity);
    }
  }

  private void trim(int from, int latest) {
    examples.subList(from, Math.max(from, examples.size() - latest)).clear();
  }
}
