package io.correio.tests.amqp10;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Peers that speak AMQP 1.0 almost, over real sockets; beside them one that speaks it well. */
@ExtendWith(BrokerExtension.class)
class BrokenClientsTest {

  private static final int SEEDS = 200;

  private final Broker broker;

  BrokenClientsTest(Broker broker) {
    this.broker = broker;
  }

  @Test
  void broken_bytes_cost_nobody_else_anything() throws IOException {
    byte[] sound = RecordedClient.record(broker, Broker.unique("fuzz"));
    for (int seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      replay(broken(sound, random));
      if (seed % 50 == 0) {
        // The broker goes on serving who speaks well.
        assertThat(RecordedClient.record(broker, Broker.unique("fuzz"))).isNotEmpty();
      }
    }
    assertThat(RecordedClient.record(broker, Broker.unique("fuzz"))).isNotEmpty();
  }

  /** Some bytes changed, left out or doubled, or the end missing. */
  private static byte[] broken(byte[] sound, SplittableRandom random) {
    byte[] bytes = sound.clone();
    // Most of it is the large body: what comes before and after is more interesting.
    int early = Math.min(bytes.length, 1_500);
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = random.nextInt(4) > 0 ? random.nextInt(early) : random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = cut(bytes, at, random.nextInt(1, 9));
        default -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
      }
      early = Math.min(bytes.length, early);
    }
    return bytes;
  }

  private static byte[] cut(byte[] bytes, int at, int count) {
    int end = Math.min(bytes.length, at + count);
    byte[] rest = Arrays.copyOf(bytes, bytes.length - (end - at));
    System.arraycopy(bytes, end, rest, at, bytes.length - end);
    return rest.length == 0 ? bytes : rest;
  }

  private void replay(byte[] bytes) throws IOException {
    try (Socket socket = new Socket(broker.host(), broker.amqpPort())) {
      OutputStream out = socket.getOutputStream();
      try {
        out.write(bytes);
        socket.shutdownOutput();
        // Whatever the broker says, it ends: by itself, or since the peer has.
        socket.setSoTimeout(20_000);
        socket.getInputStream().readAllBytes();
      } catch (SocketException e) {
        assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|closed).*");
      }
    }
  }
}
