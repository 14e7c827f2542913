package io.correio.zeromq.io;

import io.correio.zeromq.io.Steward.Selected;
import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketEvent;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.pipe.FrameDecoder;
import io.correio.zeromq.wire.Command;
import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.SubscriptionMessage;
import io.correio.zeromq.wire.ZmtpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One stream connection to a peer: its channel, its handshake, and its octets on the way to and
 * from messages. Owned by the socket's lock; closed by {@link #end}.
 *
 * <pre>
 *   HANDSHAKING (steward alone reads) ──► READY (whoever has the oar reads) ──► ENDED
 *
 *   channel ─► held (a buffer, only while something is in it) ─► decoder ─► pipe
 *   pipe's OutBuffer ─► a buffer ─► channel
 * </pre>
 */
final class Connection implements Selected, FrameDecoder.CommandSink {
  private static final int READS_PER_TURN = 8;

  private final SocketCore core;
  private final SocketChannel channel;
  private final StreamPipe pipe;
  private final String peerAddress;
  private final @Nullable Connector connector;
  private final FrameDecoder decoder;
  private final ConnectionWriter writer;
  private @Nullable Introduction introduction;
  private @Nullable Heartbeat heartbeat;
  private @Nullable ByteBuffer held;
  private @Nullable SelectionKey stewardKey;
  private @Nullable SelectionKey rowerKey;
  private boolean ready;
  private boolean ended;
  private boolean paused;
  private boolean disarmed;
  private boolean decoding;
  private boolean subscriptionCommands;
  private String peerType = "";
  private String version = "";

  /**
   * @param connector who made it and makes the next one; null if it was accepted
   */
  Connection(
      SocketCore core,
      SocketChannel channel,
      StreamPipe pipe,
      String peerAddress,
      @Nullable Connector connector) {
    this.core = core;
    this.channel = channel;
    this.pipe = pipe;
    this.peerAddress = peerAddress;
    this.connector = connector;
    this.writer = new ConnectionWriter(channel, pipe, core.engine().buffers());
    this.decoder = new FrameDecoder(this, Command.HANDSHAKE_LENGTH_MAX);
  }

  /** Steward, with the lock: begins. */
  void start() throws IOException {
    pipe.connection(this);
    stewardKey = channel.register(core.engine().steward().selector(), SelectionKey.OP_READ, this);
    introduction = new Introduction(this);
    urgent(introduction.takeOutput());
    flush();
    long timeout = core.options().get(SocketOption.HANDSHAKE_TIMEOUT).toNanos();
    if (timeout > 0) {
      core.engine().steward().at(timeout, this::onHandshakeTimeout);
    }
  }

  private void onHandshakeTimeout() {
    core.lock();
    try {
      if (!ready && !ended) {
        end("the peer did not finish the handshake within the handshakeTimeout");
      }
    } finally {
      core.unlock();
    }
  }

  @Override
  public void onSelected(SelectionKey key) {
    if (key.isReadable() && ready && core.isRowed()) {
      key.interestOpsAnd(~SelectionKey.OP_READ);
      disarmed = true;
      core.engine().steward().disarm(this);
      if (!key.isWritable()) {
        return;
      }
    }
    core.lock();
    try {
      if (ended) {
        return;
      }
      if (key.isWritable()) {
        key.interestOpsAnd(~SelectionKey.OP_WRITE);
        flush();
        if (writer.isBlocked()) {
          armWrite();
        }
      }
      if (key.isReadable() && !disarmed && !ended) {
        readAhead();
      }
    } finally {
      core.unlock();
    }
  }

  /** Steward: reads what there is, up to the high-water mark. */
  private void readAhead() {
    boolean any = false;
    for (int i = 0; i < READS_PER_TURN && !ended; i++) {
      any |= keepAll();
      if (held != null || ended) {
        break;
      }
      if (!fill()) {
        break;
      }
      any = true;
    }
    if (!ended) {
      any |= keepAll();
      if (held != null) {
        paused = true;
        interest(~SelectionKey.OP_READ, 0);
      }
    }
    if (any && pipe.isAttached()) {
      core.readable(pipe);
    }
  }

  /** Moves messages from the buffer to the pipe, while it takes any. */
  private boolean keepAll() {
    boolean any = false;
    while (held != null && !pipe.isFull()) {
      Message message = next();
      if (message != null) {
        pipe.keep(message);
        any = true;
      }
    }
    return any;
  }

  /** Reads once, if the buffer is empty; says whether something came. */
  boolean fill() {
    if (held != null || ended) {
      return false;
    }
    ByteBuffer buffer = core.engine().buffers().take();
    try {
      int count = channel.read(buffer);
      if (count > 0) {
        held = buffer.flip();
        if (heartbeat != null) {
          heartbeat.heard();
        }
        return true;
      }
      core.engine().buffers().give(buffer);
      if (count < 0) {
        end("the peer closed the connection");
      }
    } catch (IOException e) {
      core.engine().buffers().give(buffer);
      end(String.valueOf(e.getMessage()));
    }
    return false;
  }

  /** The next message of the buffer, or null when it is used up. */
  @Nullable Message next() {
    ByteBuffer buffer = held;
    if (buffer == null || decoding) {
      return null;
    }
    // The end of the handshake attaches the pipe, and that asks for messages.
    decoding = true;
    try {
      while (!ready && buffer.hasRemaining()) {
        Introduction current = introduction;
        if (current == null || !current.consume(buffer)) {
          break;
        }
      }
      Message message = ended ? null : decoder.next(buffer);
      if (message != null && !ready) {
        throw new ZmtpException(
            ZmtpException.Kind.UNEXPECTED, "the peer sent a message before its handshake was done");
      }
      if (!buffer.hasRemaining() || ended) {
        release();
      }
      return message;
    } catch (ZmtpException e) {
      release();
      end(String.valueOf(e.getMessage()));
      return null;
    } finally {
      decoding = false;
    }
  }

  private void release() {
    ByteBuffer buffer = held;
    if (buffer != null) {
      held = null;
      core.engine().buffers().give(buffer);
    }
  }

  @Override
  public void onCommand(byte[] body) throws ZmtpException {
    Introduction current = introduction;
    if (!ready && current != null) {
      current.onCommand(body);
      return;
    }
    switch (Command.decode(body)) {
      case Command.Ping ping -> {
        if (heartbeat != null) {
          heartbeat.onPing(ping);
        }
        command(new Command.Pong(ping.context()).encode());
      }
      case Command.Subscribe subscribe -> subscription(SubscriptionMessage.encode(subscribe));
      case Command.Cancel cancel -> subscription(SubscriptionMessage.encode(cancel));
      case Command.ErrorCommand error ->
          throw new ZmtpException(
              ZmtpException.Kind.UNEXPECTED, "the peer gave up: " + error.reason());
      default -> {
        // Commands that nobody knows are for extensions of others.
      }
    }
  }

  private void subscription(byte[] body) {
    if (core.readsAlways()) {
      pipe.keep(Message.owned(body));
    }
  }

  /** Handshake: octets that go before everything else. */
  void urgent(byte[] octets) {
    writer.urgent(octets);
  }

  /** Appends a command between messages. */
  void command(byte[] body) {
    pipe.out().appendCommand(body);
    core.written(pipe, true);
  }

  void writeSubscription(boolean subscribe, byte[] prefix) {
    if (subscriptionCommands) {
      Command command = subscribe ? new Command.Subscribe(prefix) : new Command.Cancel(prefix);
      pipe.out().appendCommand(command.encode());
    } else {
      pipe.out()
          .appendControl(
              subscribe
                  ? SubscriptionMessage.encode(new Command.Subscribe(prefix))
                  : SubscriptionMessage.encode(new Command.Cancel(prefix)));
    }
  }

  /** Handshake: the peers have agreed. */
  void onReady(Introduction.Agreement agreement) throws ZmtpException {
    peerType = agreement.peer().text(Metadata.SOCKET_TYPE).orElse("");
    version = agreement.version().toString();
    if (!core.type().mayTalkTo(peerType)) {
      throw new ZmtpException(
          ZmtpException.Kind.UNEXPECTED,
          "a %s socket cannot talk to the peer's %s"
              .formatted(core.type(), peerType.isEmpty() ? "unnamed type" : peerType));
    }
    byte[] identity = agreement.peer().get(Metadata.IDENTITY).orElse(new byte[0]);
    if (identity.length > 255 || (identity.length > 0 && identity[0] == 0)) {
      throw new ZmtpException(
          ZmtpException.Kind.MALFORMED, "the peer's routing id is too long or begins with 0");
    }
    pipe.routingId(identity);
    long limit = core.options().get(SocketOption.MAX_MESSAGE_SIZE);
    decoder.limit(limit < 0 ? Long.MAX_VALUE : limit);
    if (!agreement.version().hasMechanisms()) {
      decoder.withoutCommands();
    }
    subscriptionCommands = agreement.version().hasSubscriptionCommands();
    ready = true;
    introduction = null;
    if (agreement.version().hasHeartbeats()) {
      heartbeat = Heartbeat.start(core, this);
    }
    if (connector != null) {
      connector.onReady();
    }
    core.endpoints().ready(this);
  }

  /** Writes what waits, as much as the channel takes. */
  void flush() {
    if (ended) {
      return;
    }
    writer.flush(ready);
    if (writer.isBlocked() && !ready) {
      armWrite();
    }
    if (pipe.starved() && pipe.isHalfEmpty()) {
      pipe.starved(false);
      core.writable(pipe);
    }
  }

  /** Lets the steward write when the channel takes more. */
  void armWrite() {
    interest(-1, SelectionKey.OP_WRITE);
  }

  private void interest(int and, int or) {
    SelectionKey key = stewardKey;
    if (key != null && key.isValid()) {
      key.interestOps((key.interestOps() & and) | or);
      key.selector().wakeup();
    }
  }

  /** The pipe has room again: the steward may read on. */
  void resume() {
    if (paused) {
      paused = false;
      core.engine().steward().execute(this::readOn);
    }
  }

  private void readOn() {
    core.lock();
    try {
      if (!ended && !disarmed) {
        interest(-1, SelectionKey.OP_READ);
        readAhead();
      }
    } finally {
      core.unlock();
    }
  }

  /** Steward: reads again unless the socket is rowed; says whether it is done with that. */
  boolean rearm() {
    if (core.isRowed() && !ended) {
      return false;
    }
    core.lock();
    try {
      disarmed = false;
      if (!ended) {
        if (held != null) {
          readAhead();
        }
        if (!paused) {
          interest(-1, SelectionKey.OP_READ);
        }
      }
      return true;
    } finally {
      core.unlock();
    }
  }

  /** Ends the connection; what was received whole stays to be read. */
  void end(String reason) {
    if (ended) {
      return;
    }
    if (held != null && ready && !decoding) {
      // Ended from outside while messages lie in the buffer.
      ByteBuffer rest = held;
      held = null;
      keepRest(rest);
    }
    ended = true;
    if (!decoding) {
      release();
    }
    Introduction current = introduction;
    if (current != null) {
      current.close();
    }
    if (heartbeat != null) {
      heartbeat.stop();
    }
    writer.close();
    // A channel in a selector is closed for good by the next select.
    SelectionKey key = stewardKey;
    if (key != null) {
      key.selector().wakeup();
    }
    pipe.failed(reason);
    core.event(
        ready ? SocketEvent.Kind.DISCONNECTED : SocketEvent.Kind.HANDSHAKE_FAILED,
        pipe.endpoint(),
        reason);
    core.endpoints().ended(this);
    if (connector != null) {
      connector.lost();
    }
  }

  private void keepRest(ByteBuffer rest) {
    try {
      for (Message message = decoder.next(rest); message != null; message = decoder.next(rest)) {
        pipe.keep(message);
      }
    } catch (ZmtpException e) {
      pipe.failed(String.valueOf(e.getMessage()));
    }
    core.engine().buffers().give(rest);
  }

  SocketCore core() {
    return core;
  }

  StreamPipe pipe() {
    return pipe;
  }

  SocketChannel channel() {
    return channel;
  }

  FrameDecoder decoder() {
    return decoder;
  }

  String peerAddress() {
    return peerAddress;
  }

  String peerType() {
    return peerType;
  }

  String version() {
    return version;
  }

  boolean isReady() {
    return ready && !ended;
  }

  boolean isEnded() {
    return ended;
  }

  boolean isAccepted() {
    return connector == null;
  }

  boolean isBlocked() {
    return writer.isBlocked();
  }

  boolean holds() {
    return held != null;
  }

  boolean isPaused() {
    return paused;
  }

  @Nullable SelectionKey rowerKey() {
    return rowerKey;
  }

  void rowerKey(@Nullable SelectionKey key) {
    rowerKey = key;
  }
}
