package io.github.semcache.openai;

import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingValue;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the reply to an embedding request. */
record EmbeddingReader(String model, int dimension) {

  /**
   * Reads the vectors.
   *
   * @return one embedding for each text, in the order of the texts
   * @throws EmbedderException if the reply holds another number of vectors, a vector of another
   *     length, or a component that is not finite
   * @throws com.openai.errors.OpenAIInvalidDataException if the reply has another shape
   */
  List<Embedding> read(CreateEmbeddingResponse response, int texts) {
    List<com.openai.models.embeddings.Embedding> data = response.data();
    if (data.size() != texts) {
      throw unusable(data.size() + " vectors for " + texts + " texts");
    }
    Embedding[] embeddings = new Embedding[texts];
    for (int i = 0; i < texts; i++) {
      int index = index(data.get(i), i, texts);
      if (embeddings[index] != null) {
        throw unusable("two vectors with the index " + index);
      }
      embeddings[index] = embedding(data.get(i).embeddingValue());
    }
    return List.of(embeddings);
  }

  /** Some services leave the index out; their vectors come in the order of the texts. */
  private int index(com.openai.models.embeddings.Embedding item, int position, int texts) {
    long index = item._index().isMissing() ? position : item.index();
    if (index < 0 || index >= texts) {
      throw unusable("a vector with the index " + index + " for " + texts + " texts");
    }
    return (int) index;
  }

  private Embedding embedding(EmbeddingValue value) {
    float[] components = components(value);
    if (components.length != dimension) {
      throw unusable("a vector of " + components.length + " components in place of " + dimension);
    }
    try {
      return Embedding.of(components);
    } catch (IllegalArgumentException e) {
      throw unusable("a vector that cannot be used: " + e.getMessage());
    }
  }

  private float[] components(EmbeddingValue value) {
    if (value.isBase64()) {
      return decode(value.asBase64());
    }
    if (value.isFloats()) {
      return unbox(value.asFloats());
    }
    throw unusable("a vector that is neither base64 nor an array of numbers");
  }

  private float[] decode(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw unusable("a vector that is not valid base64");
    }
    if (bytes.length % Float.BYTES != 0) {
      throw unusable("a vector of " + bytes.length + " bytes; a component has " + Float.BYTES);
    }
    float[] components = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(components);
    return components;
  }

  /** For services that answer with numbers although base64 was asked for. */
  private float[] unbox(List<? extends @Nullable Float> numbers) {
    float[] components = new float[numbers.size()];
    for (int i = 0; i < components.length; i++) {
      Float number = numbers.get(i);
      if (number == null) {
        throw unusable("a vector without the component " + i);
      }
      components[i] = number;
    }
    return components;
  }

  private EmbedderException unusable(String what) {
    return new EmbedderException("model " + model + " gave " + what);
  }
}
