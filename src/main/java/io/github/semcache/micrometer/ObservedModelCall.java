package io.github.semcache.micrometer;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ModelObserver;
import io.github.semcache.chat.NamedFailure;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.Propagator;
import io.micrometer.observation.transport.SenderContext;
import java.util.Locale;

/** One call of a model as an observation. */
record ObservedModelCall(Observation observation) implements ModelObserver.Call {
  /** The span is a client's; its trace travels with the HTTP request that the client sends. */
  private static final Propagator.Setter<Object> UNSENT = (carrier, key, value) -> {};

  // All of these are set whatever comes, because a meter's tags must always be the same.
  private static final String RESPONSE_MODEL = "gen_ai.response.model";
  private static final String FINISH_REASONS = "gen_ai.response.finish_reasons";
  private static final String ERROR_TYPE = "error.type";

  static ObservedModelCall begin(String provider, String model, ObservationRegistry registry) {
    return new ObservedModelCall(
        Observation.createNotStarted(
                "gen_ai.client.operation", () -> new SenderContext<>(UNSENT, Kind.CLIENT), registry)
            .contextualName("chat " + model)
            .lowCardinalityKeyValue("gen_ai.operation.name", "chat")
            .lowCardinalityKeyValue("gen_ai.provider.name", provider)
            .lowCardinalityKeyValue("gen_ai.request.model", model)
            .lowCardinalityKeyValue(RESPONSE_MODEL, KeyValue.NONE_VALUE)
            .lowCardinalityKeyValue(FINISH_REASONS, KeyValue.NONE_VALUE)
            .lowCardinalityKeyValue(ERROR_TYPE, KeyValue.NONE_VALUE)
            .start());
  }

  @Override
  public ModelObserver.Scope open() {
    Observation.Scope scope = observation.openScope();
    return scope::close;
  }

  @Override
  public void answered(ChatReply reply) {
    reply.model().ifPresent(model -> observation.lowCardinalityKeyValue(RESPONSE_MODEL, model));
    observation.lowCardinalityKeyValue(
        FINISH_REASONS, reply.finishReason().name().toLowerCase(Locale.ROOT));
    reply
        .usage()
        .ifPresent(
            usage ->
                observation
                    .highCardinalityKeyValue(
                        "gen_ai.usage.input_tokens", Long.toString(usage.inputTokens()))
                    .highCardinalityKeyValue(
                        "gen_ai.usage.output_tokens", Long.toString(usage.outputTokens())));
    observation.stop();
  }

  @Override
  public void failed(Throwable failure) {
    observation.lowCardinalityKeyValue(
        ERROR_TYPE,
        failure instanceof NamedFailure named ? named.failureName() : failure.getClass().getName());
    observation.error(failure);
    observation.stop();
  }

  @Override
  public void abandoned() {
    observation.stop();
  }
}
