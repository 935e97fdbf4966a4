package io.github.semcache.cli;

import java.io.PrintWriter;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * A progress bar in one line, redrawn at most ten times a second. ProgressBar is not thread-safe.
 */
final class ProgressBar implements IntConsumer, AutoCloseable {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = 100_000_000;

  private final PrintWriter out;
  private final boolean enabled;
  private final String task;
  private final int total;
  private final LongSupplier ticker;
  private final long start;
  private long lastDrawn;
  private boolean visible;

  ProgressBar(PrintWriter out, boolean enabled, String task, int total, LongSupplier ticker) {
    this.out = out;
    this.enabled = enabled && total > 0;
    this.task = task;
    this.total = total;
    this.ticker = ticker;
    this.start = ticker.getAsLong();
    this.lastDrawn = start;
  }

  @Override
  public void accept(int done) {
    long now = ticker.getAsLong();
    if (!enabled || (now - lastDrawn < REDRAW_NANOS && done < total)) {
      return;
    }
    lastDrawn = now;
    visible = true;
    int filled = (int) ((long) WIDTH * done / total);
    long seconds = (now - start) / 1_000_000_000;
    String remaining = done == 0 ? "" : ", " + seconds * (total - done) / done + " s left";
    out.printf(
        "\r%s [%s%s] %d of %d%s\u001b[K",
        task, "#".repeat(filled), "-".repeat(WIDTH - filled), done, total, remaining);
    out.flush();
  }

  /** Erases the line. */
  @Override
  public void close() {
    if (visible) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }
}
