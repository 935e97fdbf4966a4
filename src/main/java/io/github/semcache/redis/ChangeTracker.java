package io.github.semcache.redis;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Invalidates {@link NearEntries} when the server reports changed keys, on a daemon thread that
 * starts with the first {@link #start}. While there is no connection on which the server reports
 * them, entries are read again after the maximum staleness.
 *
 * <p>Thread-safe.
 */
final class ChangeTracker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ChangeTracker.class);
  private static final long RETRY_MILLIS = 1_000;

  /** The number of checks of the connection within the maximum staleness. */
  private static final int CHECKS = 4;

  private final RedisConnection server;
  private final KeyNaming keys;
  private final NearEntries entries;
  private final LongSupplier ticker;
  private final int checkMillis;
  private final int replyMillis;
  private volatile boolean started;
  private final CountDownLatch closing = new CountDownLatch(1);
  private @Nullable Socket socket;

  ChangeTracker(
      RedisConnection server,
      KeyNaming keys,
      NearEntries entries,
      Duration maxStaleness,
      LongSupplier ticker) {
    this.server = server;
    this.keys = keys;
    this.entries = entries;
    this.ticker = ticker;
    this.replyMillis = (int) Math.max(1, Math.min(1_000, maxStaleness.toMillis() / 2));
    this.checkMillis = (int) Math.max(1, Math.min(1_000, maxStaleness.toMillis() / CHECKS));
  }

  /** Starts the thread, unless it was started before or this tracker is closed. */
  void start() {
    if (!started) {
      startOnce();
    }
  }

  private synchronized void startOnce() {
    if (!started && !isClosed()) {
      started = true;
      Thread thread = new Thread(this::run, "semcache-near-cache");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void run() {
    boolean isSupported = true;
    while (isSupported && !isClosed()) {
      try {
        track();
      } catch (TrackingConnection.ServerErrorException e) {
        isSupported = isTransient(e);
        if (!isSupported) {
          log.info(
              "The server does not report changes to the near cache, which therefore reads entries"
                  + " again after the maximum staleness: {}",
              e.getMessage());
        }
      } catch (IOException | RuntimeException e) {
        log.debug("The connection that reports changes to the near cache failed", e);
      } finally {
        entries.trackingEnded();
      }
      if (isSupported) {
        pause();
      }
    }
  }

  private static boolean isTransient(TrackingConnection.ServerErrorException error) {
    return String.valueOf(error.getMessage()).startsWith("LOADING");
  }

  private void track() throws IOException {
    Socket connected = server.openSocket();
    if (!adopt(connected)) {
      connected.close();
      return;
    }
    connected.setSoTimeout(replyMillis);
    try (TrackingConnection connection =
        new TrackingConnection(connected, this::invalidate, entries::invalidateAll)) {
      connection.start(server.credentials(), List.of(keys.entryPrefix(), keys.dependencyPrefix()));
      entries.trackingBegan(ticker.getAsLong());
      while (!isClosed()) {
        connection.handleReports(checkMillis, replyMillis);
        long before = ticker.getAsLong();
        connection.ping();
        entries.trackedUntil(before);
      }
    }
  }

  /** Makes {@link #close} close a socket. Returns false if this tracker is already closed. */
  private synchronized boolean adopt(Socket connected) {
    if (isClosed()) {
      return false;
    }
    socket = connected;
    return true;
  }

  private void invalidate(List<byte[]> changed) {
    for (byte[] key : changed) {
      String name = Utf8.decode(key);
      if (name.startsWith(keys.entryPrefix())) {
        entries.invalidateEntry(name.substring(keys.entryPrefix().length()));
      } else if (name.startsWith(keys.dependencyPrefix())) {
        entries.invalidateVersion(name.substring(keys.dependencyPrefix().length()));
      }
    }
  }

  private boolean isClosed() {
    return closing.getCount() == 0;
  }

  /** Pauses before the next attempt, unless this tracker is closed in the meantime. */
  private void pause() {
    try {
      boolean unused = closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Not a request to stop: this thread ends when the tracker is closed.
    }
  }

  /** Closes the connection and ends the thread. Subsequent calls have no effect. */
  @Override
  public synchronized void close() {
    closing.countDown();
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      log.debug("Failed to close the connection that reports changes to the near cache", e);
    }
  }
}
