package io.correio.server.front.amqp091;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConfirmMethod;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.method.TxMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.core.identity.Permission;
import io.correio.core.identity.User;
import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Refusal;
import io.correio.core.queue.Reply;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PublishingTest {
  private final Peer peer = Peer.opened();

  private void publish(BasicProperties properties) {
    peer.publish(1, new BasicMethod.Publish("", "q", false, false), properties, "x");
  }

  private void publishTo(String exchange, String key) {
    peer.publish(
        1, new BasicMethod.Publish(exchange, key, false, false), BasicProperties.NONE, "x");
  }

  private void bind(String exchange, String queue, String key, Arguments arguments) {
    peer.shard.table =
        peer.shard.table.withBinding(
            new Binding(exchange, new Destination.ToQueue(queue), key, arguments));
  }

  private void selectConfirms(int channel) {
    peer.send(channel, new ConfirmMethod.Select(false));
    peer.expect(ConfirmMethod.SelectOk.class);
  }

  private Command.Publish nextPublish() {
    return peer.shard.next(Command.Publish.class);
  }

  private static Refusal full() {
    return new Refusal(Refusal.Kind.FULL, "no room");
  }

  // ---- messages ------------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.7")
  void publish_becomes_a_message_with_its_bytes_as_received() {
    BasicProperties properties =
        BasicProperties.builder().persistent().priority(7).contentType("text/plain").build();
    publish(properties);
    Command.Publish command = nextPublish();
    Message message = command.message();
    assertThat(message.envelope().address()).isEqualTo(new Address("", "q"));
    assertThat(message.envelope().durable()).isTrue();
    assertThat(message.envelope().priority()).isEqualTo(7);
    assertThat(message.content().format()).isEqualTo(MessageFormat.AMQP_0_9_1);
    assertThat(message.content().head()).isEqualTo(properties.raw());
    assertThat(message.content().body()).isEqualTo("x".getBytes(UTF_8));
    assertThat(command.queues()).containsExactly(1);
    assertThat(command.mandatory()).isFalse();
    peer.assertSilent();
  }

  @Test
  void transient_message_without_priority() {
    publish(BasicProperties.NONE);
    Message message = nextPublish().message();
    assertThat(message.envelope().durable()).isFalse();
    assertThat(message.envelope().priority()).isZero();
  }

  @Test
  void envelopes_follow_changes_of_key_and_properties() {
    peer.shard.withQueue(2, "r");
    publish(BasicProperties.NONE);
    publish(BasicProperties.NONE);
    publishTo("", "r");
    publish(BasicProperties.builder().persistent().build());
    Message first = nextPublish().message();
    assertThat(nextPublish().message().envelope()).isSameAs(first.envelope());
    assertThat(nextPublish().message().envelope().address().key()).isEqualTo("r");
    assertThat(nextPublish().message().envelope().durable()).isTrue();
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.6")
  void body_over_several_frames_is_one_message() {
    String body = "0123456789".repeat(50_000);
    peer.publish("q", body);
    assertThat(nextPublish().message().content().body()).isEqualTo(body.getBytes(UTF_8));
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.6")
  void empty_body_is_a_message() {
    peer.publish("q", "");
    assertThat(nextPublish().message().content().body()).isEmpty();
  }

  @Test
  void headers_exchange_sees_the_headers() {
    bind("amq.headers", "q", "", Arguments.of("colour", "red"));
    BasicProperties red = BasicProperties.builder().headers(FieldTable.of("colour", "red")).build();
    BasicProperties blue =
        BasicProperties.builder().headers(FieldTable.of("colour", "blue")).build();
    BasicMethod.Publish method = new BasicMethod.Publish("amq.headers", "", false, false);
    peer.publish(1, method, red, "x");
    peer.publish(1, method, blue, "x");
    assertThat(nextPublish().queues()).containsExactly(1);
    assertThat(nextPublish().queues()).isEmpty();
  }

  @Test
  void headers_cc_and_bcc_add_keys_and_bcc_is_removed() {
    peer.shard.withQueue(2, "copy");
    peer.shard.withQueue(3, "blind");
    FieldTable headers =
        FieldTable.builder()
            .put("CC", List.of("copy", "q"))
            .put("BCC", List.of("blind"))
            .put("kept", 1)
            .build();
    publish(BasicProperties.builder().headers(headers).persistent().build());
    Command.Publish command = nextPublish();
    assertThat(command.queues()).containsExactlyInAnyOrder(1, 2, 3);
    BasicProperties sent = new BasicProperties(command.message().content().head());
    assertThat(sent.headers().fields().keySet()).containsExactly("CC", "kept");
    assertThat(sent.isPersistent()).isTrue();
  }

  @Test
  void header_cc_that_is_no_array_is_refused() {
    publish(BasicProperties.builder().headers(FieldTable.of("CC", "copy")).build());
    assertThat(peer.expectChannelClose(406).replyText()).contains("'CC'");
  }

  // ---- errors --------------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.7.2")
  void unknown_exchange_is_not_found() {
    publishTo("nowhere", "k");
    assertThat(peer.expectChannelClose(404).replyText())
        .contains("no exchange 'nowhere' in vhost '/'");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.7.2")
  void internal_exchange_is_refused() {
    publishTo("hidden", "k");
    assertThat(peer.expectChannelClose(403).replyText()).contains("internal exchange 'hidden'");
  }

  @Test
  void exchange_without_permission_to_write_is_refused() {
    peer.identities =
        peer.identities.with(new Permission("guest", "/", ".*", "^amq\\.default$", ".*"));
    publishTo("", "q");
    nextPublish();
    publishTo("x", "q");
    assertThat(peer.expectChannelClose(403).replyText())
        .contains("write access to exchange 'x' in vhost '/' refused for user 'guest'");
  }

  @Test
  void permission_taken_away_counts_at_once() {
    publishTo("x", "q");
    nextPublish();
    peer.identities = peer.identities.withoutPermission("guest", "/");
    publishTo("x", "q");
    peer.expectChannelClose(403);
  }

  @Test
  void exchange_deleted_meanwhile_is_not_found() {
    publishTo("x", "q");
    peer.shard.table = peer.shard.table.withoutExchange("x");
    publishTo("x", "q");
    peer.expectChannelClose(404);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.7.5")
  void immediate_is_not_implemented() {
    peer.publish(1, new BasicMethod.Publish("", "q", false, true), BasicProperties.NONE, "x");
    assertThat(peer.expectConnectionClose(540).replyText()).contains("immediate=true");
  }

  @Test
  void other_users_name_in_the_properties_is_refused() {
    publish(BasicProperties.builder().userId("guest").build());
    nextPublish();
    publish(BasicProperties.builder().userId("root").build());
    assertThat(peer.expectChannelClose(406).replyText())
        .contains("user_id property set to 'root' but authenticated user was 'guest'");
  }

  @Test
  void impersonator_may_set_another_users_name() {
    peer.identities = peer.identities.with(new User("guest", "", Set.of("impersonator")));
    publish(BasicProperties.builder().userId("root").build());
    nextPublish();
  }

  @Test
  void malformed_expiration_is_refused() {
    publish(BasicProperties.builder().expiration("soon").build());
    assertThat(peer.expectChannelClose(406).replyText()).contains("invalid expiration 'soon'");
  }

  @Test
  void expiration_is_the_time_to_live() {
    publish(BasicProperties.builder().expiration("1000").build());
    assertThat(nextPublish().message().envelope().timeToLiveMillis()).isEqualTo(1000);
  }

  @Test
  void body_over_the_limit_closes_the_channel_and_is_discarded() {
    SessionLimits limits =
        new SessionLimits(10, 131_072, 0, 10, 10, 1_000, 1_000, 10, 3_000, 5_000);
    Peer small = new Peer(limits, new BodyBudget(1_000, 1_000, limits)).open();
    small.publish("q", "x".repeat(1_001));
    assertThat(small.expectChannelClose(406).replyText())
        .contains("message size 1001 is larger than configured max size 1000");
    small.channel(1);
    small.publish("q", "y".repeat(1_000));
    assertThat(small.shard.skipTo(Command.Publish.class).message().content().body())
        .isEqualTo("y".repeat(1_000).getBytes(UTF_8));
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "2.2.5")
  void publish_on_a_channel_that_is_not_open_is_an_error() {
    peer.publish(9, new BasicMethod.Publish("", "q", false, false), BasicProperties.NONE, "x");
    peer.expectConnectionClose(504);
  }

  @Test
  void contents_of_methods_that_servers_send_are_invalid() {
    peer.encoder.content(
        1, new BasicMethod.Deliver("c", 1, false, "", "q"), new byte[2], new byte[1]);
    peer.flush();
    peer.expectConnectionClose(503);
  }

  @Test
  void publishes_behind_an_error_are_discarded_until_close_ok() {
    BasicMethod.Publish bad = new BasicMethod.Publish("nowhere", "k", false, false);
    BasicMethod.Publish good = new BasicMethod.Publish("", "q", false, false);
    peer.encoder.content(1, bad, BasicProperties.NONE.raw(), new byte[1]);
    peer.encoder.content(1, good, BasicProperties.NONE.raw(), new byte[1]);
    peer.flush();
    peer.expectChannelClose(404);
    peer.shard.next(Command.LimitPool.class);
    peer.shard.assertNoMore();
  }

  // ---- mandatory -----------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.8.3.8")
  void unroutable_mandatory_message_is_returned_before_its_confirm() {
    selectConfirms(1);
    peer.publish(
        1,
        new BasicMethod.Publish("x", "nobody", true, false),
        BasicProperties.builder().messageId("m1").build(),
        "lost");
    Command.Publish command = nextPublish();
    assertThat(command.mandatory()).isTrue();
    assertThat(command.queues()).isEmpty();
    peer.emit(new Effect.Returned(1, command.message()), new Effect.Accepted(1));
    Peer.Received returned = peer.expectReceived(BasicMethod.Return.class);
    assertThat(returned.method()).isEqualTo(new BasicMethod.Return(312, "NO_ROUTE", "x", "nobody"));
    assertThat(returned.body()).isEqualTo("lost".getBytes(UTF_8));
    assertThat(new BasicProperties(returned.properties()).messageId()).isEqualTo("m1");
    assertThat(peer.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(1, false));
  }

  // ---- confirms ------------------------------------------------------------------------------

  @Test
  void accepted_publishes_of_a_channel_are_acknowledged_together() {
    selectConfirms(1);
    for (int i = 0; i < 5; i++) {
      peer.publish("q", "x");
    }
    peer.emit(new Effect.Accepted(3));
    assertThat(peer.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(3, true));
    peer.emit(new Effect.Accepted(4));
    assertThat(peer.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(4, false));
    peer.assertSilent();
  }

  @Test
  void each_channel_counts_its_own_publishes() {
    peer.channel(2);
    peer.channel(3);
    selectConfirms(1);
    selectConfirms(2);
    BasicMethod.Publish method = new BasicMethod.Publish("", "q", false, false);
    for (int channel : new int[] {1, 2, 3, 1, 2, 2}) {
      peer.publish(channel, method, BasicProperties.NONE, "x");
    }
    peer.emit(new Effect.Accepted(5));
    assertThat(peer.received)
        .extracting(Peer.Received::channel, Peer.Received::method)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, new BasicMethod.Ack(2, true)),
            org.assertj.core.groups.Tuple.tuple(2, new BasicMethod.Ack(2, true)));
    peer.received.clear();
    peer.emit(new Effect.Accepted(6));
    assertThat(peer.expectReceived(BasicMethod.Ack.class).channel()).isEqualTo(2);
  }

  @Test
  void rejected_publish_is_nacked_and_the_others_acknowledged() {
    selectConfirms(1);
    for (int i = 0; i < 3; i++) {
      peer.publish("q", "x");
    }
    peer.emit(new Effect.Rejected(2, full()), new Effect.Accepted(3));
    assertThat(peer.expect(BasicMethod.Nack.class))
        .isEqualTo(new BasicMethod.Nack(2, false, false));
    assertThat(peer.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(3, true));
    peer.assertSilent();
  }

  @Test
  void publishes_before_confirm_select_are_not_confirmed() {
    peer.publish("q", "x");
    selectConfirms(1);
    peer.publish("q", "x");
    peer.emit(new Effect.Accepted(2));
    assertThat(peer.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(1, false));
    peer.assertSilent();
  }

  @Test
  void confirms_of_a_closed_channel_do_not_reach_the_next_one_of_its_number() {
    selectConfirms(1);
    peer.publish("q", "x");
    peer.send(1, new ChannelMethod.Close(200, "", 0, 0));
    peer.done(peer.shard.skipTo(Command.LimitPool.class).request());
    peer.expect(ChannelMethod.CloseOk.class);
    peer.channel(1);
    selectConfirms(1);
    peer.emit(new Effect.Accepted(1));
    peer.assertSilent();
    peer.publish("q", "x");
    peer.emit(new Effect.Accepted(2));
    assertThat(peer.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(1, false));
  }

  @Test
  void confirm_select_without_an_answer() {
    peer.send(1, new ConfirmMethod.Select(true));
    peer.assertSilent();
    peer.publish("q", "x");
    peer.emit(new Effect.Accepted(1));
    peer.expect(BasicMethod.Ack.class);
  }

  @Test
  void confirms_and_transactions_exclude_each_other() {
    selectConfirms(1);
    peer.send(1, new TxMethod.Select());
    assertThat(peer.expectChannelClose(406).replyText())
        .contains("cannot switch from confirm to tx mode");
    peer.channel(2);
    peer.send(2, new TxMethod.Select());
    peer.expect(TxMethod.SelectOk.class);
    peer.send(2, new ConfirmMethod.Select(false));
    assertThat(peer.expectChannelClose(406).replyText())
        .contains("cannot switch from tx to confirm mode");
  }

  // ---- credit --------------------------------------------------------------------------------

  @Test
  void connection_is_not_read_while_its_credit_in_messages_is_spent() {
    for (int i = 0; i < VirtualHost.PUBLISH_CREDIT_MESSAGES + 10; i++) {
      peer.publish("q", "");
    }
    assertThat(peer.wire.reading).isFalse();
    assertThat(peer.shard.commands).hasSize(1 + VirtualHost.PUBLISH_CREDIT_MESSAGES);
    peer.emit(new Effect.Accepted(5));
    assertThat(peer.shard.commands).hasSize(1 + VirtualHost.PUBLISH_CREDIT_MESSAGES + 5);
    assertThat(peer.wire.reading).isFalse();
    peer.emit(new Effect.Accepted(VirtualHost.PUBLISH_CREDIT_MESSAGES));
    assertThat(peer.wire.reading).isTrue();
    assertThat(peer.shard.commands).hasSize(1 + VirtualHost.PUBLISH_CREDIT_MESSAGES + 10);
  }

  @Test
  void credit_in_bytes_is_kept_to_and_rejection_gives_it_back() {
    String large = "x".repeat(VirtualHost.PUBLISH_CREDIT_BYTES / 4);
    for (int i = 0; i < 6; i++) {
      peer.publish("q", large);
    }
    assertThat(peer.wire.reading).isFalse();
    assertThat(peer.shard.commands).hasSize(1 + 4);
    peer.emit(new Effect.Rejected(1, full()));
    assertThat(peer.shard.commands).hasSize(1 + 5);
    peer.emit(new Effect.Accepted(5));
    assertThat(peer.wire.reading).isTrue();
    assertThat(peer.shard.commands).hasSize(1 + 6);
  }

  // ---- publishes behind definitions ----------------------------------------------------------

  @Test
  void publish_waits_for_the_definitions_that_its_channel_has_asked_for() {
    peer.send(
        1, new QueueMethod.Declare("new", false, true, false, false, true, FieldTable.empty()));
    Command.DeclareQueue declare = peer.shard.next(Command.DeclareQueue.class);
    peer.publish("new", "first");
    peer.publish("new", "second");
    peer.shard.assertNoMore();
    assertThat(peer.wire.reading).isFalse();
    peer.shard.withQueue(9, "new");
    peer.emit(new Effect.Replied(declare.request(), new Reply.QueueDeclared("new", 0, 0)));
    assertThat(nextPublish().queues()).containsExactly(9);
    assertThat(nextPublish().message().content().body()).isEqualTo("second".getBytes(UTF_8));
    assertThat(peer.wire.reading).isTrue();
  }

  @Test
  void publish_on_another_channel_waits_for_nothing() {
    peer.channel(2);
    peer.send(
        2, new QueueMethod.Declare("new", false, true, false, false, true, FieldTable.empty()));
    peer.shard.next(Command.DeclareQueue.class);
    peer.publish("q", "x");
    nextPublish();
  }

  @Test
  void publish_behind_a_refused_definition_is_dropped_with_its_channel() {
    peer.send(
        1, new QueueMethod.Declare("new", false, true, false, false, true, FieldTable.empty()));
    Command.DeclareQueue declare = peer.shard.next(Command.DeclareQueue.class);
    peer.publish("new", "first");
    peer.emit(
        new Effect.Replied(
            declare.request(),
            new Reply.Refused(new Refusal(Refusal.Kind.PRECONDITION, "unlike"))));
    peer.expectChannelClose(406);
    assertThat(peer.shard.commands).noneMatch(Command.Publish.class::isInstance);
    assertThat(peer.wire.reading).isTrue();
  }
}
