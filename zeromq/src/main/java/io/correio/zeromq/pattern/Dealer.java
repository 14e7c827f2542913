package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.Options;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.pipe.Pipe;
import org.jspecify.annotations.Nullable;

/** DEALER (RFC 28): to the peers in turn, waiting while none has room; from all, fairly. */
final class Dealer extends Pattern {
  private final FairQueue in = new FairQueue();
  private final LoadBalancer out = new LoadBalancer();
  private final Options options;

  Dealer(Options options) {
    super(SocketType.DEALER);
    this.options = options;
  }

  @Override
  public void attach(Pipe pipe) {
    if (options.get(SocketOption.PROBE_ROUTER)) {
      pipe.write(Message.owned(new byte[0]), true);
    }
    out.attach(pipe);
    in.readable(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    in.readable(pipe);
  }

  @Override
  public void closed(Pipe pipe) {
    out.closed(pipe);
    in.readable(pipe);
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
    return in.next();
  }

  @Override
  public boolean canSend() {
    return out.hasRoom();
  }

  @Override
  public boolean sendsBeforeHandshake() {
    return true;
  }
}
