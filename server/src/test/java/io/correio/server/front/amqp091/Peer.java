package io.correio.server.front.amqp091;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.v091.Amqp091Engine;
import io.correio.amqp.v091.BufferOutput;
import io.correio.amqp.v091.FrameEncoder;
import io.correio.amqp.v091.FrameHandler;
import io.correio.amqp.v091.SaslCredentials;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
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
import io.correio.server.auth.AuthResult;
import io.correio.server.auth.SaslMechanisms;
import io.correio.server.front.Hosts;
import io.correio.server.front.LoginCheck;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client that does what the test says, with the session it talks to. */
final class Peer {
  static final SessionLimits LIMITS = SessionLimits.DEFAULT;

  final FakeWire wire = new FakeWire();
  final FakeShard shard = new FakeShard();
  final Amqp091Session session;
  final ArrayDeque<Received> received = new ArrayDeque<>();

  /** Logins that were asked for and not decided. */
  final ArrayDeque<Consumer<AuthResult>> logins = new ArrayDeque<>();

  Identities identities =
      Identities.EMPTY
          .with(new User("guest", "", Set.of()))
          .with(new VirtualHostDefinition("/", 0))
          .with(new Permission("guest", "/", ".*", ".*", ".*"));

  private final BufferOutput out = new BufferOutput(64 << 20);
  final FrameEncoder encoder = new FrameEncoder(out);
  private final Amqp091Engine engine = Amqp091Engine.client(131_072, 65_535);
  private ByteBuffer unread = ByteBuffer.allocate(0);
  private long nowMillis = 1_000_000;
  @Nullable String lastUser;

  /** What the session sent. */
  @SuppressWarnings("ArrayRecordComponent")
  record Received(int channel, Method method, byte[] properties, byte[] body) {}

  Peer() {
    this(LIMITS, new BodyBudget(48 << 20, 32 << 20, LIMITS));
  }

  Peer(SessionLimits limits, BodyBudget budget) {
    Hosts hosts =
        new Hosts() {
          private long last;

          @Override
          public @Nullable VirtualHost virtualHost(String name) {
            return name.equals("/") || name.equals("locked") ? new VirtualHost(name, shard) : null;
          }

          @Override
          public Identities identities() {
            return identities;
          }

          @Override
          public long newConnectionId() {
            return ++last;
          }
        };
    LoginCheck login =
        (user, password, loopback, decided) -> {
          lastUser = user;
          logins.add(decided);
        };
    session =
        (Amqp091Session)
            new Amqp091Front(hosts, login, SaslMechanisms.ofPasswords(), budget, limits, "1.2.3")
                .open(wire);
  }

  // ---- conversation --------------------------------------------------------------------------

  /** A peer with an open connection and channel 1. */
  static Peer opened() {
    return new Peer().open();
  }

  /** Opens the connection and channel 1. */
  Peer open() {
    FieldTable capabilities =
        FieldTable.builder()
            .put("consumer_cancel_notify", true)
            .put("connection.blocked", true)
            .put("authentication_failure_close", true)
            .build();
    handshake(FieldTable.of("capabilities", capabilities), 60);
    channel(1);
    return this;
  }

  /** Opens the connection. */
  void handshake(FieldTable clientProperties, int heartbeatSeconds) {
    encoder.protocolHeader();
    flush();
    expect(ConnectionMethod.Start.class);
    send(
        0,
        new ConnectionMethod.StartOk(
            clientProperties, "PLAIN", SaslCredentials.plain("guest", "guest"), "en_US"));
    decideLogin(true);
    ConnectionMethod.Tune tune = expect(ConnectionMethod.Tune.class);
    encoder.frameMax((int) tune.frameMax());
    send(0, new ConnectionMethod.TuneOk(tune.channelMax(), tune.frameMax(), heartbeatSeconds));
    send(0, new ConnectionMethod.Open("/"));
    expect(ConnectionMethod.OpenOk.class);
    shard.next(Command.Connect.class);
  }

  void decideLogin(boolean right) {
    decideLogin(right ? AuthResult.ACCEPTED : AuthResult.WRONG);
  }

  void decideLogin(AuthResult result) {
    logins.remove().accept(result);
    step();
  }

  /** Opens a channel. */
  void channel(int number) {
    send(number, new ChannelMethod.Open());
    expect(ChannelMethod.OpenOk.class);
  }

  /** Sends methods on a channel. */
  void send(int channel, Method... methods) {
    for (Method method : methods) {
      encoder.method(channel, method);
    }
    flush();
  }

  /** Publishes to the default exchange on channel 1. */
  void publish(String key, String body) {
    publish(1, new BasicMethod.Publish("", key, false, false), BasicProperties.NONE, body);
  }

  void publish(int channel, BasicMethod.Publish method, BasicProperties properties, String body) {
    encoder.content(channel, method, properties.raw(), body.getBytes(UTF_8));
    flush();
  }

  /** Hands to the session what was encoded. */
  void flush() {
    byte[] bytes = new byte[out.length()];
    out.toRead().get(bytes);
    out.clear();
    sendRaw(bytes);
  }

  /** Changes so many of the bytes that were encoded and not handed over. */
  void breakBytes(Random random, int count) {
    ByteBuffer bytes = out.toRead();
    for (int i = 0; i < count && bytes.hasRemaining(); i++) {
      bytes.put(random.nextInt(bytes.limit()), (byte) random.nextInt());
    }
  }

  /** Hands to the session what was encoded, one byte at a time. */
  void flushOneByOne() {
    byte[] bytes = new byte[out.length()];
    out.toRead().get(bytes);
    out.clear();
    for (byte each : bytes) {
      sendRaw(each);
    }
  }

  /** Hands bytes to the session. */
  void sendRaw(byte... bytes) {
    ByteBuffer joined = ByteBuffer.allocate(unread.remaining() + bytes.length);
    unread = joined.put(unread).put(bytes).flip();
    step();
  }

  /** Does what the loop does until nothing is left to do. */
  void step() {
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
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    engine.receive(wire.takeWritten(), new Recorder());
    assertThat(body.size()).isZero();
  }

  private final class Recorder implements FrameHandler {
    @Override
    public void onProtocolHeader() {}

    @Override
    public void onUnsupportedProtocol(byte[] bytes) {
      wire.log.add("protocol header");
    }

    @Override
    public void onMethod(int channel, Method method) {
      received.add(new Received(channel, method, new byte[0], new byte[0]));
    }

    @Override
    public boolean onContentHeader(int channel, ContentMethod method, long bodySize) {
      return true;
    }

    @Override
    public void onContent(int channel, ContentMethod method, byte[] properties, byte[] body) {
      received.add(new Received(channel, method, properties, body));
    }

    @Override
    public void onHeartbeat() {
      wire.log.add("heartbeat");
    }
  }

  /** The core says something. */
  void emit(Effect... effects) {
    shard.emit(effects);
    step();
  }

  /** The core grants a request. */
  void done(long request) {
    emit(new Effect.Replied(request, new Reply.Done()));
  }

  /** A second passes. */
  void tick(int seconds) {
    for (int i = 0; i < seconds; i++) {
      nowMillis += 1_000;
      session.onTick(nowMillis);
      step();
    }
  }

  /** The socket takes all that was written. */
  void drain() {
    session.onDrained(wire.drain());
    step();
  }

  // ---- assertions ----------------------------------------------------------------------------

  /** The next method from the session, which must be of this type. */
  <T extends Method> T expect(Class<T> type) {
    return type.cast(expectReceived(type).method());
  }

  Received expectReceived(Class<? extends Method> type) {
    Received next = received.poll();
    if (next == null) {
      throw new AssertionError("nothing received, expected " + type.getSimpleName());
    }
    assertThat(next.method()).isInstanceOf(type);
    return next;
  }

  /** The session has sent nothing that was not looked at. */
  void assertSilent() {
    assertThat(received).isEmpty();
  }

  /** The channel is closed with this code; the client agrees. */
  ChannelMethod.Close expectChannelClose(int code) {
    Received next = expectReceived(ChannelMethod.Close.class);
    ChannelMethod.Close close = (ChannelMethod.Close) next.method();
    assertThat(close.replyCode()).as(close.replyText()).isEqualTo(code);
    send(next.channel(), new ChannelMethod.CloseOk());
    return close;
  }

  /** The connection is closed with this code; the client agrees. */
  ConnectionMethod.Close expectConnectionClose(int code) {
    ConnectionMethod.Close close = expect(ConnectionMethod.Close.class);
    assertThat(close.replyCode()).as(close.replyText()).isEqualTo(code);
    send(0, new ConnectionMethod.CloseOk());
    assertThat(wire.closed).isNotNull();
    return close;
  }

  // ---- short cuts ----------------------------------------------------------------------------

  /** Subscribes to queue q on channel 1; returns the consumer's number. */
  long consume(String tag, boolean noAck) {
    return consume(1, tag, noAck);
  }

  long consume(int channel, String tag, boolean noAck) {
    send(
        channel, new BasicMethod.Consume("q", tag, false, noAck, false, false, FieldTable.empty()));
    Command.Subscribe subscribe = shard.skipTo(Command.Subscribe.class);
    done(subscribe.request());
    expect(BasicMethod.ConsumeOk.class);
    return subscribe.consumer();
  }

  /** A message as published to the default exchange. */
  static Message message(String body) {
    return message(body.getBytes(UTF_8));
  }

  static Message message(byte[] body) {
    return new Message(
        new Envelope(new Address("", "q"), true, 0, Envelope.NO_EXPIRY),
        MessageFormat.toContent(BasicProperties.NONE.raw(), body));
  }

  static Effect.Delivered delivered(long consumer, long sequence) {
    return new Effect.Delivered(consumer, 7, sequence, message("m" + sequence), false);
  }
}
