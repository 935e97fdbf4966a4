package io.github.semcache.openai;

import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A blocking call of openai-java. */
final class OpenAiCall {

  private OpenAiCall() {}

  /**
   * Runs a call. Its exceptions pass as they are, but for one: a thread that is interrupted between
   * two attempts gets an {@link InterruptedException} that openai-java does not declare. Nor does
   * openai-java say that it returns null for the JSON null.
   *
   * @throws OpenAIInvalidDataException if the reply is the JSON null
   * @throws OpenAIIoException if the thread was interrupted between two attempts; its interrupt
   *     flag is set
   */
  static <T> T run(Supplier<@Nullable T> call) {
    try {
      @Nullable T reply = call.get();
      if (reply == null) {
        throw new OpenAIInvalidDataException("Reply is null");
      }
      return reply;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new OpenAIIoException("Request interrupted", e);
    }
  }
}
