package io.github.semcache.chat;

import io.github.semcache.prompt.Prompt;
import java.util.function.Consumer;

/**
 * Asks a language model and gives its answer on while it is being made. Implementations are safe
 * for use by many threads at once, and block until the model has answered.
 */
public interface StreamingChatClient extends ChatClient {

  /**
   * Asks the model, and blocks until the answer is whole.
   *
   * @param prompt the text with its system text and earlier messages
   * @param onText is given each piece of the text as it arrives, on this thread; the pieces joined
   *     are the reply's text. What it throws ends the call and is thrown on as it is
   * @return the whole reply
   * @throws RuntimeException whatever the model's client throws
   */
  ChatReply chat(Prompt prompt, Consumer<String> onText);
}
