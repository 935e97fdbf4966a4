package io.github.semcache.learning;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The binary format of training examples. */
final class TrainingExampleCodec {
  private static final int FORMAT = 1;
  private static final int MAX_WORDS = 10_000;

  private TrainingExampleCodec() {}

  /** The content of a snapshot: examples, and the time before which examples were dropped. */
  record Content(List<TrainingExample> examples, long droppedBefore) {}

  static byte[] encode(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(FORMAT);
      out.writeInt(Features.COUNT);
      out.writeLong(content.droppedBefore);
      out.writeInt(content.examples.size());
      for (TrainingExample example : content.examples) {
        write(out, example);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, TrainingExample example) throws IOException {
    out.writeLong(example.id());
    out.writeLong(example.at());
    out.writeLong(example.group());
    out.writeBoolean(example.wrong());
    out.writeFloat(example.weight());
    for (float feature : example.features()) {
      out.writeFloat(feature);
    }
    out.writeInt(example.words().length);
    for (int word : example.words()) {
      out.writeInt(word);
    }
  }

  /**
   * Decodes the result of {@link #encode}.
   *
   * @throws IllegalArgumentException if the bytes have another format
   */
  static Content decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      require(in.readInt() == FORMAT && in.readInt() == Features.COUNT, "another format");
      long droppedBefore = in.readLong();
      int count = in.readInt();
      require(count >= 0, "a negative number of examples");
      List<TrainingExample> examples = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        examples.add(read(in));
      }
      require(in.read() < 0, "trailing bytes");
      return new Content(examples, droppedBefore);
    } catch (IOException e) {
      throw new IllegalArgumentException("the snapshot ends too early", e);
    }
  }

  private static TrainingExample read(DataInputStream in) throws IOException {
    long id = in.readLong();
    long at = in.readLong();
    long group = in.readLong();
    boolean wrong = in.readBoolean();
    float weight = in.readFloat();
    require(
        weight == 0 || (weight >= 1 && weight < Float.POSITIVE_INFINITY),
        "a weight outside its bounds");
    float[] features = new float[Features.COUNT];
    for (int k = 0; k < features.length; k++) {
      features[k] = in.readFloat();
      require(Float.isFinite(features[k]), "a feature that is not finite");
    }
    int[] words = new int[wordCount(in.readInt())];
    for (int k = 0; k < words.length; k++) {
      words[k] = in.readInt();
    }
    return new TrainingExample(id, at, features, words, group, wrong, weight);
  }

  private static int wordCount(int count) {
    require(count >= 0 && count <= MAX_WORDS, "a number of words outside its bounds");
    return count;
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException("the snapshot has " + problem);
    }
  }
}
