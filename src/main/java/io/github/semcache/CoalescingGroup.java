package io.github.semcache;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a call takes its turn.
 *
 * @param lane calls follow one another within a lane only
 * @param owner the thread that leads to the end, or null if the lead is bound to no thread
 */
record CoalescingGroup(String lane, @Nullable Thread owner) {
  private static final String ASK = "ask";
  private static final String STREAMS = "streams";

  /** Among the callers of {@code ask}, on this thread. */
  static CoalescingGroup here() {
    return new CoalescingGroup(ASK, Thread.currentThread());
  }

  /**
   * Among the callers of {@code ask} with a consumer of text, on this thread: they follow those who
   * ask for the whole answer too, but are not followed by them, whom a slow consumer would hold up.
   */
  static CoalescingGroup streamingHere() {
    return new CoalescingGroup(STREAMS, Thread.currentThread());
  }

  /** Among the callers of {@code ask}, on any thread. */
  static CoalescingGroup anywhere() {
    return new CoalescingGroup(ASK, null);
  }

  /** In a lane of the caller's, on any thread. */
  static CoalescingGroup inLane(String name) {
    return new CoalescingGroup("lane " + name, null);
  }

  /** The lanes in which a call may be followed from here, the place's own last. */
  List<String> followed() {
    return lane.equals(STREAMS) ? List.of(ASK, STREAMS) : List.of(lane);
  }

  /** Whether others wait here for the whole answer. */
  boolean isShared() {
    return lane.equals(ASK);
  }
}
