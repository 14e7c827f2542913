package io.correio.server.front.amqp10;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Performatives;
import io.correio.amqp.v10.peer.ScriptedPeer;
import io.correio.core.identity.Identities;
import io.correio.core.identity.Permission;
import io.correio.core.identity.User;
import io.correio.core.identity.VirtualHostDefinition;
import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Address;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Reply;
import io.correio.server.auth.SaslMechanisms;
import io.correio.server.front.Hosts;
import io.correio.server.front.amqp091.FakeShard;
import io.correio.server.front.amqp091.FakeWire;
import io.correio.server.front.content.Amqp10FormatException;
import io.correio.server.front.content.Amqp10Message;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A peer and the session it talks to, on one thread: nothing happens but what a test says, and all
 * of it before the call returns.
 */
final class SteppedPeer extends ScriptedPeer {

  static final Amqp10Limits LIMITS =
      new Amqp10Limits(
          "server", 100, 131_072, 20_000, 16 << 20, 100, 1_000, 64 << 20, 16 << 20, 1_000, true,
          true, "4.0.0", 5_000);

  final FakeWire wire = new FakeWire();
  final FakeShard shard = new FakeShard();
  final Amqp10Session session;
  private final Identities identities =
      Identities.EMPTY
          .with(new User("guest", "", Set.of()))
          .with(new VirtualHostDefinition("/", 0))
          .with(new Permission("guest", "/", ".*", ".*", ".*"));
  private ByteBuffer unread = ByteBuffer.allocate(0);
  private ByteBuffer received = ByteBuffer.allocate(0);
  private long nowMillis = 1_000_000;

  SteppedPeer(Amqp10Limits limits) {
    Hosts hosts =
        new Hosts() {
          @Override
          public @Nullable VirtualHost virtualHost(String name) {
            return name.equals("/") ? new VirtualHost(name, shard) : null;
          }

          @Override
          public Identities identities() {
            return identities;
          }

          @Override
          public long newConnectionId() {
            return 1;
          }
        };
    session =
        (Amqp10Session)
            new Amqp10Front(
                    hosts,
                    (user, password, loopback, decided) -> {
                      throw new AssertionError("nobody logs in here");
                    },
                    SaslMechanisms.ofPasswords(),
                    limits,
                    "1",
                    new AtomicLong(),
                    new LinkNames())
                .open(wire);
  }

  /** With a session on channel 0. */
  static SteppedPeer begun() throws IOException {
    return begun(LIMITS);
  }

  static SteppedPeer begun(Amqp10Limits limits) throws IOException {
    SteppedPeer peer = new SteppedPeer(limits);
    peer.open(Performatives.open("peer"));
    peer.shard.next(Command.Connect.class);
    peer.begin(0);
    return peer;
  }

  /** Peers on this machine may do without. */
  @Override
  public void login(String user, String password) throws IOException {
    send(header());
    assertThat(read(8)).isEqualTo(header());
  }

  @Override
  protected void write(byte[] bytes) {
    ByteBuffer joined = ByteBuffer.allocate(unread.remaining() + bytes.length);
    unread = joined.put(unread).put(bytes).flip();
    step();
  }

  @Override
  protected byte[] read(int length) throws IOException {
    collect();
    if (received.remaining() < length) {
      if (wire.closed != null) {
        throw new EOFException(wire.closed);
      }
      throw new AssertionError("the session has said no more");
    }
    byte[] bytes = new byte[length];
    received.get(bytes);
    return bytes;
  }

  private void collect() {
    ByteBuffer fresh = wire.takeWritten();
    ByteBuffer joined = ByteBuffer.allocate(received.remaining() + fresh.remaining());
    received = joined.put(received).put(fresh).flip();
  }

  /** Nothing was said that was not looked at. */
  void assertSilent() {
    collect();
    assertThat(received.remaining()).as("bytes that nobody expected").isZero();
  }

  private void step() {
    boolean busy = true;
    while (busy) {
      wire.runTasks();
      busy = wire.woken;
      if (wire.woken) {
        wire.woken = false;
        session.onWake();
      }
      if (wire.reading && unread.hasRemaining() && wire.closed == null) {
        int before = unread.remaining();
        session.onRead(unread);
        busy |= unread.remaining() < before;
      }
    }
  }

  void emit(Effect... effects) {
    shard.emit(effects);
    step();
  }

  void done(long request) {
    emit(new Effect.Replied(request, new Reply.Done()));
  }

  void tick(int seconds) {
    for (int i = 0; i < seconds; i++) {
      nowMillis += 1_000;
      session.onTick(nowMillis);
      step();
    }
  }

  // ---- short cuts ----------------------------------------------------------------------------

  /** A link for receiving from queue q, with handle 0; returns the consumer's number. */
  long receiving(Composite attach) throws IOException {
    send(0, attach);
    Command.Subscribe subscribe = shard.skipTo(Command.Subscribe.class);
    done(subscribe.request());
    expectFrame(io.correio.amqp.v10.peer.Kind.ATTACH);
    return subscribe.consumer();
  }

  long receiving() throws IOException {
    return receiving(Performatives.receiver("link", 0, "q"));
  }

  static Effect.Delivered delivered(long consumer, long sequence) {
    return delivered(consumer, sequence, "message " + sequence);
  }

  static Effect.Delivered delivered(long consumer, long sequence, String text) {
    byte[] bytes = message(text);
    try {
      Amqp10Message message = Amqp10Message.decode(bytes, 0, bytes.length);
      return new Effect.Delivered(
          consumer,
          7,
          sequence,
          new Message(
              new Envelope(new Address("", "q"), true, 0, Envelope.NO_EXPIRY), message.content()),
          false);
    } catch (Amqp10FormatException e) {
      throw new AssertionError(e);
    }
  }

  static String text(Frame frame) {
    String payload = new String(frame.payload(), UTF_8);
    return payload.substring(payload.indexOf("message"));
  }
}
