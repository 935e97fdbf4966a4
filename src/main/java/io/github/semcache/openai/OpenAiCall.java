package io.github.semcache.openai;

import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs blocking calls of openai-java. */
final class OpenAiCall {

  private OpenAiCall() {}

  /**
   * Runs a call and handles two cases that openai-java does not declare: it throws a checked {@link
   * InterruptedException} if the thread is interrupted between two attempts, and it returns null if
   * the response is the JSON literal {@code null}. Other exceptions are thrown unchanged.
   *
   * @param <T> the type of the response
   * @param call the call
   * @return the response
   * @throws OpenAIInvalidDataException if the response is null
   * @throws OpenAIIoException if the thread was interrupted between two attempts; its interrupt
   *     flag is set
   */
  static <T> T run(Supplier<@Nullable T> call) {
    try {
      @Nullable T response = call.get();
      if (response == null) {
        throw new OpenAIInvalidDataException("Response is null");
      }
      return response;
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
