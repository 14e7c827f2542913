package io.correio.tests.simulation;

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
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client of AMQP 0-9-1 with one channel, which does one thing after the other as chance has it.
 * Anything that the protocol does not allow the server to say here fails the simulation.
 */
abstract class SimulatedClient implements FrameHandler, SimulatedWire.Peer {
  static final int CHANNEL = 1;
  private static final int FRAME_MAX = 131_072;
  private static final int FRAME_MIN = 4_096;
  private static final int MAX_SENT_BYTES = 1 << 20;

  /** So much unread by the server, and the client waits. */
  private static final int MAX_UNREAD_BYTES = 64 << 10;

  private enum Phase {
    HANDSHAKE,
    OPEN,
    CLOSING,
    GONE
  }

  final World world;
  final SplittableRandom random;
  final SimulatedWire wire;
  final FrameEncoder encoder;
  private final String name;
  private final BufferOutput out = new BufferOutput(MAX_SENT_BYTES);
  private final Amqp091Engine engine = Amqp091Engine.client(FRAME_MAX, CHANNEL);
  private Phase phase = Phase.HANDSHAKE;
  private @Nullable Consumer<Method> awaiting;
  private String asked = "";
  private boolean silent;

  /** Whether the server closes, from when on it discards what the client says. */
  private boolean refused;

  SimulatedClient(World world, String name) {
    this.world = world;
    this.name = name;
    this.random = world.random().split();
    this.wire = world.newWire(name);
    this.encoder = new FrameEncoder(out);
    wire.connect(world.broker()::accept, this);
    encoder.protocolHeader();
    flush();
  }

  // ---- what a client is ----------------------------------------------------------------------

  /** The channel is open. */
  abstract void onOpened();

  /**
   * Does one thing; returns whether there was any.
   *
   * @param quiet whether to come to an end: only what is due is done
   */
  abstract boolean work(boolean quiet);

  /** A message, or an outcome. */
  abstract void onOther(Method method, byte[] body);

  /** Settlements and publishes before this moment are behind a barrier. */
  abstract void onBarrier();

  /** What the server has for it is about to go back: the channel or the connection closes. */
  void onClosing() {}

  /** The connection is over. What has no answer now never gets one. */
  abstract void onLost();

  // ---- what the simulation does --------------------------------------------------------------

  /** Does one thing, unless it waits for something. */
  final boolean step(boolean quiet) {
    if (phase != Phase.OPEN
        || awaiting != null
        || silent
        || wire.unreadBytes() > MAX_UNREAD_BYTES) {
      return false;
    }
    boolean done = work(quiet);
    flush();
    return done;
  }

  final boolean isGone() {
    return phase == Phase.GONE;
  }

  /** Sends nothing more. */
  final void halfClose() {
    silent = true;
    wire.halfClose();
  }

  /** Whether it is there and goes on talking. */
  final boolean isTalking() {
    return phase == Phase.OPEN && !silent;
  }

  /** Closes the connection in the protocol's words, unless it is over or about to be. */
  final void close() {
    if (phase == Phase.OPEN && !silent && awaiting == null) {
      phase = Phase.CLOSING;
      onClosing();
      encoder.method(0, new ConnectionMethod.Close(200, "bye", 0, 0));
      flush();
    }
  }

  /** What it waits for; empty when it waits for nothing. */
  String waitsFor() {
    return switch (phase) {
      case HANDSHAKE -> silent ? "" : name + " waits for its handshake";
      case OPEN -> awaiting == null || silent ? "" : name + " waits for the answer to " + asked;
      case CLOSING -> name + " waits for connection.close-ok";
      case GONE -> "";
    };
  }

  // ---- what a client says --------------------------------------------------------------------

  final void send(Method method) {
    encoder.method(CHANNEL, method);
  }

  /** Says something that is answered; nothing else is said before. */
  final void call(Method method, Consumer<Method> onReply) {
    asked = method.protocolName();
    awaiting = onReply;
    send(method);
  }

  /** Closes the channel and opens another with its number. */
  final void reopen() {
    call(
        new ChannelMethod.Close(200, "done", 0, 0),
        closed -> {
          expect(closed, ChannelMethod.CloseOk.class);
          onBarrier();
          openChannel();
        });
  }

  /** Asks for something that a queue knows. */
  final void barrier(String queue) {
    call(
        new QueueMethod.Declare(queue, true, false, false, false, false, FieldTable.empty()),
        answer -> {
          expect(answer, QueueMethod.DeclareOk.class);
          onBarrier();
        });
  }

  final void publish(BasicMethod.Publish method, boolean persistent, byte[] body) {
    BasicProperties properties =
        persistent ? BasicProperties.builder().persistent().build() : BasicProperties.NONE;
    encoder.content(CHANNEL, method, properties.raw(), body);
  }

  final void expect(Method answer, Class<? extends Method> kind) {
    if (!kind.isInstance(answer)) {
      throw new AssertionError(name + ": the answer to " + asked + " is " + answer);
    }
  }

  private void openChannel() {
    call(
        new ChannelMethod.Open(),
        opened -> {
          expect(opened, ChannelMethod.OpenOk.class);
          onOpened();
        });
  }

  private void flush() {
    if (out.length() > 0) {
      wire.send(out.toRead());
      out.clear();
    }
  }

  // ---- what the server says ------------------------------------------------------------------

  @Override
  public final void onBytes(ByteBuffer bytes) {
    engine.receive(bytes, this);
    flush();
  }

  @Override
  public final void onClosed() {
    if (phase != Phase.GONE) {
      phase = Phase.GONE;
      onLost();
    }
  }

  @Override
  public final void onMethod(int channel, Method method) {
    switch (method) {
      case ConnectionMethod own -> onConnectionMethod(own);
      case BasicMethod.Ack outcome -> onOther(outcome, new byte[0]);
      case BasicMethod.Nack outcome -> onOther(outcome, new byte[0]);
      case ChannelMethod.Close close ->
          throw new AssertionError(name + ": the channel was closed: " + close.replyText());
      case Method answer -> answer(answer);
    }
  }

  private void answer(Method answer) {
    Consumer<Method> then = awaiting;
    if (then == null) {
      throw new AssertionError(name + " did not ask for " + answer);
    }
    awaiting = null;
    then.accept(answer);
  }

  private void onConnectionMethod(ConnectionMethod method) {
    switch (method) {
      case ConnectionMethod.Start ignored ->
          encoder.method(
              0,
              new ConnectionMethod.StartOk(
                  FieldTable.of("capabilities", FieldTable.of("connection.blocked", true)),
                  "PLAIN",
                  SaslCredentials.plain(SimulatedBroker.USER, "any"),
                  "en_US"));
      case ConnectionMethod.Tune ignored -> {
        int frameMax = FRAME_MIN + random.nextInt(8) * 1_000;
        encoder.method(0, new ConnectionMethod.TuneOk(CHANNEL, frameMax, 0));
        encoder.frameMax(frameMax);
        encoder.method(0, new ConnectionMethod.Open("/"));
      }
      case ConnectionMethod.OpenOk ignored -> {
        phase = Phase.OPEN;
        openChannel();
      }
      case ConnectionMethod.Blocked ignored -> world.tally().blocked++;
      case ConnectionMethod.Unblocked ignored -> {}
      case ConnectionMethod.CloseOk ignored -> {
        if (!refused) {
          onBarrier();
        }
      }
      case ConnectionMethod.Close close -> {
        if (!world.isStopping()) {
          throw new AssertionError(name + ": the connection was closed: " + close.replyText());
        }
        phase = Phase.CLOSING;
        refused = true;
        encoder.method(0, new ConnectionMethod.CloseOk());
      }
      default -> throw new AssertionError(name + " does not expect " + method);
    }
  }

  @Override
  public final boolean onContentHeader(int channel, ContentMethod method, long bodySize) {
    return true;
  }

  @Override
  public final void onContent(int channel, ContentMethod method, byte[] properties, byte[] body) {
    if (method instanceof BasicMethod.GetOk) {
      Consumer<Method> then = awaiting;
      awaiting = null;
      onOther(method, body);
      if (then == null) {
        throw new AssertionError(name + " did not ask for " + method);
      }
      then.accept(method);
    } else {
      onOther(method, body);
    }
  }

  @Override
  public final void onHeartbeat() {}

  @Override
  public final void onProtocolHeader() {}

  @Override
  public final void onUnsupportedProtocol(byte[] received) {
    throw new AssertionError(name + ": the server does not speak AMQP 0-9-1");
  }
}
