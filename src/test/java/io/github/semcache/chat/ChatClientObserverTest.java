package io.github.semcache.chat;

import static io.github.semcache.testing.Nulls.absent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatClientObserverTest {
  private final List<String> events = new ArrayList<>();

  private final ChatClient.Observer recording =
      model -> {
        events.add("begin " + model);
        return new RecordingCall();
      };

  private static ChatClient.Observer.Call fail() {
    throw new IllegalStateException("for the test");
  }

  @Test
  void actionRunsWithinAScope() {
    String result = recording.begin("m").run(() -> events.add("run") ? "result" : "");

    assertThat(result).isEqualTo("result");
    assertThat(events).containsExactly("begin m", "open", "run", "close");
  }

  @Test
  void scopeOfAFailedActionIsClosedAndTheCallIsNotEnded() {
    assertThatThrownBy(() -> recording.begin("m").run(ChatClientObserverTest::fail))
        .isInstanceOf(IllegalStateException.class);

    assertThat(events).containsExactly("begin m", "open", "close");
  }

  @Test
  void isolatedObserverPassesOnTheFirstEndOnly() {
    ChatClient.Observer.Call call = recording.isolated().begin("m");
    call.run(() -> "result");
    call.answered(ChatReply.of("Paris"));
    call.failed(new IllegalStateException("for the test"));
    call.abandoned();

    assertThat(events).containsExactly("begin m", "open", "close", "answered");
  }

  @Test
  void isolatedObserverReplacesACallThatCannotBegin() {
    for (ChatClient.Observer broken :
        List.<ChatClient.Observer>of(model -> fail(), model -> absent(), model -> linkageError())) {
      ChatClient.Observer.Call call = broken.isolated().begin("m");

      assertThat(call.<String>run(() -> "result")).isEqualTo("result");
      assertThatCode(() -> call.answered(ChatReply.of("Paris"))).doesNotThrowAnyException();
    }
  }

  private static ChatClient.Observer.Call linkageError() {
    throw new NoClassDefFoundError("for the test");
  }

  @Test
  void exceptionsOfACallDoNotReachTheCaller() {
    ChatClient.Observer broken =
        model ->
            new ChatClient.Observer.Call() {
              @Override
              public ChatClient.Observer.Scope open() {
                return () -> fail();
              }

              @Override
              public void answered(ChatReply reply) {
                fail();
              }

              @Override
              public void failed(Throwable failure) {
                fail();
              }

              @Override
              public void abandoned() {
                fail();
              }
            };

    assertThat(broken.isolated().begin("m").<String>run(() -> "result")).isEqualTo("result");
    assertThatCode(() -> broken.isolated().begin("m").answered(ChatReply.of("Paris")))
        .doesNotThrowAnyException();
    assertThatCode(() -> broken.isolated().begin("m").failed(new IllegalStateException("down")))
        .doesNotThrowAnyException();
    assertThatCode(() -> broken.isolated().begin("m").abandoned()).doesNotThrowAnyException();
  }

  @Test
  void noneObservesNothing() {
    ChatClient.Observer.Call call = ChatClient.Observer.none().begin("m");

    assertThat(call.<String>run(() -> "result")).isEqualTo("result");
    assertThatCode(call::abandoned).doesNotThrowAnyException();
  }

  private final class RecordingCall implements ChatClient.Observer.Call {
    @Override
    public ChatClient.Observer.Scope open() {
      events.add("open");
      return () -> events.add("close");
    }

    @Override
    public void answered(ChatReply reply) {
      events.add("answered");
    }

    @Override
    public void failed(Throwable failure) {
      events.add("failed");
    }

    @Override
    public void abandoned() {
      events.add("abandoned");
    }
  }
}
