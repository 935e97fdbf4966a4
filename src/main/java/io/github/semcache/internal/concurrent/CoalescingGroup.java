package io.github.semcache.internal.concurrent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The group of calls that a call is coalesced with.
 *
 * @param name the name of the group; only calls of one group are coalesced
 * @param owner the thread that leads a call until its end; null if it is not bound to a thread
 */
public record CoalescingGroup(String name, @Nullable Thread owner) {
  private static final String ASK = "ask";
  private static final String STREAMING = "streaming";

  /**
   * Returns the group of calls to {@code ask}, on this thread.
   *
   * @return the group
   */
  public static CoalescingGroup ask() {
    return new CoalescingGroup(ASK, Thread.currentThread());
  }

  /**
   * Returns the group of calls to {@code ask} with a consumer of the text, on this thread. They may
   * wait for a plain {@code ask}; a plain {@code ask} never waits for them, because a slow consumer
   * would delay it.
   *
   * @return the group
   */
  public static CoalescingGroup streamingAsk() {
    return new CoalescingGroup(STREAMING, Thread.currentThread());
  }

  /**
   * Returns the group of calls to {@code ask}, on any thread.
   *
   * @return the group
   */
  public static CoalescingGroup askOnAnyThread() {
    return new CoalescingGroup(ASK, null);
  }

  /**
   * Returns a group chosen by the caller, on any thread.
   *
   * @param name the name of the group
   * @return the group
   */
  public static CoalescingGroup named(String name) {
    return new CoalescingGroup("group " + name, null);
  }

  /**
   * Returns the keys of the calls that a call may follow.
   *
   * @param queryKey the key of the query
   * @return the keys; that of the call itself is the last
   */
  public List<String> keys(String queryKey) {
    return name.equals(STREAMING)
        ? List.of(key(ASK, queryKey), key(STREAMING, queryKey))
        : List.of(key(name, queryKey));
  }

  private static String key(String group, String queryKey) {
    return group + ' ' + queryKey;
  }

  /**
   * Returns whether callers of {@code ask} wait for the complete answer in this group.
   *
   * @return true if this is the group of {@code ask}
   */
  public boolean isAsk() {
    return name.equals(ASK);
  }
}
