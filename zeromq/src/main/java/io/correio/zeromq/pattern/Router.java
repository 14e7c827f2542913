package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.Options;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.model.ZeroMqException;
import io.correio.zeromq.model.ZeroMqException.Kind;
import io.correio.zeromq.pipe.Pipe;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * ROUTER (RFC 28): to the peer that the first frame names; from all, fairly, with the sender's name
 * in front. A peer without a name gets one: 0 and four octets. A message to nobody, or to a peer
 * without room, is dropped unless {@link SocketOption#ROUTER_MANDATORY} is set.
 */
final class Router extends Pattern {
  private final FairQueue in = new FairQueue();
  private final Map<ByteBuffer, Pipe> table = new HashMap<>();
  private final Options options;
  private int nextId = ThreadLocalRandom.current().nextInt();

  Router(Options options) {
    super(SocketType.ROUTER);
    this.options = options;
  }

  @Override
  public void attach(Pipe pipe) {
    if (pipe.routingId().length == 0) {
      pipe.routingId(generated());
    }
    ByteBuffer key = ByteBuffer.wrap(pipe.routingId());
    Pipe holder = table.get(key);
    if (holder != null) {
      if (!options.get(SocketOption.ROUTER_HANDOVER)) {
        // The newcomer is ignored: it stays connected, and nobody hears it.
        return;
      }
      table.remove(key);
      holder.close();
    }
    table.put(key, pipe);
    if (options.get(SocketOption.PROBE_ROUTER)) {
      pipe.write(Message.owned(new byte[0]), true);
    }
    in.readable(pipe);
  }

  private byte[] generated() {
    return ByteBuffer.allocate(5).putInt(1, nextId++).array();
  }

  @SuppressWarnings("ReferenceEquality")
  private boolean isKnown(Pipe pipe) {
    return table.get(ByteBuffer.wrap(pipe.routingId())) == pipe;
  }

  @Override
  public void readable(Pipe pipe) {
    if (isKnown(pipe)) {
      in.readable(pipe);
    }
  }

  @Override
  public void closed(Pipe pipe) {
    if (isKnown(pipe)) {
      in.readable(pipe);
      table.remove(ByteBuffer.wrap(pipe.routingId()));
    }
  }

  @Override
  public boolean trySend(Message message, boolean owned) {
    if (message.size() < 2) {
      throw new IllegalArgumentException(
          "a message to a ROUTER has the peer's routing id as its first frame, and a second");
    }
    boolean mandatory = options.get(SocketOption.ROUTER_MANDATORY);
    Pipe pipe = table.get(ByteBuffer.wrap(message.frame(0)));
    if (pipe == null || !pipe.isOpen()) {
      if (mandatory) {
        throw new ZeroMqException(
            Kind.UNREACHABLE,
            "no peer has the routing id "
                + HexFormat.of().formatHex(message.frame(0))
                + ": it has not connected yet, or has gone");
      }
      return true;
    }
    if (!pipe.hasRoom()) {
      pipe.starved(true);
      return !mandatory;
    }
    pipe.write(message.skip(1), owned);
    return true;
  }

  @Override
  public @Nullable Message tryReceive() {
    Message message = in.next();
    Pipe from = in.last();
    return message == null || from == null ? null : message.prepend(from.routingId().clone());
  }

  @Override
  public boolean canSend() {
    return true;
  }
}
