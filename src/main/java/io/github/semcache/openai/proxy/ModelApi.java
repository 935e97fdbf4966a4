package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.chat.ChatReply;
import java.util.List;
import java.util.Optional;
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

  /** Returns whether streams contain the token usage even if the request does not ask for it. */
  boolean alwaysStreamsUsage();

  /**
   * Splits a request into the question and the rest.
   *
   * @param body the request body without the {@link #deliveryFields}, which is modified
   * @param extractor extracts the question from the messages
   * @return the split request; empty if the request cannot be answered from a cache
   */
  Optional<ExtractedQuestion> extractQuestion(ObjectNode body, QuestionExtractor extractor);

  /**
   * Parses a complete answer.
   *
   * @param answer the answer in the format of this API
   * @return the reply, without a payload
   * @throws RuntimeException if the answer does not have the format of this API
   */
  ChatReply parseReply(ObjectNode answer);

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
