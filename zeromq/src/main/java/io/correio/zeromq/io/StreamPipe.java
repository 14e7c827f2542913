package io.correio.zeromq.io;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.pipe.OutBuffer;
import io.correio.zeromq.pipe.Pipe;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The pipe to a peer behind a stream connection. One that was connected outlives its connections;
 * one that was accepted ends with its only one. Owned by the socket's lock.
 */
final class StreamPipe extends Pipe {
  private final SocketCore core;
  private final String endpoint;
  private final int sendMark;
  private final int sendOctets;
  private final int receiveMark;
  private final int receiveOctets;
  private final OutBuffer out = new OutBuffer();
  private final ArrayDeque<Message> inbound = new ArrayDeque<>();
  private long inboundOctets;
  private @Nullable Connection connection;
  private boolean open = true;
  private boolean dirty;
  private boolean attached;
  private long sent;
  private long received;
  private long reconnects;
  private String lastError = "";

  StreamPipe(SocketCore core, String endpoint) {
    this.core = core;
    this.endpoint = endpoint;
    this.sendMark = core.options().get(SocketOption.SEND_HIGH_WATER_MARK);
    this.sendOctets = core.options().get(SocketOption.SEND_BUFFER_BYTES);
    this.receiveMark = core.options().get(SocketOption.RECEIVE_HIGH_WATER_MARK);
    this.receiveOctets = core.options().get(SocketOption.RECEIVE_BUFFER_BYTES);
  }

  private boolean belowMark() {
    return (sendMark == 0 || out.messages() < sendMark) && out.bytes() < sendOctets;
  }

  @Override
  public boolean hasRoom() {
    if (belowMark() || core.isConflating()) {
      return true;
    }
    Connection current = connection;
    if (current != null && !current.isBlocked()) {
      current.flush();
    }
    return belowMark();
  }

  /** Whether a sender that waited may go on: half of the mark is written. */
  boolean isHalfEmpty() {
    return (sendMark == 0 || out.messages() <= sendMark / 2) && out.bytes() <= sendOctets / 2;
  }

  @Override
  public void write(Message message, boolean owned) {
    if (!open) {
      return;
    }
    if (core.isConflating()) {
      out.keepNewest();
    }
    boolean first = out.isEmpty();
    out.append(message, owned);
    sent++;
    core.written(this, first);
    if (!owned) {
      out.copyBorrowed();
    }
  }

  @Override
  public void writeSubscription(boolean subscribe, byte[] prefix) {
    Connection current = connection;
    if (current != null && current.isReady()) {
      current.writeSubscription(subscribe, prefix);
      core.written(this, true);
    }
  }

  @Override
  public @Nullable Message read() {
    Message message = inbound.poll();
    if (message != null) {
      inboundOctets -= message.length();
      Connection current = connection;
      if (current != null && inbound.size() <= receiveMark / 2) {
        current.resume();
      }
    } else {
      Connection current = connection;
      message = current == null ? null : current.next();
      if (!inbound.isEmpty()) {
        // A subscription lay before it in the buffer.
        if (message != null) {
          keep(message);
        }
        message = inbound.remove();
        inboundOctets -= message.length();
      }
      if (message == null) {
        return null;
      }
    }
    received++;
    return message;
  }

  /** Keeps a message until it is read. */
  void keep(Message message) {
    if (core.isConflating()) {
      inbound.clear();
      inboundOctets = 0;
    }
    inbound.add(message);
    inboundOctets += message.length();
  }

  /** Whether no more may be kept. */
  boolean isFull() {
    return (receiveMark > 0 && inbound.size() >= receiveMark) || inboundOctets >= receiveOctets;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    Connection current = connection;
    if (current != null) {
      current.end("closed by this socket");
    }
  }

  /** Nothing can be sent any more. */
  void markClosed() {
    open = false;
  }

  OutBuffer out() {
    return out;
  }

  String endpoint() {
    return endpoint;
  }

  @Nullable Connection connection() {
    return connection;
  }

  void connection(@Nullable Connection made) {
    connection = made;
  }

  boolean isDirty() {
    return dirty;
  }

  void dirty(boolean value) {
    dirty = value;
  }

  boolean isAttached() {
    return attached;
  }

  void attached(boolean value) {
    attached = value;
  }

  void countReconnect() {
    reconnects++;
  }

  void failed(String reason) {
    lastError = reason;
  }

  long sent() {
    return sent;
  }

  long received() {
    return received;
  }

  long reconnects() {
    return reconnects;
  }

  String lastError() {
    return lastError;
  }
}
