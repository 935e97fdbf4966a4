package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.internal.json.AnswerCheck;
import java.util.List;
import java.util.Set;

/** The format of the requests, answers, and streams of one API. Implementations are thread-safe. */
interface ModelApi {

  /** Returns the last segments of the path of its requests. */
  List<String> pathSuffix();

  /** Returns the request fields that affect the delivery of the answer but not its content. */
  Set<String> deliveryFields();

  /** Returns the {@link #deliveryFields} that are repeated in the answer. */
  Set<String> echoedFields();

  /** Returns the {@link #echoedFields} that are also repeated in streams. */
  Set<String> streamedEchoedFields();

  /** Returns the field that contains the messages, or the text of the only message. */
  String messagesField();

  /** Returns the {@code type} of message parts that are text. */
  String textType();

  /**
   * Returns whether the answer to a request depends on state of the service that may change, or is
   * not contained in its response.
   */
  boolean dependsOnState(ObjectNode body);

  /** Returns whether the service stores the answer to a request under the id of the answer. */
  boolean isStoredByService(ObjectNode body);

  /** Returns the prefix of the ids that hits have if {@link #isStoredByService} is possible. */
  String idPrefix();

  /** Returns what a request says about a complete answer. */
  AnswerCheck check(ObjectNode body);

  /** Returns whether streams contain the token usage even if the request does not ask for it. */
  boolean alwaysStreamsUsage();

  /**
   * Parses a complete answer.
   *
   * @param answer the answer in the format of this API
   * @param check what the request says about the answer
   * @return the reply, without a payload
   * @throws RuntimeException if the answer does not have the format of this API
   */
  ChatReply parseReply(ObjectNode answer, AnswerCheck check);

  /**
   * Creates an answer in the format of this API, for entries without a usable payload.
   *
   * @param reply the reply
   * @return the answer
   */
  ObjectNode createAnswer(ChatReply reply);

  /**
   * Converts an answer to a stream.
   *
   * @param answer the answer in the format of this API
   * @param includeUsage whether the request asks for the token usage
   * @return the server-sent events
   */
  String toStream(ObjectNode answer, boolean includeUsage);

  /** Returns an accumulator for the events of one stream. */
  AnswerAccumulator newAccumulator();
}
