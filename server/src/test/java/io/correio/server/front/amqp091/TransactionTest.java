package io.correio.server.front.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.TxMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.core.manager.VirtualHost;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Settlement;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

@Spec(value = "AMQP 0-9-1", section = "1.9")
class TransactionTest {
  private final Peer peer = Peer.opened();

  private void select() {
    peer.send(1, new TxMethod.Select());
    peer.expect(TxMethod.SelectOk.class);
  }

  private void deliver(int count) {
    long consumer = peer.consume("c", false);
    for (int sequence = 1; sequence <= count; sequence++) {
      peer.emit(Peer.delivered(consumer, sequence));
    }
    peer.received.clear();
  }

  private static long[] sequences(Command.Settle settle) {
    return Arrays.copyOf(settle.sequences(), settle.count());
  }

  @Test
  void publishes_and_settlements_are_one_command_at_the_commit() {
    select();
    deliver(3);
    peer.publish("q", "a");
    peer.publish("q", "b");
    peer.send(
        1,
        new BasicMethod.Ack(1, false),
        new BasicMethod.Reject(2, false),
        new BasicMethod.Nack(3, false, true));
    peer.shard.assertNoMore();
    peer.send(1, new TxMethod.Commit());
    Command.Commit commit = peer.shard.next(Command.Commit.class);
    assertThat(commit.publishes()).hasSize(2);
    assertThat(commit.settles())
        .extracting(Command.Settle::settlement)
        .containsExactlyInAnyOrder(Settlement.ACCEPTED, Settlement.REJECTED, Settlement.RETURNED);
    peer.assertSilent();
    peer.emit(new Effect.Accepted(2));
    peer.assertSilent();
    peer.done(commit.request());
    peer.expect(TxMethod.CommitOk.class);
  }

  @Test
  void next_transaction_starts_empty() {
    select();
    peer.publish("q", "a");
    peer.send(1, new TxMethod.Commit());
    peer.done(peer.shard.next(Command.Commit.class).request());
    peer.expect(TxMethod.CommitOk.class);
    peer.send(1, new TxMethod.Commit());
    Command.Commit second = peer.shard.next(Command.Commit.class);
    assertThat(second.publishes()).isEmpty();
    assertThat(second.settles()).isEmpty();
  }

  @Test
  void rollback_drops_publishes_and_opens_settlements_again() {
    select();
    deliver(3);
    peer.publish("q", "a");
    peer.send(1, new BasicMethod.Ack(2, true), new TxMethod.Rollback());
    peer.expect(TxMethod.RollbackOk.class);
    peer.send(1, new BasicMethod.Ack(1, false), new TxMethod.Commit());
    Command.Commit commit = peer.shard.next(Command.Commit.class);
    assertThat(commit.publishes()).isEmpty();
    assertThat(sequences(commit.settles().getFirst())).containsExactly(1);
  }

  @Test
  void delivery_settled_in_a_transaction_cannot_be_settled_again() {
    select();
    deliver(1);
    peer.send(1, new BasicMethod.Ack(1, false), new BasicMethod.Ack(1, false));
    peer.expectChannelClose(406);
  }

  @Test
  void closing_the_channel_drops_the_transaction_and_returns_messages() {
    select();
    deliver(2);
    peer.publish("q", "a");
    peer.send(1, new BasicMethod.Ack(1, false), new ChannelMethod.Close(200, "", 0, 0));
    peer.shard.next(Command.Cancel.class);
    Command.Settle settle = peer.shard.next(Command.Settle.class);
    assertThat(settle.settlement()).isEqualTo(Settlement.RETURNED);
    assertThat(sequences(settle)).containsExactly(1, 2);
    peer.shard.next(Command.LimitPool.class);
    peer.shard.assertNoMore();
  }

  @Test
  void commit_and_rollback_need_a_transactional_channel() {
    peer.send(1, new TxMethod.Commit());
    assertThat(peer.expectChannelClose(406).replyText()).contains("not transactional");
    peer.channel(1);
    peer.send(1, new TxMethod.Rollback());
    peer.expectChannelClose(406);
  }

  @Test
  void transaction_is_limited_in_bytes_and_operations() {
    SessionLimits limits = new SessionLimits(10, 131_072, 0, 10, 10, 2_000, 2_000, 3, 3_000, 5_000);
    BodyBudget budget = new BodyBudget(2_000, 2_000, limits);
    Peer small = new Peer(limits, budget).open();
    small.send(1, new TxMethod.Select());
    small.expect(TxMethod.SelectOk.class);
    small.publish("q", "x".repeat(1_000));
    small.publish("q", "x".repeat(1_000));
    assertThat(small.expectChannelClose(406).replyText()).contains("2000 bytes");
    assertThat(budget.reservedTransactionBytes()).isZero();

    small.channel(2);
    small.send(2, new TxMethod.Select());
    small.expect(TxMethod.SelectOk.class);
    BasicMethod.Publish method = new BasicMethod.Publish("", "q", false, false);
    for (int i = 0; i < 4; i++) {
      small.publish(2, method, BasicProperties.NONE, "x");
    }
    assertThat(small.expectChannelClose(406).replyText()).contains("4 operations", "3");
  }

  @Test
  void all_transactions_together_are_limited() {
    SessionLimits limits = new SessionLimits(10, 131_072, 0, 10, 10, 2_000, 2_000, 3, 3_000, 5_000);
    BodyBudget budget = new BodyBudget(2_000, 2_000, limits);
    Peer first = new Peer(limits, budget).open();
    Peer second = new Peer(limits, budget).open();
    for (Peer each : new Peer[] {first, second}) {
      each.send(1, new TxMethod.Select());
      each.expect(TxMethod.SelectOk.class);
    }
    first.publish("q", "x".repeat(1_500));
    second.publish("q", "x".repeat(1_500));
    assertThat(second.expectChannelClose(406).replyText()).contains("open transactions");
    first.session.onClosed("gone");
    assertThat(budget.reservedTransactionBytes()).isZero();
  }

  @Test
  void commit_spends_publish_credit() {
    select();
    for (int i = 0; i < VirtualHost.PUBLISH_CREDIT_MESSAGES; i++) {
      peer.publish("q", "");
    }
    assertThat(peer.wire.reading).isTrue();
    peer.send(1, new TxMethod.Commit());
    assertThat(peer.wire.reading).isFalse();
    peer.emit(new Effect.Accepted(VirtualHost.PUBLISH_CREDIT_MESSAGES));
    assertThat(peer.wire.reading).isTrue();
  }
}
