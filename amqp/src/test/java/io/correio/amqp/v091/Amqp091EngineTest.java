package io.correio.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.correio.amqp.Spec;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.ReplyCode;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Frames come out as methods and contents, however the bytes arrive. */
final class Amqp091EngineTest {
  private static final int FRAME_MAX = 131_072;
  private static final byte[] NO_PROPERTIES = BasicProperties.NONE.raw();
  private static final BasicMethod.Publish PUBLISH =
      new BasicMethod.Publish("exchange", "key", false, false);

  private final Amqp091Engine engine = Amqp091Engine.server(FRAME_MAX, 2047);
  private final RecordingHandler handler = new RecordingHandler();

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.3")
  void bytes_split_anywhere_give_the_same_calls() {
    Traffic traffic = Traffic.mixed(1, 40, 4096);
    byte[] bytes = traffic.bytes();
    for (int cut = 0; cut <= bytes.length; cut++) {
      Amqp091Engine split = Amqp091Engine.server(FRAME_MAX, 2047);
      RecordingHandler calls = new RecordingHandler();
      split.receive(ByteBuffer.wrap(bytes, 0, cut), calls);
      split.receive(ByteBuffer.wrap(bytes, cut, bytes.length - cut), calls);
      assertThat(calls.calls).isEqualTo(traffic.expected.calls);
    }
  }

  @Test
  void bytes_in_pieces_of_any_size_and_kind_of_buffer_give_the_same_calls() {
    RandomValues random = new RandomValues(2);
    for (int round = 0; round < 30; round++) {
      Traffic traffic = Traffic.mixed(round, 200, 4096);
      byte[] bytes = traffic.bytes();
      Amqp091Engine split = Amqp091Engine.server(FRAME_MAX, 2047);
      RecordingHandler calls = new RecordingHandler();
      int most = 1 << random.below(12);
      for (int at = 0; at < bytes.length; ) {
        int count = Math.min(bytes.length - at, 1 + random.below(most));
        ByteBuffer piece =
            random.bool()
                ? ByteBuffer.wrap(bytes, at, count)
                : ByteBuffer.allocateDirect(count + 5)
                    .position(5)
                    .put(bytes, at, count)
                    .position(5);
        split.receive(piece, calls);
        assertThat(piece.hasRemaining()).isFalse();
        at += count;
      }
      assertThat(calls.calls).isEqualTo(traffic.expected.calls);
    }
  }

  @Test
  void paused_engine_leaves_the_rest_in_the_buffer_and_goes_on_later() {
    Traffic traffic = Traffic.mixed(3, 200, 4096);
    handler.afterEach = engine::pause;
    ByteBuffer in = ByteBuffer.wrap(traffic.bytes());
    int rounds = 0;
    while (in.hasRemaining()) {
      int before = handler.calls.size();
      engine.receive(in, handler);
      rounds++;
      // A content without body is announced and delivered by the same frame.
      assertThat(handler.calls.size() - before).isLessThanOrEqualTo(2);
    }
    assertThat(handler.calls).isEqualTo(traffic.expected.calls);
    assertThat(rounds).isGreaterThan(200);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.6.2")
  void body_in_many_frames_arrives_whole() {
    byte[] body = new RandomValues(4).bytes(3_000_000);
    Traffic traffic = new Traffic().protocolHeader().content(5, PUBLISH, NO_PROPERTIES, body);
    receiveInPieces(traffic.bytes(), 65_536);
    assertThat(handler.bodies).containsExactly(body);
    assertThat(engine.announcedBytes()).isZero();
    assertThat(engine.storedBytes()).isLessThan(10_000);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.6")
  void contents_of_several_channels_may_interleave() {
    Traffic traffic = new Traffic().protocolHeader();
    for (int channel = 1; channel <= 3; channel++) {
      traffic.encoder.method(channel, PUBLISH);
    }
    for (int channel = 1; channel <= 3; channel++) {
      traffic.encoder.contentHeader(channel, NO_PROPERTIES, 0, 2, 4);
    }
    for (int part = 0; part < 2; part++) {
      for (int channel = 3; channel >= 1; channel--) {
        traffic.encoder.contentBody(channel, new byte[] {(byte) channel, (byte) part}, 0, 2);
      }
    }
    engine.receive(ByteBuffer.wrap(traffic.bytes()), handler);
    assertThat(handler.bodies)
        .containsExactly(new byte[] {3, 0, 3, 1}, new byte[] {2, 0, 2, 1}, new byte[] {1, 0, 1, 1});
  }

  @Test
  void refused_body_is_skipped_and_the_next_content_arrives() {
    Traffic traffic = new Traffic().protocolHeader();
    traffic.encoder.content(1, PUBLISH, NO_PROPERTIES, new byte[500_000]);
    traffic.encoder.content(1, PUBLISH, NO_PROPERTIES, new byte[] {7});
    handler.accept = size -> size < 100;
    receiveInPieces(traffic.bytes(), 10_000);
    assertThat(handler.bodies).containsExactly(new byte[] {7});
    assertThat(handler.calls)
        .containsExactly(
            "protocol header",
            "1 header 500000 " + PUBLISH,
            "1 header 1 " + PUBLISH,
            "1 content " + PUBLISH + " 0000 07");
  }

  @Test
  void memory_grows_by_what_has_arrived_and_not_by_what_is_claimed() {
    Traffic traffic = new Traffic().protocolHeader();
    for (int channel = 1; channel <= 1000; channel++) {
      traffic.encoder.method(channel, PUBLISH);
      traffic.encoder.contentHeader(channel, NO_PROPERTIES, 0, 2, Frames.MAX_BODY_BYTES);
      traffic.encoder.contentBody(channel, new byte[1], 0, 1);
    }
    engine.receive(ByteBuffer.wrap(traffic.bytes()), handler);
    assertThat(engine.announcedBytes()).isEqualTo(1000L * Frames.MAX_BODY_BYTES);
    assertThat(engine.storedBytes()).isLessThan(1000 * 4200);
  }

  @Test
  void steady_publisher_gets_the_same_method_and_property_objects_again() {
    byte[] properties = BasicProperties.builder().persistent().contentType("a/b").build().raw();
    Traffic traffic = new Traffic().protocolHeader();
    traffic.content(1, PUBLISH, properties, new byte[10]);
    traffic.content(1, PUBLISH, properties, new byte[20]);
    BasicMethod.Publish other = new BasicMethod.Publish("exchange", "other", true, false);
    traffic.content(1, other, properties, new byte[20]);
    engine.receive(ByteBuffer.wrap(traffic.bytes()), handler);
    assertThat(handler.calls).isEqualTo(traffic.expected.calls);
    assertThat(handler.contentMethods.get(1)).isSameAs(handler.contentMethods.get(0));
    assertThat(handler.properties.get(1)).isSameAs(handler.properties.get(0));
    assertThat(handler.contentMethods.get(2).exchange())
        .isSameAs(handler.contentMethods.get(0).exchange());
  }

  @Test
  void steady_publisher_costs_the_memory_of_its_bodies_and_no_more() {
    byte[] properties = BasicProperties.builder().persistent().contentType("a/b").build().raw();
    Traffic traffic = new Traffic();
    int messages = 1000;
    int bodyBytes = 1000;
    for (int i = 0; i < messages; i++) {
      traffic.encoder.content(1, PUBLISH, properties, new byte[bodyBytes]);
    }
    byte[] bytes = traffic.bytes();
    engine.receive(ByteBuffer.wrap(new Traffic().protocolHeader().bytes()), handler);
    Discarding discarding = new Discarding();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long perMessage = 0;
    for (int round = 0; round < 20; round++) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      long before = threads.getCurrentThreadAllocatedBytes();
      engine.receive(in, discarding);
      perMessage = (threads.getCurrentThreadAllocatedBytes() - before) / messages;
    }
    assertThat(discarding.bodies).isEqualTo(20 * messages);
    assertThat(perMessage).isBetween((long) bodyBytes, bodyBytes + 24L);
  }

  @Test
  void channel_may_be_used_anew_after_it_was_closed_amid_a_content() {
    Traffic traffic = new Traffic().protocolHeader();
    traffic.encoder.method(1, PUBLISH);
    traffic.encoder.contentHeader(1, NO_PROPERTIES, 0, 2, 10);
    engine.receive(ByteBuffer.wrap(traffic.bytes()), handler);
    engine.channelClosed(1);
    engine.channelClosed(999);
    assertThat(engine.announcedBytes()).isZero();
    engine.receive(
        ByteBuffer.wrap(new Traffic().method(1, new ChannelMethod.Open()).bytes()), handler);
    assertThat(handler.calls).last().isEqualTo("1 Open[]");
  }

  @Test
  void closing_engine_passes_on_nothing_but_the_close_handshake() {
    engine.receive(ByteBuffer.wrap(new Traffic().protocolHeader().bytes()), handler);
    engine.onlyClose();
    Traffic traffic = new Traffic();
    traffic.encoder.content(1, PUBLISH, NO_PROPERTIES, new byte[10_000]);
    traffic.encoder.method(1, new QueueMethod.Delete("q", false, false, false));
    traffic.encoder.heartbeat();
    traffic.encoder.method(0, new ConnectionMethod.Blocked("reason"));
    traffic.frame(Frames.METHOD, 0, "00 63 00 63");
    traffic.frame(Frames.BODY, 3, "00");
    traffic.encoder.method(0, new ConnectionMethod.CloseOk());
    receiveInPieces(traffic.bytes(), 100);
    assertThat(handler.calls).containsExactly("protocol header", "0 CloseOk[]");
  }

  @Test
  void handler_may_refuse_by_exception_and_the_engine_goes_on_behind_the_frame() {
    Traffic traffic =
        new Traffic()
            .protocolHeader()
            .method(1, new ChannelMethod.Open())
            .content(1, PUBLISH, NO_PROPERTIES, new byte[0])
            .content(1, PUBLISH, NO_PROPERTIES, new byte[3])
            .heartbeat();
    AmqpException refusal = new AmqpException(ReplyCode.NOT_ALLOWED, "no", 20, 10);
    AtomicInteger thrown = new AtomicInteger();
    handler.afterEach =
        () -> {
          thrown.incrementAndGet();
          throw refusal;
        };
    ByteBuffer in = ByteBuffer.wrap(traffic.bytes());
    while (in.hasRemaining()) {
      int before = thrown.get();
      try {
        engine.receive(in, handler);
      } catch (AmqpException e) {
        assertThat(e).isSameAs(refusal);
        assertThat(thrown.get()).isEqualTo(before + 1);
      }
    }
    assertThat(handler.calls)
        .containsExactly(
            "protocol header",
            "1 Open[]",
            "1 header 0 " + PUBLISH,
            "1 header 3 " + PUBLISH,
            "heartbeat");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.2")
  void other_protocol_header_is_shown_and_the_rest_discarded() {
    String[][] cases = {
      {"41 4d 51 50 00 01 00 00 01 02", "414d515000010000"},
      {"41 4d 51 50 03 01 00 00", "414d515003010000"},
      {"41 4d 51 50 01 01 00 09", "414d515001010009"},
      {"41 4d 51 50 00 00 09 02", "414d515000000902"},
      {"47 45 54 20 2f 20 48 54 54 50", "474554202f204854"},
      {"00", "00"},
    };
    for (String[] each : cases) {
      RecordingHandler calls = new RecordingHandler();
      Amqp091Engine fresh = Amqp091Engine.server(FRAME_MAX, 1);
      fresh.receive(ByteBuffer.wrap(new Traffic().raw(each[0]).heartbeat().bytes()), calls);
      assertThat(calls.calls).hasSize(1);
      assertThat(calls.calls.getFirst()).startsWith("unsupported " + each[1].substring(0, 2));
      if (each[0].length() >= 23) {
        assertThat(calls.calls).containsExactly("unsupported " + each[1]);
      }
    }
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.2")
  void client_takes_a_protocol_header_for_a_refusal() {
    Amqp091Engine client = Amqp091Engine.client(FRAME_MAX, 1);
    byte[] bytes = new Traffic().protocolHeader().bytes();
    client.receive(ByteBuffer.wrap(bytes, 0, 3), handler);
    client.receive(ByteBuffer.wrap(bytes, 3, 5), handler);
    assertThat(handler.calls).containsExactly("unsupported 414d515000000901");
  }

  @Test
  void client_reads_frames_from_the_first_byte_on() {
    Traffic traffic = Traffic.mixed(5, 50, 4096);
    byte[] bytes = traffic.bytes();
    Amqp091Engine client = Amqp091Engine.client(FRAME_MAX, 2047);
    client.receive(ByteBuffer.wrap(Arrays.copyOfRange(bytes, 8, bytes.length)), handler);
    assertThat(handler.calls)
        .isEqualTo(traffic.expected.calls.subList(1, traffic.expected.calls.size()));
  }

  @Test
  void limits_that_the_protocol_forbids_are_refused() {
    assertThatThrownBy(() -> engine.limits(4095, 1)).hasMessageContaining("4095");
    assertThatThrownBy(() -> engine.limits(4096, 65_536)).hasMessageContaining("65536");
  }

  private void receiveInPieces(byte[] bytes, int piece) {
    for (int at = 0; at < bytes.length; at += piece) {
      engine.receive(ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)), handler);
    }
  }

  private static final class Discarding implements FrameHandler {
    private int bodies;

    @Override
    public void onProtocolHeader() {}

    @Override
    public void onUnsupportedProtocol(byte[] received) {}

    @Override
    public void onMethod(int channel, Method method) {}

    @Override
    public boolean onContentHeader(int channel, ContentMethod method, long bodySize) {
      return true;
    }

    @Override
    public void onContent(int channel, ContentMethod method, byte[] properties, byte[] body) {
      bodies++;
    }

    @Override
    public void onHeartbeat() {}
  }
}
