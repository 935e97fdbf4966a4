package io.github.semcache.chat;

import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.function.Function;

/**
 * Asks a language model.
 *
 * <p>Implementations are safe for use by many threads at once; {@link #chat} blocks until the
 * answer is whole.
 */
public interface ChatClient {

  /**
   * Asks the model.
   *
   * @param prompt the text with its system text and earlier messages
   * @return what the model replied
   * @throws RuntimeException whatever the model's client throws; it reaches the cache's caller as
   *     it is, and nothing is stored
   */
  ChatReply chat(Prompt prompt);

  /**
   * What shapes the answers besides the prompt: the model's name, the temperature and so on. It is
   * part of the {@linkplain io.github.semcache.prompt.Scope scope}: an answer given under other
   * settings is not reused. Does not block.
   *
   * @return names and values
   */
  Map<String, String> settings();

  /**
   * Makes a client of a function that answers with a text.
   *
   * @param model the model's name
   * @param function from a prompt to the text of the answer; called from many threads at once
   * @return a client whose replies are complete and tell no token usage
   */
  static ChatClient of(String model, Function<Prompt, String> function) {
    return new FunctionChatClient(model, function);
  }
}
