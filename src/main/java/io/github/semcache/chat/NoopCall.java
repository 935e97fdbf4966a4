package io.github.semcache.chat;

/** The calls of {@link ChatClient.Observer#none}. */
record NoopCall() implements ChatClient.Observer.Call {

  @Override
  public ChatClient.Observer.Scope open() {
    return () -> {};
  }

  @Override
  public void answered(ChatReply reply) {}

  @Override
  public void failed(Throwable failure) {}

  @Override
  public void abandoned() {}
}
