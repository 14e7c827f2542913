package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.Options;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.pipe.Pipe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * PUB and XPUB (RFC 29): to every peer that subscribed to a prefix of the first frame. A peer
 * without room misses the message, unless {@link SocketOption#XPUB_NO_DROP} is set. XPUB gives its
 * user what changes in the subscriptions as messages: 1 or 0, then the prefix.
 */
final class XPub extends Pattern {
  /** The most octets of prefixes that one peer may have subscribed to; it is cut off beyond. */
  static final int PREFIX_OCTETS_MAX = 16 << 20;

  /** The most notices that wait for XPUB's user; then peers' further ones wait unread. */
  static final int NOTICES_MAX = 65_536;

  private final Options options;
  private final PrefixTrie<Pipe> subscriptions = new PrefixTrie<>();
  private final Map<Pipe, Integer> peers = new LinkedHashMap<>();
  private final ArrayDeque<Message> notices = new ArrayDeque<>();
  private final ArrayDeque<Pipe> unread = new ArrayDeque<>();
  private final List<Pipe> matched = new ArrayList<>();
  private final Consumer<Pipe> collect;
  private long number;

  XPub(SocketType type, Options options) {
    super(type);
    this.options = options;
    this.collect = this::collect;
  }

  private void collect(Pipe pipe) {
    if (pipe.mark() != number) {
      pipe.mark(number);
      matched.add(pipe);
    }
  }

  @Override
  public void attach(Pipe pipe) {
    peers.put(pipe, 0);
    readable(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    if (!peers.containsKey(pipe)) {
      return;
    }
    while (notices.size() < NOTICES_MAX) {
      Message message = pipe.read();
      if (message == null) {
        return;
      }
      take(pipe, message);
    }
    if (!pipe.queued()) {
      pipe.queued(true);
      unread.add(pipe);
    }
  }

  private void take(Pipe pipe, Message message) {
    byte[] body = message.bytes();
    if (message.size() > 1 || body.length == 0 || body[0] < 0 || body[0] > 1) {
      if (type() == SocketType.XPUB) {
        notices.add(message);
      }
      return;
    }
    byte[] prefix = Arrays.copyOfRange(body, 1, body.length);
    boolean verboser = options.get(SocketOption.XPUB_VERBOSER);
    if (body[0] == 1) {
      int before = subscriptions.add(prefix, pipe);
      if (before >= 0 && exceeds(pipe, prefix.length)) {
        pipe.close();
        return;
      }
      notice(message, before == 0 || verboser || options.get(SocketOption.XPUB_VERBOSE));
      byte[] welcome = options.get(SocketOption.XPUB_WELCOME_MESSAGE);
      if (welcome.length > 0 && before >= 0 && pipe.hasRoom()) {
        pipe.write(Message.owned(welcome), false);
      }
    } else {
      int left = subscriptions.remove(prefix, pipe);
      if (left >= 0) {
        peers.merge(pipe, -prefix.length - 1, Integer::sum);
        notice(message, left == 0 || verboser);
      }
    }
  }

  private boolean exceeds(Pipe pipe, int octets) {
    return peers.merge(pipe, octets + 1, Integer::sum) > PREFIX_OCTETS_MAX;
  }

  private void notice(Message message, boolean wanted) {
    if (wanted && type() == SocketType.XPUB) {
      notices.add(message);
    }
  }

  @Override
  public void closed(Pipe pipe) {
    if (peers.remove(pipe) != null) {
      subscriptions.removeAll(
          pipe,
          (prefix, left) -> {
            byte[] body = new byte[prefix.length + 1];
            System.arraycopy(prefix, 0, body, 1, prefix.length);
            notice(Message.owned(body), left == 0 && notices.size() < NOTICES_MAX);
          });
    }
  }

  @Override
  public boolean trySend(Message message, boolean owned) {
    number++;
    matched.clear();
    subscriptions.match(message.bytes(), collect);
    if (matched.isEmpty()) {
      return true;
    }
    if (options.get(SocketOption.XPUB_NO_DROP) && !allHaveRoom()) {
      return false;
    }
    boolean share = owned;
    Message sent = message;
    if (!owned && matched.size() > 1) {
      sent = message.copy();
      share = true;
    }
    for (int i = 0; i < matched.size(); i++) {
      Pipe pipe = matched.get(i);
      if (pipe.hasRoom()) {
        pipe.write(sent, share);
      }
    }
    return true;
  }

  private boolean allHaveRoom() {
    for (Pipe pipe : matched) {
      if (!pipe.hasRoom()) {
        pipe.starved(true);
        return false;
      }
    }
    return true;
  }

  @Override
  public @Nullable Message tryReceive() {
    Message notice = notices.poll();
    while (notices.size() < NOTICES_MAX / 2 && !unread.isEmpty()) {
      Pipe pipe = unread.remove();
      pipe.queued(false);
      readable(pipe);
    }
    return notice;
  }

  @Override
  public void checkReceive() {
    if (type() == SocketType.PUB) {
      throw unsupported("receive");
    }
  }

  @Override
  public boolean canSend() {
    return true;
  }

  @Override
  public boolean readsAlways() {
    return true;
  }
}
