package io.github.semcache.chat;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls of {@link ChatClient.Observer#isolated}. Thread-safe. */
final class IsolatedCall implements ChatClient.Observer.Call {
  private static final Logger log = LoggerFactory.getLogger(ChatClient.Observer.class);

  private final ChatClient.Observer.Call call;
  private final AtomicBoolean ended = new AtomicBoolean();

  private IsolatedCall(ChatClient.Observer.Call call) {
    this.call = call;
  }

  static IsolatedCall begin(ChatClient.Observer observer, String model) {
    return new IsolatedCall(
        isolate(
            () -> requireNonNull(observer.begin(model), "the observer returned no call"),
            new NoopCall()));
  }

  @Override
  public ChatClient.Observer.Scope open() {
    ChatClient.Observer.Scope scope =
        isolate(() -> requireNonNull(call.open(), "the call returned no scope"), () -> {});
    return () -> isolate(scope::close);
  }

  @Override
  public void answered(ChatReply reply) {
    end(() -> call.answered(reply));
  }

  @Override
  public void failed(Throwable failure) {
    end(() -> call.failed(failure));
  }

  @Override
  public void abandoned() {
    end(call::abandoned);
  }

  private void end(Runnable action) {
    if (!ended.getAndSet(true)) {
      isolate(action);
    }
  }

  private static void isolate(Runnable action) {
    isolate(
        () -> {
          action.run();
          return true;
        },
        false);
  }

  /** Linkage errors occur if the libraries of the observer have incompatible versions. */
  private static <T> T isolate(Supplier<T> action, T fallback) {
    try {
      return action.get();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      // The message may quote the prompt.
      log.warn("The observer of a model call failed: {}", e.getClass().getName());
      return fallback;
    }
  }
}
