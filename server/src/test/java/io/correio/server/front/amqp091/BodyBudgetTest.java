package io.correio.server.front.amqp091;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.amqp.v091.FrameEncoder;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bodies of several connections over one budget. */
class BodyBudgetTest {
  private static final int MAX_BODY = 1_000_000;
  private static final SessionLimits LIMITS =
      new SessionLimits(10, 131_072, 0, 10, 10, MAX_BODY, 1_000, 10, 3_000, 5_000);
  private static final BasicMethod.Publish METHOD = new BasicMethod.Publish("", "q", false, false);

  private final BodyBudget budget = new BodyBudget(MAX_BODY, 1_000, LIMITS);

  private Peer peer() {
    return new Peer(LIMITS, budget).open();
  }

  /** Announces a body and sends the first so many bytes of it. */
  private static void begin(Peer peer, int channel, int size, int sent) {
    FrameEncoder encoder = peer.encoder;
    encoder.method(channel, METHOD);
    encoder.contentHeader(channel, new byte[2], 0, 2, size);
    encoder.contentBody(channel, new byte[sent], 0, sent);
    peer.flush();
  }

  private static void send(Peer peer, int channel, int bytes) {
    peer.encoder.contentBody(channel, new byte[bytes], 0, bytes);
    peer.flush();
  }

  private static long publishes(Peer peer) {
    return peer.shard.commands.stream().filter(Command.Publish.class::isInstance).count();
  }

  @Test
  void large_body_is_reserved_when_it_is_announced_and_given_back_when_it_is_settled() {
    Peer peer = peer();
    begin(peer, 1, 600_000, 10);
    assertThat(budget.reservedBodyBytes()).isEqualTo(600_000);
    send(peer, 1, 600_000 - 10);
    assertThat(publishes(peer)).isEqualTo(1);
    assertThat(budget.reservedBodyBytes()).isEqualTo(600_000);
    peer.emit(new Effect.Accepted(1));
    assertThat(budget.reservedBodyBytes()).isZero();
  }

  @Test
  void small_bodies_reserve_nothing() {
    Peer peer = peer();
    peer.publish("q", "x".repeat(BodyReservations.FREE_BYTES));
    assertThat(budget.reservedBodyBytes()).isZero();
    assertThat(publishes(peer)).isEqualTo(1);
  }

  @Test
  void many_small_incomplete_bodies_of_one_connection_are_reserved() {
    Peer peer = peer();
    peer.channel(2);
    begin(peer, 1, 200_000, 10);
    begin(peer, 2, 200_000, 10);
    assertThat(budget.reservedBodyBytes()).isEqualTo(200_000);
  }

  @Test
  void connection_waits_for_its_turn_in_the_middle_of_a_content() {
    Peer first = peer();
    Peer second = peer();
    Peer third = peer();
    begin(first, 1, 700_000, 700_000);
    begin(second, 1, 600_000, 600_000);
    begin(third, 1, 300_000, 300_000);
    assertThat(second.wire.reading).isFalse();
    assertThat(publishes(second)).isZero();
    assertThat(third.wire.reading).as("no overtaking, although there is room").isFalse();
    first.emit(new Effect.Accepted(1));
    second.step();
    third.step();
    assertThat(publishes(second)).isEqualTo(1);
    assertThat(publishes(third)).isEqualTo(1);
    assertThat(second.wire.reading).isTrue();
    assertThat(budget.reservedBodyBytes()).isEqualTo(900_000);
  }

  @Test
  void peer_that_lets_others_wait_for_a_body_that_does_not_come_is_cut_off() {
    Peer stalled = peer();
    Peer waiting = peer();
    begin(stalled, 1, 700_000, 10);
    stalled.tick(100);
    stalled.assertSilent(); // nobody waits
    begin(waiting, 1, 600_000, 600_000);
    waiting.tick(100);
    waiting.assertSilent();
    stalled.tick(5);
    stalled.assertSilent();
    stalled.tick(1);
    ConnectionMethod.Close close = stalled.expect(ConnectionMethod.Close.class);
    assertThat(close.replyCode()).isEqualTo(506);
    assertThat(close.replyText()).contains("700000 bytes is incomplete after 6 s");
    waiting.step();
    assertThat(publishes(waiting)).isEqualTo(1);
    waiting.assertSilent();
  }

  @Test
  void peer_that_sends_bodies_one_after_the_other_is_not_cut_off_though_others_wait() {
    Peer busy = peer();
    Peer waiting = peer();
    begin(busy, 1, 700_000, 10);
    begin(waiting, 1, 600_000, 0);
    busy.tick(5);
    send(busy, 1, 300_000); // at 256 KiB/s that is another second
    busy.tick(1);
    send(busy, 1, 400_000 - 10);
    busy.emit(new Effect.Accepted(1)); // the other's turn
    waiting.step();
    begin(busy, 1, 300_000, 10);
    busy.tick(5);
    send(busy, 1, 300_000 - 10);
    busy.assertSilent();
    assertThat(publishes(busy)).isEqualTo(2);
  }

  @Test
  void connection_that_goes_away_gives_back_what_it_holds_and_waits_for_no_longer() {
    Peer first = peer();
    Peer second = peer();
    Peer third = peer();
    begin(first, 1, 700_000, 700_000);
    begin(second, 1, 600_000, 0);
    begin(third, 1, 900_000, 900_000);
    second.session.onClosed("gone");
    first.session.onClosed("gone");
    third.step();
    assertThat(publishes(third)).isEqualTo(1);
    assertThat(budget.reservedBodyBytes()).isEqualTo(900_000);
    third.session.onClosed("gone");
    assertThat(budget.reservedBodyBytes()).isZero();
  }

  @Test
  void connection_that_goes_away_between_grant_and_notice_gives_back() {
    Peer first = peer();
    Peer second = peer();
    begin(first, 1, 700_000, 700_000);
    begin(second, 1, 600_000, 0);
    first.emit(new Effect.Accepted(1));
    assertThat(budget.reservedBodyBytes()).isEqualTo(600_000);
    second.session.onClosed("gone");
    second.step();
    assertThat(budget.reservedBodyBytes()).isZero();
  }

  @Test
  void second_large_body_on_another_channel_does_not_wait_while_the_first_is_incomplete() {
    Peer peer = peer();
    peer.channel(2);
    begin(peer, 1, 700_000, 10);
    begin(peer, 2, 600_000, 0);
    ChannelMethod.Close close = peer.expect(ChannelMethod.Close.class);
    assertThat(close.replyCode()).isEqualTo(311);
    assertThat(close.replyText()).contains("600000 bytes");
    send(peer, 2, 600_000);
    peer.send(2, new ChannelMethod.CloseOk());
    send(peer, 1, 700_000 - 10);
    assertThat(publishes(peer)).isEqualTo(1);
    peer.emit(new Effect.Accepted(1));
    assertThat(budget.reservedBodyBytes()).isZero();
  }

  @Test
  void body_of_a_channel_that_was_closed_meanwhile_is_dropped_and_given_back() {
    Peer peer = peer();
    long consumer = peer.consume("c", false);
    begin(peer, 1, 700_000, 10);
    peer.emit(new Effect.Delivered(consumer, 7, 1, tooLargeForFrames(), false));
    peer.expect(ChannelMethod.Close.class);
    assertThat(budget.reservedBodyBytes()).isEqualTo(700_000);
    send(peer, 1, 700_000 - 10);
    peer.send(1, new ChannelMethod.CloseOk());
    peer.channel(1);
    assertThat(publishes(peer)).isZero();
    assertThat(budget.reservedBodyBytes()).isZero();
  }

  private static io.correio.core.message.Message tooLargeForFrames() {
    return new io.correio.core.message.Message(
        Peer.message("").envelope(), MessageFormat.toContent(new byte[200_000], new byte[0]));
  }

  @Test
  void refused_publish_gives_back() {
    Peer peer = peer();
    peer.encoder.content(
        1,
        new BasicMethod.Publish("nowhere", "q", false, false),
        new byte[2],
        "x".repeat(600_000).getBytes(UTF_8));
    peer.flush();
    peer.expectChannelClose(404);
    assertThat(budget.reservedBodyBytes()).isZero();
  }

  @Test
  void budget_below_the_largest_body_is_refused_at_start() {
    assertThatThrownBy(() -> new BodyBudget(MAX_BODY - 1, 1_000, LIMITS))
        .hasMessageContaining("raise the budgets");
  }

  @Test
  void any_number_of_connections_take_turns_until_all_have_published() {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Peer peer = peer();
      begin(peer, 1, 400_000 + i * 20_000, 400_000 + i * 20_000);
      peers.add(peer);
      assertThat(budget.reservedBodyBytes()).isLessThanOrEqualTo(MAX_BODY);
    }
    for (Peer peer : peers) {
      peer.step();
      assertThat(publishes(peer)).isEqualTo(1);
      peer.emit(new Effect.Accepted(1));
      assertThat(budget.reservedBodyBytes()).isLessThanOrEqualTo(MAX_BODY);
    }
    assertThat(budget.reservedBodyBytes()).isZero();
  }
}
