package io.github.semcache.chat;

import io.github.semcache.prompt.Prompt;
import java.util.function.Consumer;

/** A client of a language model that can stream its answers. Implementations are thread-safe. */
public interface StreamingChatClient extends ChatClient {

  /**
   * Calls the model and passes on its answer as it arrives. Blocks until the reply is complete.
   *
   * @param prompt the prompt: its text, system text, and earlier messages
   * @param onText receives the parts of the text in order, on the calling thread; concatenated they
   *     are the text of the reply. If it throws, the call ends with the same exception
   * @return the complete reply
   * @throws RuntimeException any exception of the underlying client
   */
  ChatReply chat(Prompt prompt, Consumer<String> onText);
}
