package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.pipe.Pipe;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * REP (RFC 28): a request from the peers in turn, then the reply to that peer.
 *
 * <pre>
 *               request given to the user                    send
 *   LISTENING ─────────────────────────────► ANSWERING(peer) ────► LISTENING
 *
 *   on the wire   envelope… [empty] body…      the envelope is put before the reply
 * </pre>
 */
final class Rep extends Pattern {
  private final FairQueue in = new FairQueue();
  private boolean answering;
  private @Nullable Pipe asker;
  private List<byte[]> envelope = List.of();

  Rep() {
    super(SocketType.REP);
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
  @SuppressWarnings("ReferenceEquality")
  public void closed(Pipe pipe) {
    if (pipe == asker) {
      asker = null;
    }
    in.readable(pipe);
  }

  @Override
  public boolean trySend(Message message, boolean owned) {
    if (!answering) {
      throw wrongState("there is no request to answer: receive one first");
    }
    answering = false;
    Pipe pipe = asker;
    // A requester that is gone, or does not read its replies, gets none.
    if (pipe != null && pipe.isOpen() && pipe.hasRoom()) {
      List<byte[]> frames = new ArrayList<>(envelope);
      for (int i = 0; i < message.size(); i++) {
        frames.add(message.frame(i));
      }
      pipe.write(Message.owned(frames), owned);
    }
    asker = null;
    return true;
  }

  @Override
  public @Nullable Message tryReceive() {
    for (Message message = in.next(); message != null; message = in.next()) {
      for (int i = 0; i < message.size() - 1; i++) {
        if (message.frame(i).length == 0) {
          envelope = message.frames().subList(0, i + 1);
          asker = in.last();
          return message.skip(i + 1);
        }
      }
    }
    return null;
  }

  @Override
  public void received() {
    answering = true;
  }

  @Override
  public void checkReceive() {
    if (answering) {
      throw wrongState("the last request has no reply yet: send it first");
    }
  }

  @Override
  public boolean canSend() {
    return answering;
  }

  @Override
  public boolean isLockStep() {
    return true;
  }
}
