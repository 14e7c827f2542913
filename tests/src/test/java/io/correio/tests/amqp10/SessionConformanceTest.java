package io.correio.tests.amqp10;

import static io.correio.amqp.v10.peer.Performatives.begin;
import static io.correio.amqp.v10.peer.Performatives.controller;
import static io.correio.amqp.v10.peer.Performatives.credit;
import static io.correio.amqp.v10.peer.Performatives.detach;
import static io.correio.amqp.v10.peer.Performatives.disposition;
import static io.correio.amqp.v10.peer.Performatives.error;
import static io.correio.amqp.v10.peer.Performatives.flow;
import static io.correio.amqp.v10.peer.Performatives.open;
import static io.correio.amqp.v10.peer.Performatives.receiver;
import static io.correio.amqp.v10.peer.Performatives.sender;
import static io.correio.amqp.v10.peer.Performatives.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Kind;
import io.correio.amqp.v10.peer.ScriptedPeer;
import io.correio.amqp.v10.peer.ScriptedPeer.Frame;
import io.correio.tests.broker.Broker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Part 2 of the standard, sessions: channels, begin and end, windows. */
final class SessionConformanceTest extends ConformanceTest {

  SessionConformanceTest(Broker broker) {
    super(broker);
  }

  // ---- begin and end (2.5.1, 2.5.2) ----------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.2")
  void begin_is_answered_with_the_peers_channel() throws IOException {
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer"))) {
      Composite answer = peer.begin(7);
      assertThat(answer.number("remote-channel")).isEqualTo(7);
      assertThat(answer.number("incoming-window")).isPositive();
      assertThat(answer.number("outgoing-window")).isPositive();
      assertThat(answer.get("next-outgoing-id")).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"next-outgoing-id", "incoming-window", "outgoing-window"})
  @Spec(value = "AMQP 1.0", section = "2.7.2")
  void begin_without_a_mandatory_field_is_refused(String field) throws IOException {
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer"))) {
      peer.send(0, begin().with(field, null));
      peer.expectClose("amqp:decode-error");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.1")
  void channel_beyond_channel_max_is_a_framing_error() throws IOException {
    try (SocketPeer peer = new SocketPeer(broker)) {
      long max = peer.open(open("peer")).number("channel-max");
      assertThat(max).isLessThan(65_535);
      peer.send((int) max + 1, begin());
      peer.expectClose("amqp:connection:framing-error");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.1")
  void channel_in_use_cannot_begin_again() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.send(0, begin());
      peer.expectClose("amqp:illegal-state");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.2")
  void begin_that_answers_nothing_is_refused() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.send(1, begin().with("remote-channel", 3));
      peer.expectClose("amqp:invalid-field");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.1")
  void frames_on_a_channel_without_a_session_are_refused() throws IOException {
    List<Composite> frames =
        List.of(
            sender("link", 0, "queue"),
            flow(),
            transfer(0, 0),
            disposition(0, null, null),
            detach(0, true),
            Composite.of(Kind.END));
    for (Composite frame : frames) {
      try (SocketPeer peer = SocketPeer.opened(broker, open("peer"))) {
        peer.send(5, frame);
        peer.expectClose("amqp:illegal-state");
      }
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.2")
  void frames_after_end_are_refused() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.send(0, Composite.of(Kind.END));
      peer.expect(Kind.END);
      peer.send(0, flow());
      peer.expectClose("amqp:illegal-state");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.2")
  void end_with_an_error_is_answered_and_the_channel_is_free() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, Broker.unique("end"));
      peer.send(0, Composite.of(Kind.END).with("error", error("my:reason", "enough")));
      assertThat(peer.expect(Kind.END).get("error")).isNull();
      peer.begin(0);
      peer.attachSender(0, 0, Broker.unique("end"));
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.4")
  void what_comes_after_the_server_ended_a_session_is_discarded() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.begin(1);
      peer.send(
          ScriptedPeer.frame(0, transfer(9, 0), ScriptedPeer.message("errant")),
          ScriptedPeer.frame(0, flow().with("handle", 9)),
          ScriptedPeer.frame(0, sender("late", 1, Broker.unique("late"))));
      peer.expectSessionEnd(0, "amqp:session:unattached-handle");
      peer.begin(0);
      peer.attachSender(1, 0, Broker.unique("end"));
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.2")
  void end_gives_back_what_was_not_settled() throws IOException {
    String queue = Broker.unique("end");
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "message");
      peer.begin(1);
      peer.attachReceiver(1, 0, queue, 1);
      peer.expect(Kind.TRANSFER);
      peer.send(1, Composite.of(Kind.END));
      peer.expect(Kind.END);
      peer.begin(1);
      peer.attachReceiver(1, 0, queue, 1);
      peer.expect(Kind.TRANSFER);
    }
  }

  // ---- windows (2.5.6) -----------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.6")
  void transfers_beyond_the_window_end_the_session() throws IOException {
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer"))) {
      long window = peer.begin(0).number("incoming-window");
      assertThat(window).isLessThan(10_000);
      peer.attach(0, controller("controller", 0));
      // Parts of one delivery without any bytes, so neither credit nor memory is in the way.
      for (long sent = 0; sent <= window; sent++) {
        peer.send(0, transfer(0, 0).with("more", true));
      }
      peer.expectSessionEnd(0, "amqp:session:window-violation");
      peer.begin(0);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.6")
  void closed_window_holds_back_deliveries_until_a_flow() throws IOException {
    String queue = Broker.unique("window");
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer"))) {
      peer.begin(0);
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "one");
      peer.deliver(0, 0, 1, "two");
      peer.send(1, begin().with("incoming-window", 0));
      peer.expect(Kind.BEGIN);
      peer.attach(1, receiver("in", 0, queue));
      peer.send(1, credit(0, 0, 10).with("incoming-window", 0).with("echo", true));
      // An answer, behind anything that came too early.
      peer.deliver(0, 0, 2, "three");
      peer.send(1, flow().with("incoming-window", 1));
      assertThat(peer.expect(Kind.TRANSFER).number("delivery-id")).isZero();
      peer.deliver(0, 0, 3, "four");
      peer.send(1, flow().with("next-incoming-id", 1).with("incoming-window", 10));
      for (int id = 1; id < 4; id++) {
        assertThat(peer.expect(Kind.TRANSFER).number("delivery-id")).isEqualTo(id);
      }
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.6")
  void window_opened_by_one_links_flow_is_open_for_all_links() throws IOException {
    List<String> queues = List.of(Broker.unique("window"), Broker.unique("window"));
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer"))) {
      peer.begin(0);
      peer.attachSender(0, 0, queues.get(0));
      peer.deliver(0, 0, 0, "one");
      peer.attachSender(0, 1, queues.get(1));
      peer.deliver(0, 1, 1, "two");
      peer.send(1, begin().with("incoming-window", 0));
      peer.expect(Kind.BEGIN);
      for (int handle = 0; handle < 2; handle++) {
        peer.attach(1, receiver("in" + handle, handle, queues.get(handle)));
        peer.send(1, credit(handle, 0, 1).with("incoming-window", 0));
      }
      peer.deliver(0, 0, 2, "a question, so that both have been handed out");
      peer.send(1, credit(0, 0, 1).with("incoming-window", 100));
      List<Long> handles = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        handles.add(peer.expect(Kind.TRANSFER).number("handle"));
      }
      assertThat(handles).containsExactlyInAnyOrder(0L, 1L);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.6")
  void large_message_goes_on_when_the_window_opens_again() throws IOException {
    String queue = Broker.unique("window");
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer").with("max-frame-size", 512))) {
      peer.begin(0);
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "x".repeat(5_000));
      peer.send(1, begin().with("incoming-window", 2));
      peer.expect(Kind.BEGIN);
      peer.attach(1, receiver("in", 0, queue));
      peer.send(1, credit(0, 0, 1).with("incoming-window", 2));
      int frames = 0;
      int bytes = 0;
      boolean more = true;
      while (more) {
        Frame frame = peer.expectFrame(Kind.TRANSFER);
        frames++;
        bytes += frame.payload().length;
        more = frame.body() != null && frame.body().isTrue("more");
        if (more && frames % 2 == 0) {
          peer.send(1, flow().with("next-incoming-id", frames).with("incoming-window", 2));
        }
      }
      assertThat(bytes).isGreaterThan(5_000);
      assertThat(frames).isGreaterThan(10);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.4")
  void echo_asks_for_the_sessions_state() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.send(0, flow().with("echo", true));
      Composite answer = peer.expect(Kind.FLOW);
      assertThat(answer.get("handle")).isNull();
      assertThat(answer.number("next-incoming-id")).isZero();
      assertThat(answer.number("incoming-window")).isPositive();
    }
  }
}
