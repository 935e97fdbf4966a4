package io.github.semcache.openai.proxy;

import com.openai.core.Sleeper;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Delegates to the sleeper of another client and ignores {@link #close}. */
record UnclosableSleeper(Sleeper sleeper) implements Sleeper {

  @Override
  public void sleep(Duration duration) {
    sleeper.sleep(duration);
  }

  @Override
  public CompletableFuture<Void> sleepAsync(Duration duration) {
    return sleeper.sleepAsync(duration);
  }

  @Override
  public void close() {}
}
