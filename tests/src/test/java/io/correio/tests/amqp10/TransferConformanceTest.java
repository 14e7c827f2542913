package io.correio.tests.amqp10;

import static io.correio.amqp.v10.peer.Performatives.credit;
import static io.correio.amqp.v10.peer.Performatives.disposition;
import static io.correio.amqp.v10.peer.Performatives.open;
import static io.correio.amqp.v10.peer.Performatives.sender;
import static io.correio.amqp.v10.peer.Performatives.transfer;
import static io.correio.amqp.v10.peer.ScriptedPeer.frame;
import static io.correio.amqp.v10.peer.ScriptedPeer.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Kind;
import io.correio.amqp.v10.peer.ScriptedPeer.Frame;
import io.correio.amqp.v10.peer.Values;
import io.correio.tests.broker.Broker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Part 2 of the standard, deliveries: transfer and disposition. */
final class TransferConformanceTest extends ConformanceTest {

  private final String queue = Broker.unique("transfer");

  TransferConformanceTest(Broker broker) {
    super(broker);
  }

  /** A peer with a link for sending, handle 0. */
  private SocketPeer sending() throws IOException {
    SocketPeer peer = begun();
    peer.attachSender(0, 0, queue);
    return peer;
  }

  private static String body(Frame frame) {
    String payload = new String(frame.payload(), StandardCharsets.ISO_8859_1);
    return payload.substring(payload.lastIndexOf('\u00b0') + 5);
  }

  // ---- transfers that break the rules --------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.8.17")
  void transfer_on_a_handle_that_is_not_attached_ends_the_session() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(4, 0), message("x"));
      peer.expectSessionEnd(0, "amqp:session:unattached-handle");
      peer.begin(0);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.5")
  void transfer_by_a_link_for_receiving_ends_the_session() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.attachReceiver(0, 0, queue, 1);
      peer.send(0, transfer(0, 0), message("x"));
      peer.expectSessionEnd(0, "amqp:not-allowed");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.5")
  void first_transfer_without_a_delivery_id_ends_the_session() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(0, 0).with("delivery-id", null), message("x"));
      peer.expectSessionEnd(0, "amqp:invalid-field");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.5")
  void first_transfer_without_a_delivery_tag_ends_the_session() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(0, 0).with("delivery-tag", null), message("x"));
      peer.expectSessionEnd(0, "amqp:invalid-field");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.8.7")
  void delivery_tag_has_32_bytes_at_most() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(0, 0).with("delivery-tag", new byte[32]), message("x"));
      peer.expect(Kind.DISPOSITION);
      peer.send(0, transfer(0, 1).with("delivery-tag", new byte[33]), message("x"));
      peer.expectSessionEnd(0, "amqp:invalid-field");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.8.7")
  void delivery_tag_may_be_empty() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(0, 0).with("delivery-tag", new byte[0]), message("x"));
      assertThat(peer.expect(Kind.DISPOSITION).part("state").kind()).isEqualTo(Kind.ACCEPTED);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.12")
  void delivery_id_used_twice_ends_the_session() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.deliver(0, 0, 0, "x");
      peer.send(0, transfer(0, 0), message("x"));
      peer.expectSessionEnd(0, "amqp:invalid-field");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.12")
  void delivery_id_that_leaves_one_out_ends_the_session() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.deliver(0, 0, 0, "x");
      peer.send(0, transfer(0, 2), message("x"));
      peer.expectSessionEnd(0, "amqp:invalid-field");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.8.10")
  void delivery_ids_are_serial_numbers_that_wrap() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.deliver(0, 0, 0xffffffffL, "last");
      peer.deliver(0, 0, 0, "first");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.14")
  void delivery_that_begins_within_another_ends_the_session() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(0, 0).with("more", true), message("x"));
      peer.send(0, transfer(0, 1), message("y"));
      peer.expectSessionEnd(0, "amqp:invalid-field");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.5")
  void transfer_without_a_handle_is_refused() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(0, 0).with("handle", null), message("x"));
      peer.expectClose("amqp:decode-error");
    }
  }

  // ---- deliveries of several transfers (2.6.14) ----------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.14")
  void parts_of_deliveries_on_two_links_may_alternate() throws IOException {
    byte[] whole = message("in three parts");
    try (SocketPeer peer = sending()) {
      peer.attachSender(0, 1, queue);
      for (int handle = 0; handle < 2; handle++) {
        peer.send(
            0, transfer(handle, handle).with("more", true), java.util.Arrays.copyOf(whole, 4));
      }
      for (int handle = 0; handle < 2; handle++) {
        Composite part = Composite.of(Kind.TRANSFER).with("handle", handle).with("more", true);
        peer.send(0, part, java.util.Arrays.copyOfRange(whole, 4, 9));
      }
      for (int handle = 1; handle >= 0; handle--) {
        Composite part = Composite.of(Kind.TRANSFER).with("handle", handle);
        peer.send(0, part, java.util.Arrays.copyOfRange(whole, 9, whole.length));
        assertThat(peer.expect(Kind.DISPOSITION).number("first")).isEqualTo(handle);
      }
      peer.attachReceiver(0, 2, queue, 2);
      assertThat(body(peer.expectFrame(Kind.TRANSFER))).isEqualTo("in three parts");
      assertThat(body(peer.expectFrame(Kind.TRANSFER))).isEqualTo("in three parts");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.5")
  void aborted_delivery_never_was() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(0, 0).with("more", true), message("never"));
      peer.send(0, Composite.of(Kind.TRANSFER).with("handle", 0).with("aborted", true));
      peer.deliver(0, 0, 1, "this one");
      peer.attachReceiver(0, 1, queue, 1);
      assertThat(body(peer.expectFrame(Kind.TRANSFER))).isEqualTo("this one");
      peer.deliver(0, 0, 2, "and this");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.5.6")
  void transfers_without_bytes_use_the_window_up_and_open_it_again() throws IOException {
    try (SocketPeer peer = SocketPeer.opened(broker, open("peer"))) {
      long window = peer.begin(0).number("incoming-window");
      peer.attachSender(0, 0, queue);
      for (long sent = 0; sent < window; sent++) {
        peer.send(0, transfer(0, sent).with("settled", true).with("aborted", true));
      }
      Composite flow = peer.expect(Kind.FLOW);
      while (flow.number("next-incoming-id") < window) {
        flow = peer.expect(Kind.FLOW);
      }
      assertThat(flow.number("incoming-window")).isPositive();
      peer.deliver(0, 0, window, "goes on");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.5")
  void settled_delivery_has_no_outcome() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(0, 0).with("settled", true).with("batchable", true), message("a"));
      peer.deliver(0, 0, 1, "b");
      peer.attachReceiver(0, 1, queue, 2);
      assertThat(body(peer.expectFrame(Kind.TRANSFER))).isEqualTo("a");
      assertThat(body(peer.expectFrame(Kind.TRANSFER))).isEqualTo("b");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.5")
  void delivery_settled_by_its_last_transfer_is_settled() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.send(0, transfer(0, 0).with("more", true), java.util.Arrays.copyOf(message("a"), 3));
      Composite last = Composite.of(Kind.TRANSFER).with("handle", 0).with("settled", true);
      peer.send(0, last, java.util.Arrays.copyOfRange(message("a"), 3, message("a").length));
      peer.deliver(0, 0, 1, "b");
    }
  }

  // ---- transfers of the server ---------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.5")
  void servers_transfers_have_ids_tags_and_format() throws IOException {
    try (SocketPeer peer = sending()) {
      peer.deliver(0, 0, 0, "a");
      peer.deliver(0, 0, 1, "b");
      peer.attachReceiver(0, 1, queue, 2);
      List<Object> tags = new ArrayList<>();
      for (int id = 0; id < 2; id++) {
        Composite transfer = peer.expect(Kind.TRANSFER);
        assertThat(transfer.number("delivery-id")).isEqualTo(id);
        assertThat(transfer.number("message-format")).isZero();
        assertThat(Values.bytes(transfer.get("delivery-tag")).length).isBetween(1, 32);
        tags.add(transfer.text("delivery-tag"));
      }
      assertThat(tags).doesNotHaveDuplicates();
    }
  }

  // ---- disposition (2.7.6) -------------------------------------------------------------------

  private SocketPeer withDeliveries(int count) throws IOException {
    SocketPeer peer = sending();
    for (int i = 0; i < count; i++) {
      peer.send(0, transfer(0, i).with("settled", true), message("message " + i));
    }
    peer.attachReceiver(0, 1, queue, count);
    for (int i = 0; i < count; i++) {
      peer.expect(Kind.TRANSFER);
    }
    return peer;
  }

  /** What is in the queue when the peer's links are gone. */
  private List<String> left() throws IOException {
    List<String> bodies = new ArrayList<>();
    try (SocketPeer peer = begun()) {
      peer.attachReceiver(0, 0, queue, 0);
      peer.send(0, credit(0, 0, 100).with("drain", true));
      Frame frame = peer.next();
      while (frame.body() != null && frame.body().kind() == Kind.TRANSFER) {
        bodies.add(body(frame));
        peer.send(0, disposition(bodies.size() - 1L, null, Composite.of(Kind.ACCEPTED)));
        frame = peer.next();
      }
      peer.closeOrderly();
    }
    return bodies;
  }

  private static Composite accepted() {
    return Composite.of(Kind.ACCEPTED);
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.6")
  void range_settles_its_deliveries_and_no_others() throws IOException {
    try (SocketPeer peer = withDeliveries(6)) {
      peer.send(0, disposition(1, 3L, accepted()));
      peer.closeOrderly();
    }
    assertThat(left()).containsExactly("message 0", "message 4", "message 5");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.6")
  void range_whose_first_is_settled_already_settles_the_others() throws IOException {
    try (SocketPeer peer = withDeliveries(6)) {
      peer.send(0, disposition(1, null, accepted()));
      peer.send(0, disposition(1, 3L, accepted()));
      peer.closeOrderly();
    }
    assertThat(left()).containsExactly("message 0", "message 4", "message 5");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.6")
  void range_whose_last_is_settled_already_settles_nothing_beyond() throws IOException {
    try (SocketPeer peer = withDeliveries(6)) {
      peer.send(0, disposition(3, null, accepted()));
      peer.send(0, disposition(1, 3L, accepted()));
      peer.closeOrderly();
    }
    assertThat(left()).containsExactly("message 0", "message 4", "message 5");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.6")
  void unknown_numbers_in_a_disposition_count_for_nothing() throws IOException {
    try (SocketPeer peer = withDeliveries(2)) {
      peer.send(0, disposition(77, null, accepted()));
      peer.send(0, disposition(50, 60L, accepted()));
      peer.send(0, disposition(1, 0x7fffffffL, accepted()));
      peer.closeOrderly();
    }
    assertThat(left()).containsExactly("message 0");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.6")
  void range_that_ends_before_it_begins_ends_the_session() throws IOException {
    try (SocketPeer peer = withDeliveries(2)) {
      peer.send(0, disposition(1, 0L, accepted()));
      peer.expectSessionEnd(0, "amqp:invalid-field");
    }
    assertThat(left()).containsExactly("message 0", "message 1");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.6.12")
  void outcome_of_an_unsettled_disposition_counts_and_the_server_settles() throws IOException {
    try (SocketPeer peer = withDeliveries(3)) {
      peer.send(0, disposition(0, 1L, accepted()).with("settled", false));
      Composite settled = peer.expect(Kind.DISPOSITION);
      long last = settled.get("last") == null ? 0 : settled.number("last");
      if (last == 0) {
        settled = peer.expect(Kind.DISPOSITION);
        last = settled.number("first");
      }
      assertThat(settled.isTrue("settled")).isTrue();
      assertThat(last).isEqualTo(1);
      peer.closeOrderly();
    }
    assertThat(left()).containsExactly("message 2");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "3.4.1")
  void received_is_no_outcome() throws IOException {
    try (SocketPeer peer = withDeliveries(1)) {
      Composite received =
          Composite.of(Kind.RECEIVED).with("section-number", 0).with("section-offset", 0);
      peer.send(0, disposition(0, null, received).with("settled", false));
      peer.closeOrderly();
    }
    assertThat(left()).containsExactly("message 0");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.6")
  void settled_without_an_outcome_is_the_default_outcome() throws IOException {
    try (SocketPeer peer = withDeliveries(1)) {
      peer.send(0, disposition(0, null, null));
      peer.closeOrderly();
    }
    assertThat(left()).containsExactly("message 0");
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.6")
  void disposition_without_a_mandatory_field_is_refused() throws IOException {
    for (String field : List.of("role", "first")) {
      try (SocketPeer peer = begun()) {
        peer.send(frame(0, disposition(0, null, accepted()).with(field, null)));
        peer.expectClose("amqp:decode-error");
      }
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "2.7.3")
  void message_beyond_max_message_size_detaches_the_link_alone() throws IOException {
    try (SocketPeer peer = begun()) {
      long max = peer.attach(0, sender("link", 0, queue)).number("max-message-size");
      peer.expect(Kind.FLOW);
      byte[] part = new byte[100_000];
      Composite transfer = transfer(0, 0).with("more", true);
      boolean detached = false;
      long sent = 0;
      while (!detached) {
        peer.send(0, transfer, part);
        sent += part.length;
        assertThat(sent).isLessThan(max + 4L * part.length);
        if (sent > max) {
          peer.expectDetach(0, 0, "amqp:link:message-size-exceeded");
          detached = true;
        }
      }
      peer.attachSender(0, 1, queue);
      peer.deliver(0, 1, 1, "goes on");
    }
  }
}
