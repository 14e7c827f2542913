package io.correio.tests.amqp10;

import io.correio.tests.broker.Broker;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.Principal;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.engine.Connection;
import org.apache.qpid.protonj2.engine.Engine;
import org.apache.qpid.protonj2.engine.EngineFactory;
import org.apache.qpid.protonj2.engine.OutgoingDelivery;
import org.apache.qpid.protonj2.engine.Receiver;
import org.apache.qpid.protonj2.engine.Sender;
import org.apache.qpid.protonj2.engine.Session;
import org.apache.qpid.protonj2.engine.sasl.client.SaslAuthenticator;
import org.apache.qpid.protonj2.engine.sasl.client.SaslCredentialsProvider;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.jspecify.annotations.Nullable;

/** A sound conversation with the broker, of which every byte that the client said is kept. */
final class RecordedClient {

  private static final ProtonBufferAllocator BUFFERS = ProtonBufferAllocator.defaultAllocator();

  /** A data section (part 3, section 3.2.6) of 200,000 bytes, so several frames. */
  private static final int LARGE = 200_000;

  private static final int FRAME_MAX = 16_384;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Socket socket;
  private final Engine engine = EngineFactory.PROTON.createEngine();
  private int received;
  private int outcomes;

  private RecordedClient(Socket socket) {
    this.socket = socket;
  }

  /** Has the conversation, about a queue of its own, and returns what the client said. */
  static byte[] record(Broker broker, String queue) throws IOException {
    try (Socket socket = new Socket(broker.host(), broker.amqpPort())) {
      return new RecordedClient(socket).converse(queue);
    }
  }

  private byte[] converse(String queue) throws IOException {
    engine.outputConsumer(this::write);
    engine.saslDriver().client().setListener(new SaslAuthenticator(new Guest()));
    Connection connection = engine.start();
    connection.setContainerId("recorded").setMaxFrameSize(FRAME_MAX).open();
    // So small a window that the broker has to send the large message in parts.
    Session session = connection.session().setIncomingCapacity(2 * FRAME_MAX).open();
    until(session::isRemotelyOpen);
    Sender sender = session.sender("out");
    sender.setSource(new Source()).setTarget(new Target().setAddress(queue));
    sender.deliveryStateUpdatedHandler(delivery -> {
      outcomes++;
      delivery.settle();
    });
    sender.open();
    until(sender::isSendable);
    send(sender, 10);
    send(sender, LARGE);
    until(() -> outcomes == 2);
    Receiver receiver = session.receiver("in");
    receiver.setSource(new Source().setAddress(queue)).setTarget(new Target());
    receiver.deliveryReadHandler(delivery -> {
      if (delivery.isPartial()) {
        delivery.claimAvailableBytes();
      } else {
        received++;
        delivery.readAll();
        delivery.disposition(Accepted.getInstance(), true);
      }
    });
    receiver.open().addCredit(10);
    until(() -> received == 2);
    receiver.drain();
    until(() -> !receiver.isDraining());
    receiver.close();
    sender.close();
    until(receiver::isRemotelyClosed);
    session.close();
    connection.close();
    until(connection::isRemotelyClosed);
    return said.toByteArray();
  }

  private static void send(Sender sender, int size) {
    ProtonBuffer message = BUFFERS.allocate(size + 8);
    message.writeByte((byte) 0).writeByte((byte) 0x53).writeByte((byte) 0x75);
    message.writeByte((byte) 0xb0).writeInt(size).writeBytes(new byte[size]);
    OutgoingDelivery delivery = sender.next();
    delivery.setTag(new byte[] {(byte) size});
    delivery.writeBytes(message);
  }

  private void write(ProtonBuffer out) {
    byte[] bytes = new byte[out.getReadableBytes()];
    out.readBytes(bytes, 0, bytes.length);
    out.close();
    try {
      said.write(bytes);
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void until(BooleanSupplier done) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] bytes = new byte[8192];
    while (!done.getAsBoolean()) {
      int count = in.read(bytes);
      if (count < 0) {
        throw new EOFException("the broker closed the connection");
      }
      engine.ingest(BUFFERS.copy(bytes, 0, count));
    }
  }

  private static final class Guest implements SaslCredentialsProvider {
    @Override
    public String vhost() {
      return "";
    }

    @Override
    public String username() {
      return "guest";
    }

    @Override
    public String password() {
      return "guest";
    }

    @Override
    public @Nullable Principal localPrincipal() {
      return null;
    }

    @Override
    public Map<String, Object> options() {
      return Map.of();
    }
  }
}
