package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.pipe.Pipe;
import org.jspecify.annotations.Nullable;

/** PUSH (RFC 30): to the peers in turn; waits while none has room, never drops. */
final class Push extends Pattern {
  private final LoadBalancer out = new LoadBalancer();

  Push() {
    super(SocketType.PUSH);
  }

  @Override
  public void attach(Pipe pipe) {
    out.attach(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    // A peer that sends to a PUSH breaks the pattern: what it says is dropped.
    Message unwanted = pipe.read();
    while (unwanted != null) {
      unwanted = pipe.read();
    }
  }

  @Override
  public void closed(Pipe pipe) {
    out.closed(pipe);
  }

  @Override
  public boolean trySend(Message message, boolean owned) {
    Pipe pipe = out.next();
    if (pipe == null) {
      return false;
    }
    pipe.write(message, owned);
    return true;
  }

  @Override
  public @Nullable Message tryReceive() {
    return null;
  }

  @Override
  public void checkReceive() {
    throw unsupported("receive");
  }

  @Override
  public boolean canSend() {
    return out.hasRoom();
  }

  @Override
  public boolean readsAlways() {
    return true;
  }

  @Override
  public boolean sendsBeforeHandshake() {
    return true;
  }
}
