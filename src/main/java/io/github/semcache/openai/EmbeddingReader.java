package io.github.semcache.openai;

import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingValue;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the response to an embedding request.
 *
 * @param space the vector space of the model
 */
record EmbeddingReader(EmbeddingSpace space) {

  /**
   * Reads the vectors.
   *
   * @param response the response
   * @param count the number of texts in the request
   * @return one embedding for each text, in the order of the texts
   * @throws EmbedderException if the response contains another number of vectors, a vector of
   *     another dimension, or a component that is not finite
   * @throws com.openai.errors.OpenAIInvalidDataException if the response has an unexpected
   *     structure
   */
  List<Embedding> read(CreateEmbeddingResponse response, int count) {
    List<com.openai.models.embeddings.Embedding> data = response.data();
    float[][] vectors = new float[data.size()][];
    for (int i = 0; i < vectors.length; i++) {
      int index = index(data.get(i), i, vectors.length);
      if (vectors[index] != null) {
        throw invalid("two vectors with index " + index);
      }
      vectors[index] = components(data.get(i).embeddingValue());
    }
    return space.embeddings(List.of(vectors), count);
  }

  /** Returns the index of the text. Some services omit it and return vectors in request order. */
  private int index(com.openai.models.embeddings.Embedding item, int position, int vectors) {
    long index = item._index().isMissing() ? position : item.index();
    if (index < 0 || index >= vectors) {
      throw invalid("a vector with index " + index + "; the number of vectors is " + vectors);
    }
    return (int) index;
  }

  private float[] components(EmbeddingValue value) {
    if (value.isBase64()) {
      return decode(value.asBase64());
    }
    if (value.isFloats()) {
      return unbox(value.asFloats());
    }
    throw invalid("a vector that is neither base64 nor an array of numbers");
  }

  private float[] decode(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw invalid("a vector that is not valid base64");
    }
    if (bytes.length % Float.BYTES != 0) {
      throw invalid("a vector of " + bytes.length + " bytes, not a multiple of " + Float.BYTES);
    }
    float[] components = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(components);
    return components;
  }

  /** Supports services that return numbers although base64 was requested. */
  private float[] unbox(List<? extends @Nullable Float> numbers) {
    float[] components = new float[numbers.size()];
    for (int i = 0; i < components.length; i++) {
      Float number = numbers.get(i);
      if (number == null) {
        throw invalid("a vector whose component " + i + " is null");
      }
      components[i] = number;
    }
    return components;
  }

  private EmbedderException invalid(String what) {
    return new EmbedderException("model " + space.modelId() + " returned " + what);
  }
}
