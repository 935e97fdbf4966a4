package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.QuestionFinder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One of the service's ways to ask a model: what its requests, answers and streams look like. */
interface ModelApi {

  /** The last segments of its path. */
  List<String> path();

  /** The fields of a request that shape how the answer is delivered, but not what it says. */
  Set<String> deliveryFields();

  /** Those of the {@link #deliveryFields} that the answer repeats as the request has them. */
  Set<String> echoedFields();

  /** Those of the {@link #echoedFields} that its streams repeat too. */
  Set<String> streamedEchoes();

  /** Whether its streams tell their usage though they are not asked for it. */
  boolean streamsTellUsage();

  /**
   * Takes a request apart.
   *
   * @param body the request's body without its {@link #deliveryFields}; is changed
   * @param finder finds the question in the texts that ask
   * @return empty if the request cannot be answered from a cache
   */
  Optional<Question> question(ObjectNode body, QuestionFinder finder);

  /**
   * Reads a whole answer. The reply has no payload.
   *
   * @throws RuntimeException if it is no answer
   */
  ChatReply reply(ObjectNode answer);

  /** An answer of which only the text is known, in the form that the service gives it. */
  ObjectNode answer(ChatReply reply);

  /**
   * The stream that gives an answer, in the format of server-sent events.
   *
   * @param includeUsage whether the request asks for the usage
   */
  String stream(ObjectNode answer, boolean includeUsage);

  /** Begins to put an answer together from its stream. */
  Assembly assembly();

  /** Puts the events of one stream together. Used by one thread at a time. */
  interface Assembly {

    /**
     * Takes the data of the next event.
     *
     * @param data what follows {@code data:}
     * @return the whole answer if this was the terminal marker, which no event follows
     * @throws IOException if the event is not as it should be
     */
    Optional<ObjectNode> accept(String data) throws IOException;
  }
}
