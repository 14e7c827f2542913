package io.correio.tests.amqp10;

import static io.correio.amqp.v10.peer.Performatives.controller;
import static io.correio.amqp.v10.peer.Performatives.credit;
import static io.correio.amqp.v10.peer.Performatives.detach;
import static io.correio.amqp.v10.peer.Performatives.disposition;
import static io.correio.amqp.v10.peer.Performatives.transfer;
import static io.correio.amqp.v10.peer.ScriptedPeer.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v10.peer.Composite;
import io.correio.amqp.v10.peer.Kind;
import io.correio.amqp.v10.peer.ScriptedPeer.Frame;
import io.correio.amqp.v10.peer.Values;
import io.correio.tests.broker.Broker;
import java.io.IOException;
import org.apache.qpid.proton.amqp.Symbol;
import org.junit.jupiter.api.Test;

/** Part 4 of the standard: transactions. Handle 0 is the coordinator's, 1 sends, 2 receives. */
final class TransactionConformanceTest extends ConformanceTest {

  private final String queue = Broker.unique("transaction");
  private long nextId;

  TransactionConformanceTest(Broker broker) {
    super(broker);
  }

  private SocketPeer controlling() throws IOException {
    SocketPeer peer = begun();
    peer.attach(0, controller("controller", 0));
    peer.attachSender(0, 1, queue);
    return peer;
  }

  private byte[] declare(SocketPeer peer) throws IOException {
    peer.send(0, transfer(0, nextId++), Values.value(Composite.of(Kind.DECLARE)));
    Composite state = peer.expect(Kind.DISPOSITION).part("state");
    assertThat(state.kind()).isEqualTo(Kind.DECLARED);
    byte[] id = Values.bytes(state.get("txn-id"));
    assertThat(id.length).isBetween(1, 32);
    return id;
  }

  private Composite discharge(SocketPeer peer, byte[] id, boolean fail) throws IOException {
    Composite discharge = Composite.of(Kind.DISCHARGE).with("txn-id", id).with("fail", fail);
    peer.send(0, transfer(0, nextId++), Values.value(discharge));
    Composite outcome = peer.expect(Kind.DISPOSITION);
    while (outcome.get("role") != null && !outcome.isTrue("role")) {
      outcome = peer.expect(Kind.DISPOSITION); // the server settles what was retired
    }
    return outcome.part("state");
  }

  private static Composite in(byte[] transaction) {
    return Composite.of(Kind.TRANSACTIONAL_STATE).with("txn-id", transaction);
  }

  private void post(SocketPeer peer, byte[] transaction, String text) throws IOException {
    peer.send(0, transfer(1, nextId++).with("state", in(transaction)), message(text));
    Composite state = peer.expect(Kind.DISPOSITION).part("state");
    assertThat(state.kind()).isEqualTo(Kind.TRANSACTIONAL_STATE);
    assertThat(state.part("outcome").kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(Values.bytes(state.get("txn-id"))).isEqualTo(transaction);
  }

  /** How many messages the queue has, which end up with this peer. */
  private int count() throws IOException {
    try (SocketPeer peer = begun()) {
      peer.attachReceiver(0, 0, queue, 0);
      peer.send(0, credit(0, 0, 100).with("drain", true));
      int count = 0;
      Frame frame = peer.next();
      while (frame.body() != null && frame.body().kind() == Kind.TRANSFER) {
        count++;
        frame = peer.next();
      }
      return count;
    }
  }

  private static void assertRejected(Composite state, String condition) {
    assertThat(state.kind()).isEqualTo(Kind.REJECTED);
    assertThat(state.part("error").text("condition")).isEqualTo(condition);
    assertThat(state.part("error").text("description")).isNotBlank();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.5.1")
  void coordinator_is_attached_with_what_it_can() throws IOException {
    try (SocketPeer peer = begun()) {
      Composite attach =
          controller("controller", 0)
              .with(
                  "target",
                  Composite.of(Kind.COORDINATOR)
                      .with(
                          "capabilities",
                          new Object[] {
                            Symbol.valueOf("amqp:local-transactions"),
                            Symbol.valueOf("amqp:distributed-transactions")
                          }));
      Composite target = peer.attach(0, attach).part("target");
      assertThat(target.kind()).isEqualTo(Kind.COORDINATOR);
      assertThat(target.texts("capabilities"))
          .contains("amqp:local-transactions")
          .doesNotContain("amqp:distributed-transactions");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.4.1")
  void posted_message_is_there_after_the_commit_and_not_before() throws IOException {
    try (SocketPeer peer = controlling()) {
      byte[] transaction = declare(peer);
      post(peer, transaction, "posted");
      assertThat(count()).isZero();
      assertThat(discharge(peer, transaction, false).kind()).isEqualTo(Kind.ACCEPTED);
      assertThat(count()).isEqualTo(1);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.3")
  void discharge_with_fail_leaves_nothing() throws IOException {
    try (SocketPeer peer = controlling()) {
      byte[] transaction = declare(peer);
      post(peer, transaction, "posted");
      assertThat(discharge(peer, transaction, true).kind()).isEqualTo(Kind.ACCEPTED);
      assertThat(count()).isZero();
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.5.8")
  void discharge_of_an_unknown_transaction_is_rejected() throws IOException {
    try (SocketPeer peer = controlling()) {
      assertRejected(discharge(peer, new byte[8], false), "amqp:transaction:unknown-id");
      byte[] transaction = declare(peer);
      discharge(peer, transaction, false);
      assertRejected(discharge(peer, transaction, false), "amqp:transaction:unknown-id");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.4.1")
  void posting_to_an_unknown_transaction_is_rejected() throws IOException {
    try (SocketPeer peer = controlling()) {
      peer.send(0, transfer(1, nextId++).with("state", in(new byte[] {9})), message("lost"));
      Composite state = peer.expect(Kind.DISPOSITION).part("state");
      assertRejected(state, "amqp:transaction:unknown-id");
      assertThat(count()).isZero();
    }
  }

  private void retire(SocketPeer peer, byte[] transaction, boolean settled) throws IOException {
    peer.deliver(0, 1, nextId++, "to retire");
    peer.attachReceiver(0, 2, queue, 1);
    long id = peer.expect(Kind.TRANSFER).number("delivery-id");
    Composite state = in(transaction).with("outcome", Composite.of(Kind.ACCEPTED));
    peer.send(0, disposition(id, null, state).with("settled", settled));
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.4.2")
  void retired_message_is_gone_after_the_commit() throws IOException {
    try (SocketPeer peer = controlling()) {
      byte[] transaction = declare(peer);
      retire(peer, transaction, false);
      assertThat(discharge(peer, transaction, false).kind()).isEqualTo(Kind.ACCEPTED);
      peer.closeOrderly();
    }
    assertThat(count()).isZero();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.4.2")
  void retired_message_is_still_the_peers_after_the_roll_back() throws IOException {
    try (SocketPeer peer = controlling()) {
      byte[] transaction = declare(peer);
      retire(peer, transaction, false);
      assertThat(discharge(peer, transaction, true).kind()).isEqualTo(Kind.ACCEPTED);
      assertThat(count()).isZero();
      peer.send(0, disposition(0, null, Composite.of(Kind.RELEASED)));
      peer.send(0, detach(2, true));
      peer.expect(Kind.DETACH);
      assertThat(count()).isEqualTo(1);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.4.4")
  void message_retired_and_settled_is_back_after_the_roll_back() throws IOException {
    try (SocketPeer peer = controlling()) {
      byte[] transaction = declare(peer);
      retire(peer, transaction, true);
      assertThat(discharge(peer, transaction, true).kind()).isEqualTo(Kind.ACCEPTED);
      peer.send(0, detach(2, true));
      peer.expect(Kind.DETACH);
      assertThat(count()).isEqualTo(1);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.4.2")
  void message_retired_by_a_link_that_is_gone_is_back_after_the_roll_back() throws IOException {
    try (SocketPeer peer = controlling()) {
      byte[] transaction = declare(peer);
      retire(peer, transaction, false);
      peer.send(0, detach(2, true));
      peer.expect(Kind.DETACH);
      assertThat(count()).isZero();
      discharge(peer, transaction, true);
      assertThat(count()).isEqualTo(1);
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.4.2")
  void message_retired_by_a_link_that_is_gone_is_gone_after_the_commit() throws IOException {
    try (SocketPeer peer = controlling()) {
      byte[] transaction = declare(peer);
      retire(peer, transaction, false);
      peer.send(0, detach(2, true));
      peer.expect(Kind.DETACH);
      discharge(peer, transaction, false);
      peer.closeOrderly();
    }
    assertThat(count()).isZero();
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.2")
  void coordinator_that_is_detached_rolls_back_what_is_open() throws IOException {
    try (SocketPeer peer = controlling()) {
      byte[] transaction = declare(peer);
      post(peer, transaction, "posted");
      peer.send(0, detach(0, true));
      peer.expect(Kind.DETACH);
      assertThat(count()).isZero();
      peer.send(0, transfer(1, nextId++).with("state", in(transaction)), message("late"));
      assertRejected(peer.expect(Kind.DISPOSITION).part("state"), "amqp:transaction:unknown-id");
    }
  }

  @Test
  @Spec(value = "AMQP 1.0", section = "4.4.3")
  void two_transactions_at_once_are_apart() throws IOException {
    try (SocketPeer peer = controlling()) {
      byte[] one = declare(peer);
      byte[] two = declare(peer);
      post(peer, one, "kept");
      post(peer, two, "dropped");
      discharge(peer, two, true);
      discharge(peer, one, false);
      assertThat(count()).isEqualTo(1);
    }
  }
}
