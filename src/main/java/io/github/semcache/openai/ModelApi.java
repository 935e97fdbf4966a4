package io.github.semcache.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.chat.ChatReply;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One of the service's ways to ask a model: what its requests, answers and streams look like. */
interface ModelApi {

  /** The last segments of its path. */
  List<String> path();

  /**
   * Takes a request apart.
   *
   * @param body the request's body, which is changed
   * @return empty if the request cannot be answered from a cache
   */
  Optional<Question> question(ObjectNode body);

  /**
   * Reads a whole answer; the payload of the reply is the answer itself.
   *
   * @throws RuntimeException if it is no answer
   */
  ChatReply reply(ObjectNode answer);

  /** An answer of which only the text is known, in the form of {@link #reply}'s payload. */
  ObjectNode answer(ChatReply reply);

  /** The stream that gives an answer, in the format of server-sent events. */
  String stream(ObjectNode answer, ObjectNode request);

  /** Begins to put an answer together from its stream. */
  Assembly assembly();

  /** Puts the events of one stream together. Used by one thread at a time. */
  interface Assembly {

    /**
     * Takes the data of the next event.
     *
     * @return the whole answer if this was the terminal marker, which no event follows
     * @throws IOException if the event is not as it should be
     */
    Optional<ObjectNode> accept(String data) throws IOException;
  }
}
