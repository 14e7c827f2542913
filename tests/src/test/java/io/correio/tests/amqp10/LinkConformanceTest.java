package io.correio.tests.amqp10;

import static io.correio.amqp.v10.peer.Performatives.begin;
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
import io.correio.tests.broker.Broker;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Part 2 of the standard, links: attach and detach, modes, credit. */
final class LinkConformanceTest extends ConformanceTest {

  LinkConformanceTest(Broker broker) {
    super(broker);
  }

  // ---- attach (2.6.3, 2.7.3) -----------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.2")
  void handle_in_use_ends_the_session() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, Broker.unique("link"));
      peer.send(0, sender("another", 0, Broker.unique("link")));
      peer.expectSessionEnd(0, "amqp:session:handle-in-use");
      peer.begin(0);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.2")
  void handle_beyond_handle_max_is_a_framing_error() throws IOException {
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer"))) {
      Composite begin = peer.begin(0);
      long max = begin.get("handle-max") == null ? 0xffffffffL : begin.number("handle-max");
      if (max < 0xffffffffL) {
        peer.send(0, sender("link", (int) max + 1, "queue"));
        peer.expectClose("amqp:connection:framing-error");
      }
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.1")
  void link_name_in_use_ends_the_session() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.attach(0, sender("name", 0, Broker.unique("link")));
      peer.send(0, sender("name", 1, Broker.unique("link")));
      peer.expectSessionEnd(0, "amqp:illegal-state");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.1")
  void one_name_may_be_a_link_in_each_direction() throws IOException {
    String queue = Broker.unique("link");
    try (SocketPeer peer = begun()) {
      peer.attach(0, sender("name", 0, queue));
      Composite answer = peer.attach(0, receiver("name", 1, queue));
      assertThat(answer.isTrue("role")).isFalse();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.3")
  void sender_that_gives_no_initial_delivery_count_ends_its_session() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.send(0, sender("link", 0, "queue").with("initial-delivery-count", null));
      peer.expectSessionEnd(0, "amqp:invalid-field");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.3")
  void server_that_sends_gives_its_initial_delivery_count() throws IOException {
    try (SocketPeer peer = begun()) {
      Composite answer = peer.attach(0, receiver("link", 0, Broker.unique("link")));
      assertThat(answer.get("initial-delivery-count")).isNotNull();
      assertThat(answer.isTrue("role")).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"name", "handle", "role"})
  @Spec(value = "AMQP 1.0", section = "2.7.3")
  void attach_without_a_mandatory_field_is_refused(String field) throws IOException {
    try (SocketPeer peer = begun()) {
      peer.send(0, sender("link", 0, "queue").with(field, null));
      peer.expectClose("amqp:decode-error");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.3")
  void refused_sender_is_attached_without_a_target_and_detached() throws IOException {
    try (SocketPeer peer = begun()) {
      Composite answer = peer.attach(0, sender("link", 0, "/queues/" + Broker.unique("none")));
      assertThat(answer.get("target")).isNull();
      peer.expectDetach(0, 0, "amqp:not-found");
      peer.attachSender(0, 0, Broker.unique("link"));
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.3")
  void refused_receiver_is_attached_without_a_source_and_detached() throws IOException {
    try (SocketPeer peer = begun()) {
      Composite answer = peer.attach(0, receiver("link", 0, "/queues/" + Broker.unique("none")));
      assertThat(answer.get("source")).isNull();
      peer.expectDetach(0, 0, "amqp:not-found");
      peer.attachReceiver(0, 0, Broker.unique("link"), 1);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.3")
  void what_is_sent_to_a_refused_link_is_discarded() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.send(
          ScriptedPeer.frame(0, sender("link", 0, "/queues/" + Broker.unique("none"))),
          ScriptedPeer.frame(0, transfer(0, 0), ScriptedPeer.message("too soon")));
      peer.expect(Kind.ATTACH);
      peer.expectDetach(0, 0, "amqp:not-found");
      peer.attachSender(0, 1, Broker.unique("link"));
      peer.deliver(0, 1, 1, "goes on");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.3")
  void sender_without_a_target_is_refused() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.attach(0, sender("link", 0, "queue").with("target", null));
      peer.expectDetach(0, 0, "amqp:invalid-field");
    }
  }

  // ---- modes (2.8.2, 2.8.3) ------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "2, 2"})
  @Spec(value = "AMQP 1.0", section = "2.8.2")
  void sending_peer_has_the_settle_mode_it_asks_for(int asked, int answered) throws IOException {
    try (SocketPeer peer = begun()) {
      Composite attach = sender("link", 0, Broker.unique("link")).with("snd-settle-mode", asked);
      assertThat(peer.attach(0, attach).number("snd-settle-mode")).isEqualTo(answered);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "2, 0"})
  @Spec(value = "AMQP 1.0", section = "2.8.2")
  void server_says_how_it_will_settle_what_it_sends(int asked, int answered) throws IOException {
    String queue = Broker.unique("link");
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "message");
      Composite attach = receiver("link", 1, queue).with("snd-settle-mode", asked);
      assertThat(peer.attach(0, attach).number("snd-settle-mode")).isEqualTo(answered);
      peer.send(0, credit(1, 0, 1));
      assertThat(peer.expect(Kind.TRANSFER).isTrue("settled")).isEqualTo(answered == 1);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.8.3")
  void server_that_receives_settles_first() throws IOException {
    try (SocketPeer peer = begun()) {
      Composite attach = sender("link", 0, Broker.unique("link")).with("rcv-settle-mode", 1);
      Composite answer = peer.attach(0, attach);
      Object mode = answer.get("rcv-settle-mode");
      assertThat(mode == null ? 0 : answer.number("rcv-settle-mode")).isZero();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.8.3")
  void receiver_that_settles_second_is_told_that_the_server_has_settled() throws IOException {
    String queue = Broker.unique("link");
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "message");
      Composite attach = receiver("link", 1, queue).with("rcv-settle-mode", 1);
      assertThat(peer.attach(0, attach).number("rcv-settle-mode")).isEqualTo(1);
      peer.send(0, credit(1, 0, 1));
      peer.expect(Kind.TRANSFER);
      peer.send(0, disposition(0, null, Composite.of(Kind.ACCEPTED)).with("settled", false));
      Composite settled = peer.expect(Kind.DISPOSITION);
      assertThat(settled.isTrue("role")).isFalse();
      assertThat(settled.isTrue("settled")).isTrue();
      assertThat(settled.part("state").kind()).isEqualTo(Kind.ACCEPTED);
    }
  }

  // ---- credit (2.6.7) ------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.7")
  void delivery_without_credit_detaches_the_link_alone() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.attach(0, sender("link", 0, Broker.unique("link")));
      long credit = peer.expect(Kind.FLOW).number("link-credit");
      // All in one write, so that none is renewed in between: partial ones use up no credit.
      for (long id = 0; id <= 4 * credit; id++) {
        peer.send(0, transfer(0, id).with("settled", true).with("aborted", true));
      }
      peer.send(0, detach(0, true));
      Composite detach = peer.expect(Kind.DETACH);
      if (detach.get("error") != null) {
        ScriptedPeer.assertCondition(detach, "amqp:link:transfer-limit-exceeded");
      }
      peer.attachSender(0, 1, Broker.unique("link"));
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.7")
  void no_delivery_comes_without_credit() throws IOException {
    String queue = Broker.unique("link");
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, queue);
      peer.attachReceiver(0, 1, queue, 0);
      peer.deliver(0, 0, 0, "one");
      peer.deliver(0, 0, 1, "two");
      peer.send(0, credit(1, 0, 1));
      assertThat(peer.expect(Kind.TRANSFER).number("delivery-id")).isZero();
      peer.deliver(0, 0, 2, "three");
      // From the delivery-count that the receiver knows: one more, of which one is used.
      peer.send(0, credit(1, 0, 2));
      assertThat(peer.expect(Kind.TRANSFER).number("delivery-id")).isEqualTo(1);
      peer.deliver(0, 0, 3, "four");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.7")
  void drain_uses_up_all_credit_and_says_so() throws IOException {
    String queue = Broker.unique("link");
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "one");
      peer.attachReceiver(0, 1, queue, 0);
      peer.send(0, credit(1, 0, 10).with("drain", true));
      peer.expect(Kind.TRANSFER);
      Composite flow = peer.expect(Kind.FLOW);
      assertThat(flow.number("link-credit")).isZero();
      assertThat(flow.number("delivery-count")).isEqualTo(10);
      assertThat(flow.isTrue("drain")).isTrue();
      peer.deliver(0, 0, 1, "two");
      peer.send(0, credit(1, 10, 1));
      peer.expect(Kind.TRANSFER);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.7")
  void credit_taken_back_lets_nothing_come() throws IOException {
    String queue = Broker.unique("link");
    try (SocketPeer peer = begun()) {
      peer.attachReceiver(0, 1, queue, 10);
      peer.send(0, credit(1, 0, 0));
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "one");
      peer.deliver(0, 0, 1, "two");
      peer.send(0, credit(1, 0, 1));
      assertThat(peer.expect(Kind.TRANSFER).number("delivery-id")).isZero();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.4")
  void echo_asks_for_the_links_state() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.attachReceiver(0, 1, Broker.unique("link"), 0);
      peer.send(0, credit(1, 0, 3).with("echo", true));
      Composite flow = peer.expect(Kind.FLOW);
      assertThat(flow.get("handle")).isNotNull();
      assertThat(flow.number("link-credit")).isEqualTo(3);
      assertThat(flow.number("delivery-count")).isZero();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.8.17")
  void flow_for_a_handle_that_is_not_attached_ends_the_session() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.send(0, credit(3, 0, 1));
      peer.expectSessionEnd(0, "amqp:session:unattached-handle");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"incoming-window", "next-outgoing-id", "outgoing-window"})
  @Spec(value = "AMQP 1.0", section = "2.7.4")
  void flow_without_a_mandatory_field_is_refused(String field) throws IOException {
    try (SocketPeer peer = begun()) {
      peer.send(0, flow().with(field, null));
      peer.expectClose("amqp:decode-error");
    }
  }

  // ---- detach (2.6.4, 2.6.6) -----------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Spec(value = "AMQP 1.0", section = "2.6.6")
  void detach_is_answered_in_kind_and_the_handle_is_free(boolean closed) throws IOException {
    String queue = Broker.unique("link");
    try (SocketPeer peer = begun()) {
      peer.attach(0, sender("link", 0, queue));
      peer.send(0, detach(0, closed).with("error", error("my:reason", "done")));
      Composite answer = peer.expect(Kind.DETACH);
      assertThat(answer.isTrue("closed")).isEqualTo(closed);
      assertThat(answer.get("error")).isNull();
      peer.attach(0, sender("link", 0, queue));
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.8.17")
  void detach_of_a_handle_that_is_not_attached_ends_the_session() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.send(0, detach(3, true));
      peer.expectSessionEnd(0, "amqp:session:unattached-handle");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.4")
  void detached_link_gives_back_what_was_not_settled() throws IOException {
    String queue = Broker.unique("link");
    try (SocketPeer peer = begun()) {
      peer.attachSender(0, 0, queue);
      peer.deliver(0, 0, 0, "message");
      peer.attachReceiver(0, 1, queue, 1);
      peer.expect(Kind.TRANSFER);
      peer.send(0, detach(1, false));
      peer.expect(Kind.DETACH);
      peer.attachReceiver(0, 1, queue, 1);
      assertThat(peer.expect(Kind.TRANSFER).number("delivery-id")).isEqualTo(1);
      // The old delivery's number means nothing any more.
      peer.send(0, disposition(0, null, Composite.of(Kind.ACCEPTED)));
      peer.send(0, detach(1, true));
      peer.expect(Kind.DETACH);
      peer.attachReceiver(0, 1, queue, 1);
      peer.expect(Kind.TRANSFER);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.1")
  void links_of_two_sessions_have_their_own_handles() throws IOException {
    String queue = Broker.unique("link");
    try (SocketPeer peer = begun()) {
      peer.send(1, begin());
      peer.expect(Kind.BEGIN);
      peer.attachSender(0, 5, queue);
      peer.attachReceiver(1, 5, queue, 1);
      peer.send(0, transfer(5, 0).with("settled", true), ScriptedPeer.message("message"));
      assertThat(peer.expectFrame(Kind.TRANSFER).channel()).isEqualTo(1);
    }
  }
}
