package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.pipe.Pipe;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SUB and XSUB (RFC 29): from all peers, fairly, what was subscribed to. Publishers are told of the
 * first subscription to a prefix and the last cancellation; whoever connects is told of all. XSUB
 * subscribes by sending a message of 1 or 0 and the prefix; other messages go to all publishers.
 */
final class XSub extends Pattern {
  private final FairQueue in = new FairQueue();
  private final List<Pipe> peers = new ArrayList<>();
  private final PrefixTrie<XSub> filter = new PrefixTrie<>();
  private final Map<ByteBuffer, Integer> counts = new HashMap<>();

  XSub(SocketType type) {
    super(type);
  }

  @Override
  public void attach(Pipe pipe) {
    peers.add(pipe);
    in.readable(pipe);
  }

  @Override
  @SuppressWarnings("ByteBufferBackingArray") // Each key wraps a whole array.
  public void ready(Pipe pipe) {
    for (ByteBuffer prefix : counts.keySet()) {
      pipe.writeSubscription(true, prefix.array());
    }
  }

  @Override
  public void readable(Pipe pipe) {
    in.readable(pipe);
  }

  @Override
  public void closed(Pipe pipe) {
    peers.remove(pipe);
    in.readable(pipe);
  }

  @Override
  public void subscribe(byte[] prefix) {
    if (type() != SocketType.SUB) {
      throw unsupported("subscribe by this call: it sends a message of 1 and the prefix");
    }
    change(true, prefix.clone());
  }

  @Override
  public void unsubscribe(byte[] prefix) {
    if (type() != SocketType.SUB) {
      throw unsupported("unsubscribe by this call: it sends a message of 0 and the prefix");
    }
    change(false, prefix.clone());
  }

  private void change(boolean subscribe, byte[] prefix) {
    ByteBuffer key = ByteBuffer.wrap(prefix);
    int before = counts.getOrDefault(key, 0);
    int after = before + (subscribe ? 1 : -1);
    if (after < 0) {
      return;
    }
    if (after == 0) {
      counts.remove(key);
      filter.remove(prefix, this);
    } else {
      counts.put(key, after);
      filter.add(prefix, this);
    }
    if (before == 0 || after == 0) {
      for (Pipe pipe : peers) {
        pipe.writeSubscription(subscribe, prefix);
      }
    }
  }

  @Override
  public boolean trySend(Message message, boolean owned) {
    if (type() == SocketType.SUB) {
      throw unsupported("send");
    }
    byte[] body = message.bytes();
    if (message.size() == 1 && body.length > 0 && (body[0] == 0 || body[0] == 1)) {
      change(body[0] == 1, Arrays.copyOfRange(body, 1, body.length));
      return true;
    }
    for (Pipe pipe : peers) {
      if (pipe.hasRoom()) {
        pipe.write(message, owned);
      }
    }
    return true;
  }

  @Override
  public @Nullable Message tryReceive() {
    for (Message message = in.next(); message != null; message = in.next()) {
      if (filter.matches(message.bytes())) {
        return message;
      }
    }
    return null;
  }

  @Override
  public boolean canSend() {
    return type() == SocketType.XSUB;
  }

  @Override
  public boolean isLockStep() {
    return true;
  }
}
