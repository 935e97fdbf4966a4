package io.github.semcache.chat;

/**
 * Sees the calls of a model that an adapter makes, for example to trace them. Calls are made by
 * many threads at once. What an observer throws is logged and harms no call.
 */
@FunctionalInterface
public interface ModelObserver {

  /**
   * A call is about to be made.
   *
   * @param model the name that the request gives the model, or {@code unknown}
   * @return the call, which is ended once
   */
  Call begin(String model);

  /**
   * Sees nothing.
   *
   * @return an observer
   */
  static ModelObserver none() {
    return model -> new NoopCall();
  }

  /** One call. It may be ended on another thread than it was begun on. */
  interface Call {

    /**
     * The call is made on this thread, or only started if it is asynchronous or a stream.
     *
     * @return what is closed afterwards, on the same thread
     */
    Scope open();

    /**
     * The model answered; a stream has come to its end.
     *
     * @param reply what it replied; not to be logged
     */
    void answered(ChatReply reply);

    /**
     * The model failed, or the caller's key, quota or time limit did not suffice.
     *
     * @param failure what was thrown, or stands for a response that is no answer; one that is a
     *     {@link NamedFailure} has a short name
     */
    void failed(Throwable failure);

    /**
     * Nobody knows how the call ended: the caller closed its stream, cancelled the call or was
     * interrupted, or the model's answer could not be read by the cache.
     */
    void abandoned();
  }

  /** For as long as it is open, what this thread does is part of the call. */
  @FunctionalInterface
  interface Scope extends AutoCloseable {
    @Override
    void close();
  }
}
