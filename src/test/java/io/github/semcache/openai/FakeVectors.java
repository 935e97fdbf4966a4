package io.github.semcache.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A fake embedding model that counts words. Texts with the same words have a small distance. All
 * others have a large distance, unless {@link #sameMeaning} is set for them.
 */
public final class FakeVectors {
  private final Map<String, String> meanings = new ConcurrentHashMap<>();
  private volatile int dimension = 1536;
  private volatile boolean numbersOnly;

  FakeVectors() {}

  void sameMeaning(String text, String as) {
    meanings.put(text, as);
  }

  void dimension(int dimension) {
    this.dimension = dimension;
  }

  void numbersOnly() {
    this.numbersOnly = true;
  }

  FakeReply reply() {
    return (request, exchange) -> {
      JsonNode body = request.body();
      boolean base64 = !numbersOnly && body.path("encoding_format").asText().equals("base64");
      int length = body.path("dimensions").asInt(dimension);
      ObjectNode reply = list();
      for (JsonNode text : body.path("input")) {
        add(reply, vector(text.asText(), length), base64);
      }
      reply.set("model", body.path("model"));
      reply.putObject("usage").put("prompt_tokens", 1).put("total_tokens", 1);
      FakeReply.json(200, reply).send(request, exchange);
    };
  }

  /** Returns a reply with the given vectors in base64. */
  public static FakeReply vectors(float[]... vectors) {
    ObjectNode reply = list();
    for (float[] vector : vectors) {
      add(reply, vector, true);
    }
    reply.put("model", "scripted");
    reply.putObject("usage").put("prompt_tokens", 1).put("total_tokens", 1);
    return FakeReply.json(200, reply);
  }

  /** Returns the unit vector of a text. */
  public float[] vector(String text, int length) {
    float[] vector = bagOfWords(text, length);
    String meaning = meanings.get(text);
    if (meaning != null) {
      float[] other = bagOfWords(meaning, length);
      for (int i = 0; i < length; i++) {
        vector[i] = 0.4f * vector[i] + 0.9f * other[i];
      }
    }
    return normalized(vector);
  }

  private static float[] bagOfWords(String text, int length) {
    float[] vector = new float[length];
    for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
      vector[Math.floorMod(word.hashCode() * 0x9E3779B9, length)] += 1;
    }
    return normalized(vector);
  }

  private static float[] normalized(float[] vector) {
    double squares = 0;
    for (float component : vector) {
      squares += component * component;
    }
    float norm = (float) Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= norm;
    }
    return vector;
  }

  private static ObjectNode list() {
    ObjectNode reply = JsonNodeFactory.instance.objectNode().put("object", "list");
    reply.putArray("data");
    return reply;
  }

  private static void add(ObjectNode reply, float[] vector, boolean base64) {
    ArrayNode data = reply.withArray("data");
    ObjectNode item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
    if (base64) {
      item.put("embedding", base64(vector));
      return;
    }
    ArrayNode numbers = item.putArray("embedding");
    for (float component : vector) {
      numbers.add(component);
    }
  }

  /** Returns the base64 encoding of little-endian 32-bit floats. */
  public static String base64(float... vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
