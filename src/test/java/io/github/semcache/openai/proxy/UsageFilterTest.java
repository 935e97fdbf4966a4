package io.github.semcache.openai.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the removal of the token usage from a stream. */
class UsageFilterTest {
  private final List<Throwable> failures = new ArrayList<>();

  private static final String LAST = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5}}";

  /** Filters a stream in pieces of the given number of bytes. */
  private String filtered(String stream, int piece) {
    StreamAssembler assembler = new StreamAssembler(new ChatCompletionsApi(), true, failures::add);
    ByteArrayOutputStream filtered = new ByteArrayOutputStream();
    byte[] bytes = stream.getBytes(UTF_8);
    for (int i = 0; i < bytes.length; i += piece) {
      int length = Math.min(piece, bytes.length - i);
      byte[] chunk = new byte[piece];
      System.arraycopy(bytes, i, chunk, 0, length);
      filtered.writeBytes(assembler.add(chunk, length));
    }
    filtered.writeBytes(assembler.add(new byte[0], -1));
    return filtered.toString(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 4096})
  void onlyTheUsageIsRemoved(int piece) {
    String before = "data: {\"id\":\"ü 🗼\",\"choices\":[{\"delta\":{\"content\":\"usage\"}}]";
    String other = ": keep-alive\n\nid: 7\nevent: chunk\ndata: {broken usage\n\n";

    assertThat(
            filtered(
                before
                    + ",\"usage\":null , \"n\" : 1.50}\n\n"
                    + other
                    + LAST
                    + "\n\ndata: [DONE]\n\n: after usage",
                piece))
        .isEqualTo(before + " , \"n\" : 1.50}\n\n" + other + "data: [DONE]\n\n: after usage");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"usage\":null,\"id\":\"x\"}|{\"id\":\"x\"}",
        "{ \"usage\" : null , \"id\":\"x\"}|{ \"id\":\"x\"}",
        "{\"usage\":null}|{}",
        "{\"id\":\"x\" , \"usage\":null}|{\"id\":\"x\"}",
        "{\"a\":{\"usage\":null},\"usage\":null}|{\"a\":{\"usage\":null}}",
        "{\"a\":{\"usage\":null}}|{\"a\":{\"usage\":null}}",
        "{\"choices\":[],\"usage\":null}|{\"choices\":[]}",
        "{\"choices\":[1],\"usage\":{}}|{\"choices\":[1],\"usage\":{}}",
        "{\"choices\":[],\"x\":\"usage\"}|{\"choices\":[],\"x\":\"usage\"}"
      })
  void onlyTheTopLevelUsageIsRemoved(String chunk, String expected) {
    assertThat(filtered("data:" + chunk + "\n\n", 4096)).isEqualTo("data:" + expected + "\n\n");
  }

  @Test
  void carriageReturnsOfTheUsageChunkAreRemoved() {
    assertThat(filtered("data: {}\r\n\r\n" + LAST + "\r\n\r\ndata: [DONE]\r\n\r\n", 5))
        .isEqualTo("data: {}\r\n\r\ndata: [DONE]\r\n\r\n");
  }

  @Test
  void incompleteEventIsForwardedIfTheStreamEndsOrFails() {
    assertThat(filtered("data: {\"id\":", 4096)).isEqualTo("data: {\"id\":");

    StreamAssembler failing = new StreamAssembler(new ChatCompletionsApi(), true, failures::add);
    assertThat(failing.add("data: {\"id".getBytes(UTF_8), 10)).isEmpty();
    assertThat(new String(failing.takePending(), UTF_8)).isEqualTo("data: {\"id");
  }

  @Test
  void requestedUsageIsNotRemoved() {
    StreamAssembler assembler = new StreamAssembler(new ChatCompletionsApi(), false, failures::add);
    byte[] bytes = (LAST + "\n\ndata: [DO").getBytes(UTF_8);

    assertThat(assembler.add(bytes, bytes.length)).isEqualTo(bytes);
  }
}
