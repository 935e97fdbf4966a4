package io.github.semcache.openai.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Removes the token usage from a stream of chat completions: the last chunk, which has the usage
 * but no choices, and the field {@code "usage": null} of all other chunks. All other bytes are
 * preserved. Used by one thread at a time.
 */
final class UsageFilter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String USAGE = "usage";
  private static final byte[] NOTHING = {};

  private boolean afterCarriageReturn;
  private boolean afterRemovedEvent;

  /**
   * Removes the usage from an event.
   *
   * @param raw the bytes of the event, as {@link SseParser} returns them
   * @param data the data of the event
   * @return the bytes that remain
   */
  byte[] filter(byte[] raw, Optional<String> data) {
    int start = afterCarriageReturn && raw.length > 0 && raw[0] == '\n' ? 1 : 0;
    byte[] endOfPrevious = afterRemovedEvent ? NOTHING : Arrays.copyOf(raw, start);
    byte[] event = filter(Arrays.copyOfRange(raw, start, raw.length), data.orElse(""));
    afterCarriageReturn = raw.length > 0 && raw[raw.length - 1] == '\r';
    afterRemovedEvent = event.length == 0;
    byte[] filtered = Arrays.copyOf(endOfPrevious, endOfPrevious.length + event.length);
    System.arraycopy(event, 0, filtered, endOfPrevious.length, event.length);
    return filtered;
  }

  private static byte[] filter(byte[] event, String data) {
    if (!data.contains(USAGE)) {
      return event;
    }
    try {
      ObjectNode chunk = OpenAiJson.parseObject(data);
      if (isUsageChunk(chunk)) {
        return NOTHING;
      }
      return chunk.path(USAGE).isNull() ? withoutUsage(event, data) : event;
    } catch (IOException e) {
      // The accumulator parses the same data and reports the failure.
      return event;
    }
  }

  private static boolean isUsageChunk(ObjectNode chunk) {
    return chunk.path(USAGE).isObject()
        && chunk.path("choices").isArray()
        && chunk.path("choices").isEmpty();
  }

  /** Removes the field from an event. Does nothing if the data is split into several lines. */
  private static byte[] withoutUsage(byte[] event, String data) throws IOException {
    byte[] json = data.getBytes(UTF_8);
    int start = indexOf(event, json);
    if (start < 0) {
      return event;
    }
    Range usage = usageField(json);
    ByteArrayOutputStream rest = new ByteArrayOutputStream(event.length);
    rest.write(event, 0, start + usage.from());
    rest.write(event, start + usage.to(), event.length - start - usage.to());
    return rest.toByteArray();
  }

  /** A range of bytes, from inclusive, to exclusive. */
  private record Range(int from, int to) {}

  /** Returns the range of the field and of the comma that separates it from its neighbor. */
  private static Range usageField(byte[] json) throws IOException {
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      int endOfPrevious = endOfToken(parser);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isUsage = USAGE.equals(parser.currentName());
        boolean isFirst = json[endOfPrevious - 1] == '{';
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.nextToken();
        parser.skipChildren();
        int end = endOfToken(parser);
        if (isUsage) {
          return isFirst
              ? new Range(start, startOfNextField(parser, end))
              : new Range(endOfPrevious, end);
        }
        endOfPrevious = end;
      }
      throw new IOException("the field usage is missing");
    }
  }

  /** Finishes the token first, because the parser reads the end of a string lazily. */
  private static int endOfToken(JsonParser parser) throws IOException {
    parser.finishToken();
    return (int) parser.currentLocation().getByteOffset();
  }

  private static int startOfNextField(JsonParser parser, int endOfField) throws IOException {
    return parser.nextToken() == JsonToken.FIELD_NAME
        ? (int) parser.currentTokenLocation().getByteOffset()
        : endOfField;
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }
}
