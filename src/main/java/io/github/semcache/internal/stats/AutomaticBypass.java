package io.github.semcache.internal.stats;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Skips semantic lookups in scopes in which they cost more time than they save. The semantic
 * lookups of a scope are made for a window of requests without an exact hit. If the hit rate of the
 * window is below break-even, the next ones are skipped, twice as many after each such window, and
 * then the next window begins.
 *
 * <p>Break-even is the average duration of a semantic lookup divided by that of a model call, both
 * measured in all scopes. Thread-safe.
 */
public final class AutomaticBypass {
  /** The number of lookups by which a hit rate is estimated. */
  static final int WINDOW = 200;

  /** The number of lookups that are skipped after the first window below break-even. */
  static final int FIRST_PAUSE = 800;

  private static final int MAX_PAUSE = 12_800;
  private static final int MAX_SCOPES = 1_024;
  private static final int MIN_MODEL_CALLS = 20;

  /** The scopes, least recently used first; those beyond the maximum start again. */
  private final Map<String, Window> scopes = new LinkedHashMap<>(16, 0.75f, true);

  private long lookups;
  private long lookupNanos;
  private long modelCalls;
  private long modelNanos;

  /** Creates a bypass without measurements, which skips nothing. */
  public AutomaticBypass() {}

  private static final class Window {
    private int lookups;
    private int hits;
    private int toSkip;
    private int nextPause = FIRST_PAUSE;
  }

  /**
   * Returns whether the semantic lookup of a request is skipped.
   *
   * @param scope the hash of its scope
   * @return true if it is skipped
   */
  public synchronized boolean skips(String scope) {
    Window window = scopes.get(scope);
    if (window == null || window.toSkip == 0) {
      return false;
    }
    window.toSkip--;
    return true;
  }

  /**
   * Records a semantic lookup.
   *
   * @param scope the hash of its scope
   * @param isHit whether it was a hit
   * @param took its duration, with the embedding, the search, and the verification
   */
  public synchronized void onLookup(String scope, boolean isHit, Duration took) {
    lookups++;
    lookupNanos += took.toNanos();
    Window window = scopes.computeIfAbsent(scope, added -> new Window());
    if (scopes.size() > MAX_SCOPES) {
      scopes.remove(scopes.keySet().iterator().next());
    }
    window.lookups++;
    window.hits += isHit ? 1 : 0;
    if (window.lookups >= WINDOW) {
      end(window);
    }
  }

  private void end(Window window) {
    boolean pays = (double) window.hits / window.lookups >= breakEven();
    window.lookups = 0;
    window.hits = 0;
    window.toSkip = pays ? 0 : window.nextPause;
    window.nextPause = pays ? FIRST_PAUSE : Math.min(MAX_PAUSE, 2 * window.nextPause);
  }

  /**
   * Records a model call.
   *
   * @param took its duration
   */
  public synchronized void onModelCall(Duration took) {
    modelCalls++;
    modelNanos += took.toNanos();
  }

  /**
   * Returns the hit rate at which semantic lookups save as much time as they cost.
   *
   * @return the rate, at most 1; 0 before 20 model calls were measured
   */
  public synchronized double breakEven() {
    if (modelCalls < MIN_MODEL_CALLS || lookups == 0 || modelNanos <= 0) {
      return 0;
    }
    return Math.min(1, (double) lookupNanos / lookups / ((double) modelNanos / modelCalls));
  }
}
