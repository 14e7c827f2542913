package io.correio.tests.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a user with few permissions may do, and what changes of users and permissions do to open
 * connections. Names that begin with the test's prefix may be configured, written or read as each
 * test says; whatever else there is belongs to the administrator.
 */
@ExtendWith(BrokerExtension.class)
final class PermissionsTest {
  private static final int ACCESS_REFUSED = 403;
  private static final int NOTHING = 0;
  private static final int CONFIGURE = 1;
  private static final int WRITE = 2;
  private static final int READ = 4;
  private static final int ALL = CONFIGURE | WRITE | READ;

  private final Administration administration;
  private final Client owner;
  private final String user;

  /** Queue and exchange that the permissions of a test speak of. */
  private final String queue = Broker.unique("mine-queue");

  private final String exchange = Broker.unique("mine-exchange");
  private final String otherExchange = Broker.unique("other-exchange");

  PermissionsTest(Broker broker) throws Exception {
    this.administration = Administration.of(broker);
    this.owner = Client.connect(broker);
    this.user = administration.newUser();
  }

  @BeforeEach
  void declare() throws Exception {
    try (Channel channel = owner.channel()) {
      channel.queueDeclare(queue, false, false, false, null);
      channel.exchangeDeclare(exchange, BuiltinExchangeType.DIRECT);
      channel.exchangeDeclare(otherExchange, BuiltinExchangeType.DIRECT);
    }
  }

  @AfterEach
  void removeAll() throws Exception {
    try (Channel channel = owner.channel()) {
      channel.queueDelete(queue);
      channel.exchangeDelete(exchange);
      channel.exchangeDelete(otherExchange);
    }
    owner.close();
    administration.deleteUser(user);
    administration.close();
  }

  private static String exactly(String name) {
    return "^" + name.replace(".", "\\.") + "$";
  }

  private static String either(String one, String other) {
    return "^(" + one.replace(".", "\\.") + "|" + other.replace(".", "\\.") + ")$";
  }

  /** Permits on names, by kind; the other kinds are empty. */
  private void permit(int kinds, String pattern) throws Exception {
    administration.permit(
        user,
        (kinds & CONFIGURE) != 0 ? pattern : "",
        (kinds & WRITE) != 0 ? pattern : "",
        (kinds & READ) != 0 ? pattern : "");
  }

  /** What a user does on a channel. */
  private interface Action {
    void run(Channel channel) throws Exception;
  }

  private void allowed(Action action) throws Exception {
    try (Connection connection = administration.factory(user).newConnection();
        Channel channel = connection.createChannel()) {
      action.run(channel);
      channel.basicQos(1); // an answer behind those actions that have none of their own
      assertThat(channel.isOpen()).isTrue();
    }
  }

  private void refused(String verb, String object, Action action) throws Exception {
    try (Connection connection = administration.factory(user).newConnection()) {
      Channel channel = Objects.requireNonNull(connection.createChannel());
      String text = Refusals.channelCloses(ACCESS_REFUSED, channel, () -> action.run(channel));
      assertThat(text).contains("ACCESS_REFUSED", verb, "'" + object + "'", user);
    }
  }

  /** The action is refused without {@code kind} on {@code name}, whatever else is permitted. */
  private void needs(int kind, String name, Action action) throws Exception {
    String verb =
        switch (kind) {
          case CONFIGURE -> "configure";
          case WRITE -> "write";
          default -> "read";
        };
    String others = "^(?!" + name.replace(".", "\\.") + "$)";
    administration.permit(
        user,
        kind == CONFIGURE ? others : ".*",
        kind == WRITE ? others : ".*",
        kind == READ ? others : ".*");
    refused(verb, name, action);
  }

  // ---- what each method needs ----------------------------------------------------------------

  @Test
  void declaring_and_deleting_a_queue_needs_configure() throws Exception {
    Action declare = channel -> channel.queueDeclare(queue, false, false, false, null);
    Action delete = channel -> channel.queueDelete(queue);
    needs(CONFIGURE, queue, declare);
    needs(CONFIGURE, queue, delete);
    permit(CONFIGURE, exactly(queue));
    allowed(declare);
    allowed(delete);
  }

  @Test
  void declaring_and_deleting_an_exchange_needs_configure() throws Exception {
    Action declare = channel -> channel.exchangeDeclare(exchange, BuiltinExchangeType.DIRECT);
    Action delete = channel -> channel.exchangeDelete(exchange);
    needs(CONFIGURE, exchange, declare);
    needs(CONFIGURE, exchange, delete);
    permit(CONFIGURE, exactly(exchange));
    allowed(declare);
    allowed(delete);
  }

  @Test
  void name_that_the_server_makes_up_needs_configure_too() throws Exception {
    permit(CONFIGURE, exactly(queue));
    try (Connection connection = administration.factory(user).newConnection()) {
      Channel channel = Objects.requireNonNull(connection.createChannel());
      Refusals.channelCloses(ACCESS_REFUSED, channel, channel::queueDeclare);
    }
    permit(CONFIGURE, "^amq\\.gen");
    allowed(Channel::queueDeclare);
  }

  @Test
  void alternate_exchange_needs_write_on_it_and_read_on_what_has_it() throws Exception {
    String declared = Broker.unique("mine-alternate");
    Action declare =
        channel ->
            channel.exchangeDeclare(
                declared,
                BuiltinExchangeType.FANOUT,
                false,
                true,
                Map.of("alternate-exchange", otherExchange));
    needs(CONFIGURE, declared, declare);
    needs(WRITE, otherExchange, declare);
    needs(READ, declared, declare);
    administration.permit(user, exactly(declared), exactly(otherExchange), exactly(declared));
    allowed(declare);
    try (Channel channel = owner.channel()) {
      channel.exchangeDelete(declared);
    }
  }

  @Test
  void binding_a_queue_needs_write_on_it_and_read_on_the_exchange() throws Exception {
    Action bind = channel -> channel.queueBind(queue, exchange, "k");
    Action unbind = channel -> channel.queueUnbind(queue, exchange, "k");
    for (Action action : new Action[] {bind, unbind}) {
      needs(WRITE, queue, action);
      needs(READ, exchange, action);
      administration.permit(user, "", exactly(queue), exactly(exchange));
      allowed(action);
    }
  }

  @Test
  void binding_exchanges_needs_write_on_the_destination_and_read_on_the_source() throws Exception {
    Action bind = channel -> channel.exchangeBind(exchange, otherExchange, "k");
    Action unbind = channel -> channel.exchangeUnbind(exchange, otherExchange, "k");
    for (Action action : new Action[] {bind, unbind}) {
      needs(WRITE, exchange, action);
      needs(READ, otherExchange, action);
      administration.permit(user, "", exactly(exchange), exactly(otherExchange));
      allowed(action);
    }
  }

  @Test
  void publishing_needs_write_on_the_exchange_and_nothing_on_queues() throws Exception {
    Action publish =
        channel -> channel.basicPublish(exchange, "k", null, Client.bytes("published"));
    needs(WRITE, exchange, publish);
    try (Channel channel = owner.channel()) {
      channel.queueBind(queue, exchange, "k");
    }
    permit(WRITE, exactly(exchange));
    allowed(publish);
    assertThat(owner.drain(queue)).containsExactly("published");
  }

  @Test
  void publishing_to_a_queue_by_name_needs_write_on_the_default_exchange() throws Exception {
    Action publish = channel -> channel.basicPublish("", queue, null, Client.bytes("published"));
    needs(WRITE, "amq.default", publish);
    permit(WRITE, exactly(queue));
    refused("write", "amq.default", publish);
    permit(WRITE, exactly("amq.default"));
    allowed(publish);
    assertThat(owner.drain(queue)).containsExactly("published");
  }

  @Test
  void getting_consuming_and_purging_need_read() throws Exception {
    Action get = channel -> channel.basicGet(queue, true);
    Action consume = channel -> channel.basicConsume(queue, new DefaultConsumer(channel));
    Action purge = channel -> channel.queuePurge(queue);
    for (Action action : new Action[] {get, consume, purge}) {
      needs(READ, queue, action);
      permit(READ, exactly(queue));
      allowed(action);
    }
  }

  @Test
  void passive_declarations_need_no_permission() throws Exception {
    permit(NOTHING, "");
    allowed(channel -> channel.queueDeclarePassive(queue));
    allowed(channel -> channel.exchangeDeclarePassive(exchange));
  }

  @Test
  void passive_declaration_of_what_is_not_there_is_not_found_and_not_refused() throws Exception {
    permit(NOTHING, "");
    try (Connection connection = administration.factory(user).newConnection()) {
      Channel channel = Objects.requireNonNull(connection.createChannel());
      String missing = Broker.unique("missing");
      Refusals.channelCloses(404, channel, () -> channel.queueDeclarePassive(missing));
    }
  }

  @Test
  void refusal_does_not_tell_whether_there_is_such_a_thing() throws Exception {
    String missing = Broker.unique("missing");
    permit(ALL, exactly(queue));
    refused("read", missing, channel -> channel.basicGet(missing, true));
    refused("configure", missing, channel -> channel.queueDelete(missing));
    refused("write", missing, channel -> channel.basicPublish(missing, "", null, new byte[0]));
  }

  @Test
  void expression_without_anchors_is_looked_for_anywhere_in_the_name() throws Exception {
    permit(READ, "mine-queue");
    allowed(channel -> channel.basicGet(queue, true));
    permit(READ, "^mine-queue");
    refused("read", queue, channel -> channel.basicGet(queue, true));
  }

  @Test
  void user_can_work_with_what_is_permitted_from_end_to_end() throws Exception {
    administration.permit(
        user, either(queue, exchange), either(queue, exchange), either(queue, exchange));
    allowed(channel -> {
      channel.queueBind(queue, exchange, "k");
      channel.confirmSelect();
      channel.basicPublish(exchange, "k", null, Client.bytes("through"));
      channel.waitForConfirmsOrDie(Deliveries.PATIENCE.toMillis());
      assertThat(channel.basicGet(queue, true).getBody()).isEqualTo(Client.bytes("through"));
    });
  }

  // ---- login and virtual hosts ---------------------------------------------------------------

  @Test
  void user_without_any_permission_cannot_open_the_virtual_host() {
    assertNotAllowed(administration.factory(user), "/");
  }

  @Test
  void permission_in_one_virtual_host_opens_no_other() throws Exception {
    String host = Broker.unique("host");
    administration.newVirtualHost(host);
    administration.permit(host, user, "", "", "");
    ConnectionFactory factory = administration.factory(user);
    assertNotAllowed(factory, "/");
    factory.setVirtualHost(host);
    try (Connection connection = factory.newConnection()) {
      assertThat(connection.isOpen()).isTrue();
    }
  }

  private void assertNotAllowed(ConnectionFactory factory, String virtualHost) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(factory::newConnection)
        .satisfies(thrown -> {
          ShutdownSignalException signal = (ShutdownSignalException) thrown.getCause();
          AMQP.Connection.Close close =
              (AMQP.Connection.Close) Objects.requireNonNull(signal).getReason();
          assertThat(close.getReplyCode()).isEqualTo(530);
          assertThat(close.getReplyText()).contains("NOT_ALLOWED", "'" + virtualHost + "'", user);
        });
  }

  @Test
  void wrong_password_is_refused() throws Exception {
    permit(ALL, ".*");
    ConnectionFactory factory = administration.factory(user);
    factory.setPassword("wrong");
    assertThatExceptionOfType(AuthenticationFailureException.class)
        .isThrownBy(factory::newConnection)
        .withMessageContaining("ACCESS_REFUSED");
  }

  @Test
  void empty_password_is_refused() throws Exception {
    permit(ALL, ".*");
    ConnectionFactory factory = administration.factory(user);
    factory.setPassword("");
    assertThatExceptionOfType(AuthenticationFailureException.class)
        .isThrownBy(factory::newConnection);
  }

  // ---- changes while connected ---------------------------------------------------------------

  @Test
  void new_password_is_asked_for_at_the_next_login_and_open_connections_go_on() throws Exception {
    permit(ALL, ".*");
    try (Connection connection = administration.factory(user).newConnection()) {
      administration.setPassword(user, "changed");
      assertThatExceptionOfType(AuthenticationFailureException.class)
          .isThrownBy(() -> administration.factory(user).newConnection());
      ConnectionFactory changed = administration.factory(user);
      changed.setPassword("changed");
      try (Connection second = changed.newConnection()) {
        assertThat(second.isOpen()).isTrue();
      }
      try (Channel channel = connection.createChannel()) {
        assertThat(channel.basicGet(queue, true)).isNull();
      }
    }
  }

  @Test
  void permission_that_is_given_opens_the_way_on_an_open_connection() throws Exception {
    permit(NOTHING, "");
    try (Connection connection = administration.factory(user).newConnection()) {
      Channel refused = Objects.requireNonNull(connection.createChannel());
      Refusals.channelCloses(ACCESS_REFUSED, refused, () -> refused.basicGet(queue, true));
      permit(READ, exactly(queue));
      try (Channel channel = connection.createChannel()) {
        assertThat(channel.basicGet(queue, true)).isNull();
      }
    }
  }

  @Test
  void permission_that_is_taken_away_is_missed_by_the_next_method_of_an_open_channel()
      throws Exception {
    permit(ALL, ".*");
    try (Connection connection = administration.factory(user).newConnection()) {
      Channel reading = Objects.requireNonNull(connection.createChannel());
      Channel writing = Objects.requireNonNull(connection.createChannel());
      reading.basicPublish("", queue, null, Client.bytes("first"));
      assertThat(reading.basicGet(queue, true)).isNotNull();
      writing.basicPublish("", queue, null, Client.bytes("second"));
      writing.basicQos(1);
      permit(CONFIGURE, ".*");
      Refusals.channelCloses(ACCESS_REFUSED, reading, () -> reading.basicGet(queue, true));
      Refusals.channelCloses(
          ACCESS_REFUSED,
          writing,
          () -> writing.basicPublish("", queue, null, Client.bytes("third")));
    }
    assertThat(owner.drain(queue)).containsExactly("second");
  }

  @Test
  void user_whose_permission_is_deleted_keeps_the_connection_and_may_do_nothing_on_it()
      throws Exception {
    permit(ALL, ".*");
    try (Connection connection = administration.factory(user).newConnection()) {
      administration.forbid(user);
      Channel channel = Objects.requireNonNull(connection.createChannel());
      Refusals.channelCloses(ACCESS_REFUSED, channel, () -> channel.basicGet(queue, true));
      assertNotAllowed(administration.factory(user), "/");
    }
  }

  @Test
  void connection_of_a_deleted_user_is_closed_and_what_it_held_is_returned() throws Exception {
    owner.publish(queue, "held");
    String deleted = administration.newUser();
    administration.permit(deleted, ".*", ".*", ".*");
    Connection connection = administration.factory(deleted).newConnection();
    CompletableFuture<ShutdownSignalException> closed = new CompletableFuture<>();
    connection.addShutdownListener(closed::complete);
    Channel channel = Objects.requireNonNull(connection.createChannel());
    assertThat(channel.basicGet(queue, false)).isNotNull();
    administration.deleteUser(deleted);
    Method reason = closed.get(Deliveries.PATIENCE.toMillis(), TimeUnit.MILLISECONDS).getReason();
    assertThat(reason).isInstanceOf(AMQP.Connection.Close.class);
    assertThat(((AMQP.Connection.Close) reason).getReplyCode()).isEqualTo(320);
    assertThatExceptionOfType(AuthenticationFailureException.class)
        .isThrownBy(() -> administration.factory(deleted).newConnection());
    assertThat(owner.drain(queue)).containsExactly("held");
  }
}
