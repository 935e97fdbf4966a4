package io.github.semcache.chat;

import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

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
}
