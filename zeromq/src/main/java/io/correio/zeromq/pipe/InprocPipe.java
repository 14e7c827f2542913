package io.correio.zeromq.pipe;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketType;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One end of a pipe within the process: message objects go from lock to lock, none is encoded. Each
 * end belongs to its socket; the two share the queues and a few flags.
 *
 * <pre>
 *   socket A ── end ── queue ──► end ── socket B
 *                 ◄──── queue ──
 * </pre>
 */
public final class InprocPipe extends Pipe {
  private final SocketType type;
  private final byte[] ownId;
  private final int sendMark;
  private final int receiveMark;
  private final MessageQueue in;
  private final MessageQueue out;
  private volatile @Nullable InprocPipe other;
  private volatile @Nullable Mailbox owner;
  // Whether the owner knows that there is something to read.
  private volatile boolean announced;
  private volatile boolean waitsForRoom;
  private volatile boolean closed;

  private InprocPipe(
      SocketType type,
      byte[] ownId,
      int sendMark,
      int receiveMark,
      MessageQueue in,
      MessageQueue out) {
    this.type = type;
    this.ownId = ownId;
    this.sendMark = sendMark;
    this.receiveMark = receiveMark;
    this.in = in;
    this.out = out;
  }

  /** The connecting end; {@link #accept} makes the other. */
  public static InprocPipe connect(
      Mailbox owner, SocketType type, byte[] ownId, int sendMark, int receiveMark) {
    InprocPipe pipe =
        new InprocPipe(type, ownId, sendMark, receiveMark, new MessageQueue(), new MessageQueue());
    pipe.owner = owner;
    return pipe;
  }

  /** The bound socket's end of a connecting pipe, which is told. Called once. */
  public InprocPipe accept(
      Mailbox acceptor, SocketType acceptorType, byte[] id, int sendMark, int receiveMark) {
    InprocPipe end = new InprocPipe(acceptorType, id, sendMark, receiveMark, out, in);
    end.owner = acceptor;
    end.other = this;
    end.routingId(ownId);
    other = end;
    acceptor.post(end, Mailbox.Event.ATTACHED);
    Mailbox mine = owner;
    if (mine != null) {
      mine.post(this, Mailbox.Event.ATTACHED);
    }
    return end;
  }

  /** The type of the socket at this end. */
  public SocketType type() {
    return type;
  }

  /** The end at the other side, once there is one. */
  public @Nullable InprocPipe other() {
    return other;
  }

  /** The routing id of the socket at the other side. */
  public byte[] peerId() {
    InprocPipe peer = other;
    return peer == null ? new byte[0] : peer.ownId;
  }

  private boolean full() {
    InprocPipe peer = other;
    if (sendMark == 0 || (peer != null && peer.receiveMark == 0)) {
      return false;
    }
    long limit = (long) sendMark + (peer == null ? 0 : peer.receiveMark);
    return out.unacknowledged() >= limit;
  }

  @Override
  public boolean hasRoom() {
    if (!full()) {
      return true;
    }
    waitsForRoom = true;
    VarHandle.fullFence();
    return !full();
  }

  @Override
  public void write(Message message, boolean owned) {
    out.offer(owned ? message : message.copy());
    announce();
  }

  private void announce() {
    InprocPipe peer = other;
    if (peer != null && !peer.announced) {
      Mailbox mailbox = peer.owner;
      if (mailbox != null) {
        peer.announced = true;
        mailbox.post(peer, Mailbox.Event.READABLE);
      }
    }
  }

  @Override
  public void writeSubscription(boolean subscribe, byte[] prefix) {
    byte[] body = new byte[1 + prefix.length];
    body[0] = (byte) (subscribe ? 1 : 0);
    System.arraycopy(prefix, 0, body, 1, prefix.length);
    write(Message.owned(body), true);
  }

  @Override
  public @Nullable Message read() {
    Message message = in.poll();
    if (message == null) {
      announced = false;
      VarHandle.fullFence();
      message = in.poll();
      if (message == null) {
        acknowledge();
        return null;
      }
      announced = true;
    }
    if (in.owed() > receiveMark / 2) {
      acknowledge();
    }
    return message;
  }

  private void acknowledge() {
    if (in.owed() == 0) {
      return;
    }
    in.acknowledge();
    InprocPipe peer = other;
    if (peer != null && peer.waitsForRoom) {
      peer.waitsForRoom = false;
      Mailbox mailbox = peer.owner;
      if (mailbox != null) {
        mailbox.post(peer, Mailbox.Event.WRITABLE);
      }
    }
  }

  @Override
  public boolean isOpen() {
    InprocPipe peer = other;
    return !closed && (peer == null || !peer.closed);
  }

  /** Whether the other side is gone. */
  public boolean peerClosed() {
    InprocPipe peer = other;
    return peer != null && peer.closed;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    owner = null;
    InprocPipe peer = other;
    Mailbox mailbox = peer == null ? null : peer.owner;
    if (peer != null && mailbox != null) {
      mailbox.post(peer, Mailbox.Event.CLOSED);
    }
  }

  /** How many messages were written to the other side. */
  public long written() {
    return out.written();
  }

  /** How many messages were read. */
  public long messagesRead() {
    return in.read();
  }

  /** How many messages the other side has not read, as far as known. */
  public int pending() {
    return (int) Math.min(Integer.MAX_VALUE, out.unacknowledged());
  }
}
