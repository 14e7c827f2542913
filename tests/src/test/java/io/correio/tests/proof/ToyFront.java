package io.correio.tests.proof;

import static java.util.Objects.requireNonNull;

import io.correio.core.manager.QueueManager;
import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Address;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.EffectSink;
import io.correio.core.routing.HeaderSource;
import io.correio.core.routing.Targets;
import io.correio.server.front.Front;
import io.correio.server.front.Session;
import io.correio.server.front.Wire;
import io.correio.tests.proof.Stages.Place;
import java.nio.ByteBuffer;

/**
 * The least protocol that publishes and confirms, so that what is measured is everything but the
 * protocol. Big endian.
 *
 * <pre>
 *   client   TOY 'P' (publish) or 'E' (echo)
 *   server   1 byte: 1 when the connection's loop is the shard's home, else 0
 *   client   length (4), body           again and again
 *   server   number (8)                 all frames up to this one are durable (or read, for an echo)
 * </pre>
 */
final class ToyFront implements Front {
  static final int HEADER_BYTES = 4;
  static final byte PUBLISH = 'P';
  static final byte ECHO = 'E';

  /** Where it publishes. */
  static final String QUEUE = "toy";

  private static final byte[] NAME = {'T', 'O', 'Y'};
  private static final int LENGTH_BYTES = 4;
  private static final Envelope ENVELOPE =
      new Envelope(new Address("", QUEUE), true, 0, Envelope.NO_EXPIRY);
  private static final byte[] NOTHING = {};

  private final QueueManager manager;
  private final Thread home;
  private final Stages stages;

  ToyFront(QueueManager manager, Thread home, Stages stages) {
    this.manager = manager;
    this.home = home;
    this.stages = stages;
  }

  @Override
  public String name() {
    return "toy";
  }

  @Override
  public Match match(ByteBuffer first) {
    int length = Math.min(first.remaining(), NAME.length);
    for (int i = 0; i < length; i++) {
      if (first.get(i) != NAME[i]) {
        return Match.NO;
      }
    }
    return first.remaining() >= HEADER_BYTES ? Match.YES : Match.MORE;
  }

  @Override
  public byte[] header() {
    return NAME.clone();
  }

  @Override
  public Session open(Wire wire) {
    return new ToySession(wire, requireNonNull(manager.virtualHost("/")));
  }

  /** One connection. Owned by its loop; {@code emit} and {@code flush} come from elsewhere. */
  private final class ToySession implements Session, EffectSink {
    private final Wire wire;
    private final VirtualHost host;
    private final long id = manager.newConnectionId();
    private final Targets targets = new Targets();
    private boolean greeted;
    private boolean echo;
    private long frames;
    private long told;
    private volatile long accepted; // what the shard and its log say, one after the other

    ToySession(Wire wire, VirtualHost host) {
      this.wire = wire;
      this.host = host;
    }

    @Override
    public void onRead(ByteBuffer in) {
      stages.mark(Place.READ);
      if (!greeted) {
        greet(in);
      }
      while (in.remaining() >= LENGTH_BYTES
          && in.remaining() - LENGTH_BYTES >= in.getInt(in.position())) {
        byte[] body = new byte[in.getInt()];
        in.get(body);
        frames++;
        if (!echo) {
          publish(body);
        }
      }
      if (echo) {
        tell(frames);
      } else if (frames - accepted > VirtualHost.PUBLISH_CREDIT_MESSAGES) {
        wire.close("more frames are unanswered than a connection may have");
      }
    }

    private void greet(ByteBuffer in) {
      echo = in.get(in.position() + NAME.length) == ECHO;
      in.position(in.position() + HEADER_BYTES);
      greeted = true;
      wire.established();
      wire.reserve(1).put((byte) (Thread.currentThread().equals(home) ? 1 : 0));
      host.submit(new Command.Connect(id, this));
    }

    private void publish(byte[] body) {
      Message message = new Message(ENVELOPE, new Content(1, NOTHING, body));
      host.submit(host.route(id, message, HeaderSource.NONE, false, targets));
    }

    @Override
    public void emit(Effect effect) {
      if (effect instanceof Effect.Accepted(long number)) {
        accepted = number;
      } else if (effect instanceof Effect.Rejected) {
        throw new IllegalStateException("a publish was rejected");
      }
    }

    @Override
    public void flush() {
      wire.wake();
    }

    @Override
    public void onWake() {
      if (!echo) {
        stages.mark(Place.WOKEN);
        tell(accepted);
      }
    }

    private void tell(long number) {
      if (number > told) {
        told = number;
        wire.reserve(Long.BYTES).putLong(number);
      }
    }

    @Override
    public void onDrained(long bytes) {}

    @Override
    public void onTick(long nowMillis) {}

    @Override
    public void onStopping() {
      wire.close("");
    }

    @Override
    public void onClosed(String cause) {
      host.submit(new Command.Disconnect(id));
    }
  }
}
