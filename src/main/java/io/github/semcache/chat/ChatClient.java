package io.github.semcache.chat;

import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** A client of a language model. Implementations are thread-safe. */
public interface ChatClient {

  /**
   * Calls the model. Blocks until the reply is complete.
   *
   * @param prompt the prompt: its text, system text, and earlier messages
   * @return the reply of the model
   * @throws RuntimeException any exception of the underlying client; it reaches the caller of the
   *     cache unwrapped, and nothing is stored
   */
  ChatReply chat(Prompt prompt);

  /**
   * Returns everything except the prompt that determines the answers: the name of the model, the
   * temperature, and so on. The settings are part of the {@linkplain
   * io.github.semcache.prompt.Scope scope}, so an answer is only reused with equal settings. Does
   * not block.
   *
   * @return names and values
   */
  Map<String, String> settings();

  /**
   * Creates a client from a function. Its replies are complete and have no token usage.
   *
   * @param model the name of the model
   * @param function a thread-safe function from a prompt to the text of the answer
   * @return a client that calls the function
   */
  static ChatClient of(String model, Function<Prompt, String> function) {
    return new FunctionChatClient(model, function);
  }

  /** A client of a language model that can stream its answers. Implementations are thread-safe. */
  interface Streaming extends ChatClient {

    /**
     * Calls the model and passes on its answer as it arrives. Blocks until the reply is complete.
     *
     * @param prompt the prompt: its text, system text, and earlier messages
     * @param onText receives the parts of the text in order, on the calling thread; concatenated
     *     they are the text of the reply. If it throws, the call ends with the same exception
     * @return the complete reply
     * @throws RuntimeException any exception of the underlying client
     */
    ChatReply chat(Prompt prompt, Consumer<String> onText);
  }

  /**
   * Observes the model calls that an adapter makes, for example to trace them. Implementations are
   * thread-safe. Exceptions of an observer are logged and do not affect the call.
   */
  @FunctionalInterface
  interface Observer {

    /**
     * Starts the observation of a call, before the call is made.
     *
     * @param model the name of the model in the request, or {@code unknown}
     * @return the observation of the call, which is ended once
     */
    Call begin(String model);

    /**
     * Returns an observer that observes nothing.
     *
     * @return an observer
     */
    static Observer none() {
      return model -> new NoopCall();
    }

    /**
     * Returns an observer that delegates to this one. Its methods do not throw: exceptions are
     * logged. Only the first end of a call is forwarded. For authors of adapters.
     *
     * @return an observer
     */
    default Observer isolated() {
      return model -> IsolatedCall.begin(this, model);
    }

    /**
     * The observation of one call. It may be ended on another thread than the one that began it.
     */
    interface Call {

      /**
       * Opens a scope on the thread that makes the call. An asynchronous or streaming call is only
       * started within the scope.
       *
       * @return the scope, which is closed on the same thread
       */
      Scope open();

      /**
       * Runs an action within a {@linkplain #open scope}. An exception does not end the call.
       *
       * @param <T> the result of the action
       * @param action makes or starts the call, on this thread
       * @return the result of the action
       */
      default <T> T run(Supplier<T> action) {
        Scope scope = open();
        try {
          return action.get();
        } finally {
          scope.close();
        }
      }

      /**
       * Ends the call with a reply. A stream is answered at its end.
       *
       * @param reply the reply of the model; must not be logged
       */
      void answered(ChatReply reply);

      /**
       * Ends the call with a failure of the model, or of the caller's credentials, quota, or
       * timeout.
       *
       * @param failure the exception, or a description of the error response; a {@link
       *     NamedFailure} has a short name
       */
      void failed(Throwable failure);

      /**
       * Ends the call with an unknown outcome: the caller closed the stream, canceled the call, or
       * was interrupted, or the adapter could not read the response of the model.
       */
      void abandoned();
    }

    /** The scope of a call: work on this thread belongs to the call until the scope is closed. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
      @Override
      void close();
    }

    /** A failure with a name that is more specific than its class, such as an HTTP status. */
    interface NamedFailure {

      /**
       * Returns the name, for example {@code 429}. It is one of a small number of names.
       *
       * @return a name without any text of the service
       */
      String failureName();
    }
  }
}
