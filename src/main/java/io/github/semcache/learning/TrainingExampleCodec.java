package io.github.semcache.learning;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Judged decisions as bytes. */
final class TrainingExampleCodec {
  private static final int FORMAT = 1;
  private static final int MAX_WORDS = 10_000;

  private TrainingExampleCodec() {}

  /** What was read: cases, and the time before which cases are no longer wanted. */
  record Content(List<TrainingExample> cases, long forgottenBefore) {}

  static byte[] encode(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(FORMAT);
      out.writeInt(Features.COUNT);
      out.writeLong(content.forgottenBefore);
      out.writeInt(content.cases.size());
      for (TrainingExample judged : content.cases) {
        write(out, judged);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, TrainingExample judged) throws IOException {
    out.writeLong(judged.id());
    out.writeLong(judged.at());
    out.writeLong(judged.group());
    out.writeBoolean(judged.wrong());
    out.writeFloat(judged.weight());
    for (float feature : judged.features()) {
      out.writeFloat(feature);
    }
    out.writeInt(judged.words().length);
    for (int word : judged.words()) {
      out.writeInt(word);
    }
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Content decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      require(in.readInt() == FORMAT && in.readInt() == Features.COUNT, "another format");
      long forgottenBefore = in.readLong();
      int count = in.readInt();
      require(count >= 0, "a negative number of cases");
      List<TrainingExample> cases = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        cases.add(read(in));
      }
      require(in.read() < 0, "more than the cases");
      return new Content(cases, forgottenBefore);
    } catch (IOException e) {
      throw new IllegalArgumentException("the learned state ends too early", e);
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
      throw new IllegalArgumentException("the learned state has " + problem);
    }
  }
}
