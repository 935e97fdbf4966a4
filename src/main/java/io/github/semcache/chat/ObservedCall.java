package io.github.semcache.chat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a model under the eyes of an observer: ended once, whoever ends it first, and not
 * harmed by what the observer throws. Safe for use by many threads.
 */
public final class ObservedCall {
  private static final Logger log = LoggerFactory.getLogger(ModelObserver.class);

  private static final ModelObserver.Call NOOP = ModelObserver.none().begin("unknown");

  private final ModelObserver.Call call;
  private final AtomicBoolean ended = new AtomicBoolean();

  private ObservedCall(ModelObserver.Call call) {
    this.call = call;
  }

  /**
   * Tells the observer that a call is about to be made.
   *
   * @param observer who sees it
   * @param model the name that the request gives the model, or {@code unknown}
   * @return the call, to be ended in one of three ways
   */
  public static ObservedCall begin(ModelObserver observer, String model) {
    return new ObservedCall(fenced(() -> observer.begin(model), NOOP));
  }

  /**
   * A call that nobody sees.
   *
   * @return the call
   */
  public static ObservedCall noop() {
    return new ObservedCall(NOOP);
  }

  /**
   * Makes or starts the call. What it throws does not end it yet.
   *
   * @param <T> what it gives
   * @param start makes or starts it, on this thread
   * @return what that gives
   */
  public <T> T run(Supplier<T> start) {
    ModelObserver.Scope scope = fenced(call::open, () -> {});
    try {
      return start.get();
    } finally {
      fenced(scope::close);
    }
  }

  /**
   * The model answered.
   *
   * @param reply what it replied
   */
  public void answered(ChatReply reply) {
    end(() -> call.answered(reply));
  }

  /**
   * The model failed.
   *
   * @param failure why
   */
  public void failed(Throwable failure) {
    end(() -> call.failed(failure));
  }

  /** The caller gave up. */
  public void abandoned() {
    end(call::abandoned);
  }

  private void end(Runnable end) {
    if (!ended.getAndSet(true)) {
      fenced(end);
    }
  }

  private static void fenced(Runnable action) {
    fenced(
        () -> {
          action.run();
          return true;
        },
        false);
  }

  /** An observer of another version than its libraries, or a test's, is a failing one too. */
  private static <T> T fenced(Supplier<T> action, T otherwise) {
    try {
      return action.get();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      log.warn("The observer of a call of the model failed", e);
      return otherwise;
    }
  }
}
