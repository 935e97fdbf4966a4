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
 * Takes out of a stream of chat completions what it has only because it was asked for its usage:
 * the last chunk, which has no choices, and the usage of null in all others. All other bytes pass
 * as they are. Used by one thread at a time.
 */
final class UsageFilter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String USAGE = "usage";
  private static final byte[] NOTHING = {};

  private boolean afterReturn;
  private boolean afterDropped;

  /** What is left of an event. */
  byte[] visible(byte[] raw, Optional<String> data) {
    int start = afterReturn && raw.length > 0 && raw[0] == '\n' ? 1 : 0;
    byte[] ofLast = afterDropped ? NOTHING : Arrays.copyOf(raw, start);
    byte[] visible = visible(Arrays.copyOfRange(raw, start, raw.length), data.orElse(""));
    afterReturn = raw.length > 0 && raw[raw.length - 1] == '\r';
    afterDropped = visible.length == 0;
    byte[] all = Arrays.copyOf(ofLast, ofLast.length + visible.length);
    System.arraycopy(visible, 0, all, ofLast.length, visible.length);
    return all;
  }

  private static byte[] visible(byte[] event, String data) {
    if (!data.contains(USAGE)) {
      return event;
    }
    try {
      ObjectNode chunk = Json.object(data);
      if (isLast(chunk)) {
        return NOTHING;
      }
      return chunk.path(USAGE).isNull() ? withoutUsage(event, data) : event;
    } catch (IOException e) {
      return event;
    }
  }

  private static boolean isLast(ObjectNode chunk) {
    return chunk.path(USAGE).isObject()
        && chunk.path("choices").isArray()
        && chunk.path("choices").isEmpty();
  }

  /** The event without that field, if its data stands in one line. */
  private static byte[] withoutUsage(byte[] event, String data) throws IOException {
    byte[] json = data.getBytes(UTF_8);
    int start = indexOf(event, json);
    if (start < 0) {
      return event;
    }
    int[] cut = cut(json);
    ByteArrayOutputStream rest = new ByteArrayOutputStream(event.length);
    rest.write(event, 0, start + cut[0]);
    rest.write(event, start + cut[1], event.length - start - cut[1]);
    return rest.toByteArray();
  }

  /** Where the field begins and ends, with the comma that parts it from its neighbor. */
  private static int[] cut(byte[] json) throws IOException {
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      int before = end(parser);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isUsage = USAGE.equals(parser.currentName());
        boolean isFirst = json[before - 1] == '{';
        int begin = (int) parser.currentTokenLocation().getByteOffset();
        parser.nextToken();
        parser.skipChildren();
        int end = end(parser);
        if (isUsage) {
          return isFirst ? new int[] {begin, next(parser, end)} : new int[] {before, end};
        }
        before = end;
      }
      throw new IOException("the field is not there");
    }
  }

  /** Where the token ends; of a text the parser has not seen the end yet. */
  private static int end(JsonParser parser) throws IOException {
    parser.finishToken();
    return (int) parser.currentLocation().getByteOffset();
  }

  /** Where the next field begins, or the end of the only one. */
  private static int next(JsonParser parser, int end) throws IOException {
    return parser.nextToken() == JsonToken.FIELD_NAME
        ? (int) parser.currentTokenLocation().getByteOffset()
        : end;
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
