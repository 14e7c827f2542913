package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.pipe.Pipe;
import org.jspecify.annotations.Nullable;

/** PAIR (RFC 31): one peer; whoever comes while there is one is turned away. */
final class Pair extends Pattern {
  private final FairQueue in = new FairQueue();
  private @Nullable Pipe peer;

  Pair() {
    super(SocketType.PAIR);
  }

  @Override
  public void attach(Pipe pipe) {
    if (peer != null && !samePipe(peer, pipe)) {
      pipe.close();
      return;
    }
    peer = pipe;
    in.readable(pipe);
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean samePipe(Pipe one, Pipe other) {
    return one == other;
  }

  @Override
  public void readable(Pipe pipe) {
    if (peer == null || samePipe(peer, pipe)) {
      in.readable(pipe);
    }
  }

  @Override
  public void closed(Pipe pipe) {
    if (peer != null && samePipe(peer, pipe)) {
      peer = null;
      in.readable(pipe);
    }
  }

  @Override
  public boolean trySend(Message message, boolean owned) {
    if (!canSend() || peer == null) {
      return false;
    }
    peer.write(message, owned);
    return true;
  }

  @Override
  public @Nullable Message tryReceive() {
    return in.next();
  }

  @Override
  public boolean canSend() {
    if (peer == null) {
      return false;
    }
    boolean room = peer.hasRoom();
    if (!room) {
      peer.starved(true);
    }
    return room;
  }

  @Override
  public boolean sendsBeforeHandshake() {
    return true;
  }
}
