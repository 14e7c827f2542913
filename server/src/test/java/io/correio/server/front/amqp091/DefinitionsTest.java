package io.correio.server.front.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.method.ExchangeMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.core.identity.Permission;
import io.correio.core.message.Arguments;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Refusal;
import io.correio.core.queue.Reply;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionsTest {
  private final Peer peer = Peer.opened();

  private static QueueMethod.Declare queue(String name) {
    return queue(name, FieldTable.empty());
  }

  private static QueueMethod.Declare queue(String name, FieldTable arguments) {
    return new QueueMethod.Declare(name, false, true, false, false, false, arguments);
  }

  private static ExchangeMethod.Declare exchange(String name, String type, boolean passive) {
    return new ExchangeMethod.Declare(
        name, type, passive, true, false, false, false, FieldTable.empty());
  }

  private void refuse(long request, Refusal.Kind kind) {
    peer.emit(new Effect.Replied(request, new Reply.Refused(new Refusal(kind, "because"))));
  }

  // ---- queues --------------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.7.2.1")
  void queue_declare_is_answered_when_the_core_has_done_it() {
    peer.send(
        1,
        new QueueMethod.Declare(
            "orders", false, true, false, true, false, FieldTable.of("owner", "shop")));
    peer.assertSilent();
    Command.DeclareQueue command = peer.shard.next(Command.DeclareQueue.class);
    assertThat(command)
        .isEqualTo(
            new Command.DeclareQueue(
                1,
                command.request(),
                "orders",
                false,
                true,
                false,
                true,
                Arguments.of("owner", "shop")));
    peer.emit(new Effect.Replied(command.request(), new Reply.QueueDeclared("orders", 3, 2)));
    assertThat(peer.expect(QueueMethod.DeclareOk.class))
        .isEqualTo(new QueueMethod.DeclareOk("orders", 3, 2));
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.7.2.1.2")
  void queue_without_a_name_gets_one_that_nobody_can_guess() {
    peer.send(1, queue(""), queue(""));
    String first = peer.shard.next(Command.DeclareQueue.class).name();
    String second = peer.shard.next(Command.DeclareQueue.class).name();
    assertThat(first).matches("amq\\.gen-[A-Za-z0-9_-]{22}").isNotEqualTo(second);
    assertThat(second).matches("amq\\.gen-[A-Za-z0-9_-]{22}");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.7.2.3.2")
  void empty_name_stands_for_the_queue_declared_last() {
    peer.send(1, queue("first"), queue("last"));
    peer.send(1, new QueueMethod.Purge("", false));
    assertThat(peer.shard.skipTo(Command.PurgeQueue.class).name()).isEqualTo("last");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.7.2.3.2")
  void empty_name_before_any_declaration_is_not_found() {
    peer.send(1, new QueueMethod.Purge("", false));
    assertThat(peer.expectChannelClose(404).replyText()).contains("no previously declared queue");
  }

  @Test
  void reserved_queue_name_is_refused() {
    peer.send(1, queue("amq.mine"));
    assertThat(peer.expectChannelClose(403).replyText())
        .contains("queue name 'amq.mine' contains reserved prefix 'amq.*'");
  }

  @Test
  void passive_declaration_of_a_reserved_name_asks_the_core() {
    peer.send(
        1,
        new QueueMethod.Declare("amq.gen-x", true, false, false, false, false, FieldTable.empty()));
    refuse(peer.shard.next(Command.DeclareQueue.class).request(), Refusal.Kind.NOT_FOUND);
    peer.expectChannelClose(404);
  }

  @Test
  void no_wait_means_no_answer() {
    peer.send(
        1,
        new QueueMethod.Declare("orders", false, true, false, false, true, FieldTable.empty()),
        new QueueMethod.Delete("orders", false, false, true),
        new QueueMethod.Purge("orders", true));
    peer.emit(
        new Effect.Replied(
            peer.shard.next(Command.DeclareQueue.class).request(),
            new Reply.QueueDeclared("orders", 0, 0)),
        new Effect.Replied(
            peer.shard.next(Command.DeleteQueue.class).request(), new Reply.Removed(0)),
        new Effect.Replied(
            peer.shard.next(Command.PurgeQueue.class).request(), new Reply.Removed(0)));
    peer.assertSilent();
  }

  @Test
  void refusal_closes_the_channel_even_when_no_answer_was_asked_for() {
    peer.send(
        1, new QueueMethod.Declare("orders", false, true, false, false, true, FieldTable.empty()));
    refuse(peer.shard.next(Command.DeclareQueue.class).request(), Refusal.Kind.PRECONDITION);
    assertThat(peer.expectChannelClose(406).replyText()).isEqualTo("PRECONDITION_FAILED - because");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.7.2.9")
  void queue_delete_tells_how_many_messages_went() {
    peer.send(1, new QueueMethod.Delete("orders", true, true, false));
    Command.DeleteQueue command = peer.shard.next(Command.DeleteQueue.class);
    assertThat(command.ifUnused()).isTrue();
    assertThat(command.ifEmpty()).isTrue();
    peer.emit(new Effect.Replied(command.request(), new Reply.Removed(17)));
    assertThat(peer.expect(QueueMethod.DeleteOk.class).messageCount()).isEqualTo(17);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.7.2.7")
  void queue_purge_tells_how_many_messages_went() {
    peer.send(1, new QueueMethod.Purge("orders", false));
    Command.PurgeQueue command = peer.shard.next(Command.PurgeQueue.class);
    peer.emit(new Effect.Replied(command.request(), new Reply.Removed(5)));
    assertThat(peer.expect(QueueMethod.PurgeOk.class).messageCount()).isEqualTo(5);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.7.2.3")
  void queue_bind_and_unbind_are_commands_on_a_binding() {
    FieldTable arguments = FieldTable.of("x-match", "all");
    peer.send(
        1,
        new QueueMethod.Bind("q", "x", "key", false, arguments),
        new QueueMethod.Unbind("q", "x", "key", arguments));
    Binding binding =
        new Binding("x", new Destination.ToQueue("q"), "key", Arguments.of("x-match", "all"));
    Command.Bind bind = peer.shard.next(Command.Bind.class);
    Command.Unbind unbind = peer.shard.next(Command.Unbind.class);
    assertThat(bind.binding()).isEqualTo(binding);
    assertThat(unbind.binding()).isEqualTo(binding);
    peer.done(bind.request());
    peer.expect(QueueMethod.BindOk.class);
    peer.done(unbind.request());
    peer.expect(QueueMethod.UnbindOk.class);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.7.2.3.4")
  void binding_without_queue_and_key_takes_the_name_for_the_key() {
    peer.send(1, queue("orders"), new QueueMethod.Bind("", "x", "", false, FieldTable.empty()));
    assertThat(peer.shard.skipTo(Command.Bind.class).binding().key()).isEqualTo("orders");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-single-active-consumer", "x-stream-offset", "x-match"})
  void argument_that_means_nothing_here_is_refused_by_name(String argument) {
    peer.send(1, queue("orders", FieldTable.of(argument, 1)));
    assertThat(peer.expectChannelClose(406).replyText()).contains("'" + argument + "'");
  }

  @Test
  void arguments_on_placement_are_accepted_and_left_out() {
    peer.send(
        1,
        queue(
            "orders",
            FieldTable.builder()
                .put("x-queue-type", "quorum")
                .put("x-queue-mode", "lazy")
                .put("owner", "shop")
                .build()));
    assertThat(peer.shard.next(Command.DeclareQueue.class).arguments())
        .isEqualTo(Arguments.of("owner", "shop"));
  }

  @Test
  void unknown_queue_type_is_refused() {
    peer.send(1, queue("orders", FieldTable.of("x-queue-type", "stream")));
    assertThat(peer.expectChannelClose(406).replyText()).contains("x-queue-type", "stream");
  }

  // ---- exchanges -----------------------------------------------------------------------------

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.6.2.1")
  void exchange_declare_is_answered_when_the_core_has_done_it() {
    peer.send(1, exchange("news", "topic", false));
    Command.DeclareExchange command = peer.shard.next(Command.DeclareExchange.class);
    assertThat(command.definition())
        .isEqualTo(FakeShard.exchange("news", ExchangeType.TOPIC, false));
    peer.assertSilent();
    peer.done(command.request());
    peer.expect(ExchangeMethod.DeclareOk.class);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.6.2.1.4")
  void unknown_exchange_type_closes_the_connection() {
    peer.send(1, exchange("news", "postal", false));
    assertThat(peer.expectConnectionClose(503).replyText())
        .contains("unknown exchange type 'postal'");
  }

  @Test
  void passive_declaration_looks_at_no_type() {
    peer.send(1, exchange("news", "", true));
    assertThat(peer.shard.next(Command.DeclareExchange.class).passive()).isTrue();
  }

  @Test
  void reserved_exchange_name_is_refused_unless_it_is_there_already() {
    peer.send(1, exchange("amq.direct", "direct", false));
    peer.shard.next(Command.DeclareExchange.class);
    peer.send(1, exchange("amq.mine", "direct", false));
    assertThat(peer.expectChannelClose(403).replyText())
        .contains("exchange name 'amq.mine' contains reserved prefix 'amq.*'");
  }

  @Test
  void system_exchange_cannot_be_deleted() {
    peer.send(1, new ExchangeMethod.Delete("amq.direct", false, false));
    assertThat(peer.expectChannelClose(403).replyText()).contains("'amq.direct'");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.6.2.3")
  void exchange_delete_is_answered() {
    peer.send(1, new ExchangeMethod.Delete("news", true, false));
    Command.DeleteExchange command = peer.shard.next(Command.DeleteExchange.class);
    assertThat(command.ifUnused()).isTrue();
    peer.done(command.request());
    peer.expect(ExchangeMethod.DeleteOk.class);
  }

  @Test
  void exchanges_are_bound_to_exchanges() {
    peer.send(
        1,
        new ExchangeMethod.Bind("to", "from", "key", false, FieldTable.empty()),
        new ExchangeMethod.Unbind("to", "from", "key", false, FieldTable.empty()));
    Binding binding = new Binding("from", new Destination.ToExchange("to"), "key", Arguments.EMPTY);
    Command.Bind bind = peer.shard.next(Command.Bind.class);
    Command.Unbind unbind = peer.shard.next(Command.Unbind.class);
    assertThat(bind.binding()).isEqualTo(binding);
    assertThat(unbind.binding()).isEqualTo(binding);
    peer.done(bind.request());
    peer.expect(ExchangeMethod.BindOk.class);
    peer.done(unbind.request());
    peer.expect(ExchangeMethod.UnbindOk.class);
  }

  @Test
  void default_exchange_can_be_neither_declared_nor_deleted_nor_bound() {
    List<Method> methods =
        List.of(
            exchange("", "direct", false),
            exchange("", "", true),
            new ExchangeMethod.Delete("", false, false),
            new ExchangeMethod.Bind("", "x", "", false, FieldTable.empty()),
            new ExchangeMethod.Bind("x", "", "", false, FieldTable.empty()),
            new ExchangeMethod.Unbind("x", "", "", false, FieldTable.empty()),
            new QueueMethod.Bind("q", "", "k", false, FieldTable.empty()),
            new QueueMethod.Unbind("q", "", "k", FieldTable.empty()));
    for (Method method : methods) {
      peer.send(1, method);
      assertThat(peer.expectChannelClose(403).replyText()).contains("default exchange");
      peer.channel(1);
    }
  }

  // ---- refusals and permissions --------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(Refusal.Kind.class)
  void refusals_of_the_core_have_a_code_each(Refusal.Kind kind) {
    peer.send(1, queue("orders"));
    refuse(peer.shard.next(Command.DeclareQueue.class).request(), kind);
    switch (kind) {
      case NOT_FOUND -> peer.expectChannelClose(404);
      case LOCKED -> peer.expectChannelClose(405);
      case FORBIDDEN -> peer.expectChannelClose(403);
      case PRECONDITION, FULL, LIMIT -> peer.expectChannelClose(406);
      case NOT_ALLOWED -> peer.expectConnectionClose(530);
    }
  }

  private void allow(String configure, String write, String read) {
    peer.identities = peer.identities.with(new Permission("guest", "/", configure, write, read));
  }

  private void assertRefused(String verb, Method method) {
    peer.send(1, method);
    assertThat(peer.expectChannelClose(403).replyText())
        .startsWith("ACCESS_REFUSED - " + verb + " access to ")
        .contains("in vhost '/' refused for user 'guest'");
    peer.channel(1);
  }

  @Test
  void declaring_and_deleting_need_configure() {
    allow("", ".*", ".*");
    assertRefused("configure", queue("orders"));
    assertRefused("configure", new QueueMethod.Delete("orders", false, false, false));
    assertRefused("configure", exchange("news", "topic", false));
    assertRefused("configure", new ExchangeMethod.Delete("news", false, false));
  }

  @Test
  void binding_needs_write_on_what_is_bound() {
    allow(".*", "", ".*");
    assertRefused("write", new QueueMethod.Bind("q", "x", "", false, FieldTable.empty()));
    assertRefused("write", new QueueMethod.Unbind("q", "x", "", FieldTable.empty()));
    assertRefused("write", new ExchangeMethod.Bind("a", "x", "", false, FieldTable.empty()));
    assertRefused("write", new ExchangeMethod.Unbind("a", "x", "", false, FieldTable.empty()));
  }

  @Test
  void binding_needs_read_on_the_source_and_purging_on_the_queue() {
    allow(".*", ".*", "");
    assertRefused("read", new QueueMethod.Bind("q", "x", "", false, FieldTable.empty()));
    assertRefused("read", new ExchangeMethod.Bind("a", "x", "", false, FieldTable.empty()));
    assertRefused("read", new QueueMethod.Purge("q", false));
  }

  @Test
  void alternate_exchange_needs_read_on_the_exchange_and_write_on_the_alternate() {
    Method declare =
        new ExchangeMethod.Declare(
            "news",
            "topic",
            false,
            true,
            false,
            false,
            false,
            FieldTable.of("alternate-exchange", "rest"));
    allow(".*", ".*", "");
    assertRefused("read", declare);
    allow(".*", "", ".*");
    assertRefused("write", declare);
  }

  @Test
  void passive_declarations_need_no_permission() {
    allow("", "", "");
    peer.send(1, exchange("news", "", true));
    peer.shard.next(Command.DeclareExchange.class);
  }

  @Test
  void methods_that_servers_send_are_invalid_from_clients() {
    peer.send(1, new QueueMethod.BindOk());
    assertThat(peer.expectConnectionClose(503).replyText()).contains("queue.bind-ok");
  }
}
