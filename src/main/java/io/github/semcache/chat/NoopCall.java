package io.github.semcache.chat;

/** The calls of {@link ModelObserver#none}. */
record NoopCall() implements ModelObserver.Call {

  @Override
  public ModelObserver.Scope open() {
    return () -> {};
  }

  @Override
  public void answered(ChatReply reply) {}

  @Override
  public void failed(Throwable failure) {}

  @Override
  public void abandoned() {}
}
