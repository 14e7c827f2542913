package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.pipe.Pipe;
import org.jspecify.annotations.Nullable;

/** PULL (RFC 30): from all peers, fairly. */
final class Pull extends Pattern {
  private final FairQueue in = new FairQueue();

  Pull() {
    super(SocketType.PULL);
  }

  @Override
  public void attach(Pipe pipe) {
    in.readable(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    in.readable(pipe);
  }

  @Override
  public void closed(Pipe pipe) {
    in.readable(pipe);
  }

  @Override
  public boolean trySend(Message message, boolean owned) {
    throw unsupported("send");
  }

  @Override
  public @Nullable Message tryReceive() {
    return in.next();
  }

  @Override
  public boolean canSend() {
    return false;
  }
}
