package io.correio.tests.amqp10;

import static io.correio.amqp.v10.peer.Performatives.begin;
import static io.correio.amqp.v10.peer.Performatives.credit;
import static io.correio.amqp.v10.peer.Performatives.detach;
import static io.correio.amqp.v10.peer.Performatives.open;
import static io.correio.amqp.v10.peer.Performatives.receiver;
import static io.correio.amqp.v10.peer.Performatives.sender;
import static io.correio.amqp.v10.peer.Performatives.transfer;
import static io.correio.amqp.v10.peer.ScriptedPeer.frame;
import static io.correio.amqp.v10.peer.ScriptedPeer.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Kind;
import io.correio.amqp.v10.peer.ScriptedPeer.Frame;
import io.correio.amqp.v10.peer.Values;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers that ask for more than there is, against a broker with a heap of 64 MiB that ends when it
 * is used up: after each of them it still serves others.
 */
final class FloodTest {

  private static BrokerProcess process;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException, InterruptedException {
    process =
        BrokerProcess.start(
            folder.resolve("data"), List.of(), List.of("-Xmx64m", "-XX:MaxDirectMemorySize=64m"));
  }

  @AfterAll
  static void stop() {
    process.close();
  }

  @AfterEach
  void others_are_served() throws IOException {
    assertThat(process.isAlive()).as("%s", process.output()).isTrue();
    new Bystander(process.broker()).check();
  }

  private static SocketPeer begun() throws IOException {
    return SocketPeer.begun(process.broker());
  }

  /** Sends frames until the broker has had enough or takes no more; what it says is not read. */
  private static void flood(SocketPeer peer, byte[] frames, int times) {
    try {
      for (int i = 0; i < times; i++) {
        peer.send(frames);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|closed).*");
    }
  }

  private static byte[] joined(int count, java.util.function.IntFunction<byte[]> frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      all.writeBytes(frames.apply(i));
    }
    return all.toByteArray();
  }

  @Test
  void many_links_of_one_session_are_carried() throws IOException {
    String queue = Broker.unique("flood");
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, queue);
      peer.send(joined(5_000, i -> frame(0, receiver("in" + i, i + 1, queue))));
      for (int attached = 0; attached < 5_000; ) {
        Frame next = peer.next();
        Composite body = next.body();
        attached += body != null && body.kind() == Kind.ATTACH ? 1 : 0;
      }
      peer.closeOrderly();
    }
  }

  @Test
  void many_sessions_end_at_channel_max() throws IOException {
    try (SocketPeer peer = new SocketPeer(process.broker())) {
      int max = (int) peer.open(open("peer")).number("channel-max");
      peer.send(joined(max + 1, i -> frame(i, begin())));
      for (int i = 0; i <= max; i++) {
        peer.expect(Kind.BEGIN);
      }
      peer.send(max + 1, begin());
      peer.expectClose("amqp:connection:framing-error");
    }
  }

  @Test
  void links_that_come_and_go_leave_nothing_behind() throws IOException {
    String queue = Broker.unique("flood");
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "x".repeat(60_000));
      // 1,500 times 60 kB would not fit, were they kept.
      for (int i = 0; i < 1_500; i++) {
        peer.attachReceiver(0, 1, queue, 1);
        peer.expect(Kind.TRANSFER);
        peer.send(0, detach(1, true));
        peer.expect(Kind.DETACH);
      }
    }
  }

  @Test
  void peer_that_never_settles_gets_so_many_and_no_more() throws IOException {
    String queue = Broker.unique("flood");
    int messages = 20_000;
    try (SocketPeer peer = begun();
        SocketPeer holding = begun()) {
      peer.attachSender(0, 0, queue);
      int sent = 0;
      while (sent < messages) {
        int base = sent;
        peer.send(
            joined(20, i -> frame(0, transfer(0, base + i).with("settled", true), message("m"))));
        sent += 20;
        peer.send(0, io.correio.amqp.v10.peer.Performatives.flow().with("echo", true));
        while (peer.expect(Kind.FLOW).number("next-incoming-id") < sent) {}
      }
      holding.attachReceiver(0, 0, queue, messages);
      long got = 0;
      holding.patience(1_000);
      try {
        while (got < messages) {
          holding.expect(Kind.TRANSFER);
          got++;
        }
      } catch (SocketTimeoutException e) {
        assertThat(got).isPositive();
      }
      assertThat(got).isLessThan(messages);
    }
  }

  @Test
  void peer_that_never_reads_takes_no_memory_for_what_waits() throws IOException {
    String queue = Broker.unique("flood");
    byte[] body = message("x".repeat(100_000));
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, queue);
      for (int i = 0; i < 300; i++) {
        peer.send(0, transfer(0, i), body);
        peer.expect(Kind.DISPOSITION);
      }
      SocketPeer[] deaf = new SocketPeer[10];
      for (int i = 0; i < deaf.length; i++) {
        deaf[i] = begun();
        deaf[i].send(0, receiver("in", 0, queue));
        deaf[i].send(0, credit(0, 0, 1_000));
      }
      new Bystander(process.broker()).check();
      for (SocketPeer each : deaf) {
        each.close();
      }
    }
  }

  @Test
  void peer_that_never_opens_its_window_holds_up_nobody() throws IOException {
    String queue = Broker.unique("flood");
    try (SocketPeer peer = begun();
        SocketPeer shut = SocketPeer.opened(process.broker(), open("peer"))) {
      shut.send(0, begin().with("incoming-window", 0));
      shut.expect(Kind.BEGIN);
      shut.attach(0, receiver("in", 0, queue));
      shut.send(0, credit(0, 0, 1_000).with("incoming-window", 0));
      peer.attachSender(0, 0, queue);
      for (int i = 0; i < 200; i++) {
        peer.deliver(0, 0, i, "x".repeat(50_000));
      }
      new Bystander(process.broker()).check();
    }
  }

  @Test
  void unfinished_deliveries_of_many_links_are_bounded() throws IOException {
    String queue = Broker.unique("flood");
    byte[] part = new byte[100_000];
    try (SocketPeer peer = begun()) {
      for (int handle = 0; handle < 50; handle++) {
        peer.send(0, sender("out" + handle, handle, queue));
      }
      for (int handle = 0; handle < 50; handle++) {
        peer.expect(Kind.ATTACH);
      }
      flood(peer, joined(50, i -> frame(0, transfer(i, i).with("more", true), part)), 40);
    }
  }

  @Test
  void tiny_messages_with_huge_annotations_are_refused_one_by_one() throws IOException {
    // A map of 2 MiB before one octet of body.
    byte[] key = Values.encode(org.apache.qpid.proton.amqp.Symbol.valueOf("x-opt-key"));
    byte[] value = new byte[100_000];
    ByteArrayOutputStream map = new ByteArrayOutputStream();
    for (int i = 0; i < 20; i++) {
      map.writeBytes(key);
      map.writeBytes(Values.encode(new byte[] {(byte) 0xb0, 0, 1, (byte) 0x86, (byte) 0xa0}));
      map.writeBytes(value);
    }
    byte[] annotations =
        Values.encode(
            new byte[] {0, 0x53, 0x72, (byte) 0xd1},
            java.nio.ByteBuffer.allocate(8).putInt(map.size() + 4).putInt(40).array(),
            map.toByteArray(),
            message("x"));
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, Broker.unique("flood"));
      for (int id = 0; id < 20; id++) {
        for (int at = 0; at < annotations.length; at += 100_000) {
          int end = Math.min(annotations.length, at + 100_000);
          byte[] part = java.util.Arrays.copyOfRange(annotations, at, end);
          peer.send(0, transfer(0, id).with("more", end < annotations.length), part);
        }
        Composite state = peer.expect(Kind.DISPOSITION).part("state");
        assertThat(state.kind()).isEqualTo(Kind.REJECTED);
        assertThat(state.part("error").text("condition")).isEqualTo("amqp:decode-error");
      }
    }
  }

  @Test
  @SuppressWarnings("try") // the peer goes before the thread that writes to it
  void flows_that_ask_for_answers_nobody_reads_stop_being_read() throws IOException {
    byte[] asking =
        joined(
            1_000, i -> frame(0, io.correio.amqp.v10.peer.Performatives.flow().with("echo", true)));
    try (SocketPeer peer = begun()) {
      peer.patience(2_000);
      Thread writer = Thread.ofVirtual().start(() -> flood(peer, asking, 2_000));
      new Bystander(process.broker()).check();
      peer.close();
      writer.interrupt();
    }
  }
}
