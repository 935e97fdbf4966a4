package io.github.semcache.langchain4j;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes an ONNX model, a protocol buffer whose fields are defined in {@code onnx.proto3} of
 * https://github.com/onnx/onnx.
 */
final class TinyOnnxModel {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private TinyOnnxModel() {}

  /**
   * Returns a cross-encoder whose logit is a bias minus the absolute difference of the sums of the
   * token numbers of both texts.
   */
  static byte[] tokenDifference(float bias) {
    Message graph =
        new Message()
            .message(1, cast("input_ids", "ids"))
            .message(1, cast("attention_mask", "mask"))
            .message(1, cast("token_type_ids", "types"))
            .message(1, node("Mul", "doubled", "types", "two"))
            .message(1, node("Sub", "signs", "doubled", "one"))
            .message(1, node("Mul", "read", "ids", "mask"))
            .message(1, node("Mul", "signed", "read", "signs"))
            .message(1, sum("signed", "difference"))
            .message(1, node("Abs", "absolute", "difference"))
            .message(1, node("Sub", "logits", "bias", "absolute"))
            .text(2, "token-difference")
            .message(5, constant("one", 1))
            .message(5, constant("two", 2))
            .message(5, constant("bias", bias))
            .message(11, value("input_ids", INT64))
            .message(11, value("attention_mask", INT64))
            .message(11, value("token_type_ids", INT64))
            .message(12, value("logits", FLOAT));
    return new Message()
        .number(1, 7)
        .message(7, graph)
        .message(8, new Message().text(1, "").number(2, 11))
        .bytes();
  }

  private static Message node(String operator, String output, String... inputs) {
    Message node = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operator);
  }

  private static Message cast(String input, String output) {
    return node("Cast", output, input)
        .message(5, new Message().text(1, "to").number(3, FLOAT).number(20, 2));
  }

  private static Message sum(String input, String output) {
    return node("ReduceSum", output, input)
        .message(5, new Message().text(1, "axes").number(8, 1).number(20, 7));
  }

  private static Message constant(String name, float value) {
    byte[] data = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array();
    return new Message().number(2, FLOAT).text(8, name).raw(9, data);
  }

  /** Describes a matrix with a row for each pair. */
  private static Message value(String name, int elementType) {
    Message shape =
        new Message()
            .message(1, new Message().text(2, name + " rows"))
            .message(1, new Message().text(2, name + " columns"));
    Message tensor = new Message().number(1, elementType).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** A message of a protocol buffer. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message text(int field, String value) {
      return raw(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return raw(field, value.bytes());
    }

    Message raw(int field, byte[] value) {
      varint((long) field << 3 | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    private void varint(long value) {
      long rest = value;
      while (rest > 127) {
        out.write((int) ((rest & 127) | 128));
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
