package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.Options;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.model.ZeroMqException;
import io.correio.zeromq.model.ZeroMqException.Kind;
import io.correio.zeromq.pipe.Pipe;
import org.jspecify.annotations.Nullable;

/**
 * What a socket type does. Everything is called under the socket's lock.
 *
 * <pre>
 *   attach ─► ready (each time a handshake is done) ─► readable, writable … ─► closed
 * </pre>
 */
public abstract class Pattern {
  private final SocketType type;

  Pattern(SocketType type) {
    this.type = type;
  }

  /** The pattern of a type, which reads its options whenever it needs them. */
  public static Pattern of(SocketType type, Options options) {
    return switch (type) {
      case REQ -> new Req(options);
      case REP -> new Rep();
      case DEALER -> new Dealer(options);
      case ROUTER -> new Router(options);
      case PUB, XPUB -> new XPub(type, options);
      case SUB, XSUB -> new XSub(type);
      case PUSH -> new Push();
      case PULL -> new Pull();
      case PAIR -> new Pair();
    };
  }

  /** The socket's type. */
  public final SocketType type() {
    return type;
  }

  /** There is a peer. */
  public abstract void attach(Pipe pipe);

  /** The peer's handshake is done, for the first time or again. */
  public void ready(Pipe pipe) {}

  /** There may be something to read. */
  public abstract void readable(Pipe pipe);

  /** The peer is gone; what it wrote may still be read. */
  public abstract void closed(Pipe pipe);

  /**
   * Takes a message, or drops it where the type does.
   *
   * @return false if it has to wait
   * @throws ZeroMqException if the state or the type does not allow it
   */
  public abstract boolean trySend(Message message, boolean owned);

  /** The next message, or null. Changes no state of request and reply: see {@link #received}. */
  public abstract @Nullable Message tryReceive();

  /** The last message of {@link #tryReceive} was given to the user. */
  public void received() {}

  /**
   * Whether receiving is allowed now.
   *
   * @throws ZeroMqException if the state or the type does not allow it
   */
  public void checkReceive() {}

  /** Whether a message would be taken now. */
  public abstract boolean canSend();

  /** Whether messages are written at once, because an answer is waited for. */
  public boolean isLockStep() {
    return false;
  }

  /** Whether what peers write is read as it comes, though nobody receives. */
  public boolean readsAlways() {
    return false;
  }

  /** Whether messages are sent to a peer that has been connected to before it answers. */
  public boolean sendsBeforeHandshake() {
    return false;
  }

  /**
   * Adds a subscription; only SUB has them.
   *
   * @throws ZeroMqException for any other type
   */
  public void subscribe(byte[] prefix) {
    throw unsupported("subscribe");
  }

  /**
   * Takes back one subscription; nothing happens if there is none.
   *
   * @throws ZeroMqException for any other type than SUB
   */
  public void unsubscribe(byte[] prefix) {
    throw unsupported("unsubscribe");
  }

  final ZeroMqException unsupported(String call) {
    return new ZeroMqException(Kind.UNSUPPORTED, "a " + type + " socket cannot " + call);
  }

  final ZeroMqException wrongState(String message) {
    return new ZeroMqException(Kind.STATE, type + ": " + message);
  }
}
