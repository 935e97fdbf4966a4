package io.github.semcache.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;

/** Writes JSON in ASCII, because the encoding of standard output is not known. */
final class JsonOutput {
  private static final ObjectWriter WRITER =
      JsonMapper.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build()
          .writerWithDefaultPrettyPrinter();

  private JsonOutput() {}

  static void print(PrintWriter out, Object value) {
    try {
      out.println(WRITER.writeValueAsString(value));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new AssertionError("maps of numbers and strings are serializable", e);
    }
  }
}
