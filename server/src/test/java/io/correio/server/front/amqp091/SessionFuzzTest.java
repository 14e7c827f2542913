package io.correio.server.front.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.v091.SaslCredentials;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConfirmMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.ExchangeMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.method.TxMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.Refusal;
import io.correio.core.queue.Reply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Clients that do anything in any order, sound and broken, over a core that answers at random. */
class SessionFuzzTest {
  private static final SessionLimits LIMITS =
      new SessionLimits(5, 8_192, 10, 100, 20, 400_000, 100_000, 50, 3_000, 5_000);

  private final BodyBudget budget = new BodyBudget(500_000, 150_000, LIMITS);
  private int nextCommand;
  private long publishes;
  private long accepted;
  private final List<Effect> answers = new ArrayList<>();
  private final Map<Long, String> alive = new HashMap<>();
  private long sequence;
  private long tags;
  private long steps;

  /** Channels that the client has open, and those whose end it has not seen. */
  private final Set<Integer> open = new TreeSet<>();

  private final Set<Integer> closing = new TreeSet<>();

  @Test
  void sound_clients_in_any_order_leave_nothing_behind() {
    for (int seed = 0; seed < 150; seed++) {
      run(new Random(seed), 0);
    }
    assertThat(steps).isEqualTo(150 * 200);
  }

  @Test
  void broken_bytes_in_the_middle_leave_nothing_behind() {
    for (int seed = 0; seed < 150; seed++) {
      run(new Random(seed), 40);
    }
  }

  @Test
  void broken_bytes_before_the_login_are_refused() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      Peer peer = new Peer(LIMITS, budget);
      peer.encoder.protocolHeader();
      peer.encoder.method(
          0,
          new ConnectionMethod.StartOk(
              FieldTable.of("a", "b"), "PLAIN", SaslCredentials.plain("u", "p"), "en_US"));
      peer.breakBytes(random, 1 + random.nextInt(4));
      peer.flush();
      peer.session.onClosed("gone");
      assertThat(peer.shard.commands).isEmpty();
    }
  }

  private void run(Random random, int breakOneIn) {
    nextCommand = 0;
    publishes = 0;
    accepted = 0;
    answers.clear();
    alive.clear();
    open.clear();
    closing.clear();
    Peer peer = new Peer(LIMITS, budget);
    peer.handshake(FieldTable.empty(), 10);
    for (int step = 0; step < 200 && peer.wire.closed == null; step++) {
      steps++;
      int channel = 1 + random.nextInt(3);
      if (!open.contains(channel)) {
        if (!closing.contains(channel)) {
          peer.send(channel, new ChannelMethod.Open());
          open.add(channel);
        }
      } else if (random.nextInt(4) == 0) {
        int size = random.nextInt(10) == 0 ? random.nextInt(450_000) : random.nextInt(500);
        peer.encoder.content(channel, publish(random), properties(random).raw(), new byte[size]);
      } else {
        Method method = method(random);
        if (method instanceof ChannelMethod.Close) {
          open.remove(channel);
          closing.add(channel);
        }
        peer.encoder.method(channel, method);
      }
      if (breakOneIn > 0 && random.nextInt(breakOneIn) == 0) {
        peer.breakBytes(random, 1);
      }
      peer.flush();
      answer(peer, random);
      if (random.nextInt(5) == 0) {
        peer.drain();
      }
      peer.wire.hasRoom = random.nextInt(4) > 0;
      if (random.nextInt(20) == 0) {
        peer.tick(1);
        peer.encoder.heartbeat();
        peer.flush();
      }
      agreeToCloses(peer);
    }
    peer.session.onClosed("gone");
    peer.step();
    assertThat(peer.shard.commands.getLast()).isInstanceOf(Command.Disconnect.class);
    assertThat(budget.reservedBodyBytes()).isZero();
    assertThat(budget.reservedTransactionBytes()).isZero();
  }

  private void agreeToCloses(Peer peer) {
    while (!peer.received.isEmpty()) {
      Peer.Received received = peer.received.remove();
      if (received.method() instanceof ChannelMethod.Close) {
        peer.send(received.channel(), new ChannelMethod.CloseOk());
        open.remove(received.channel());
      } else if (received.method() instanceof ChannelMethod.CloseOk) {
        closing.remove(received.channel());
      } else if (received.method() instanceof ConnectionMethod.Close) {
        peer.send(0, new ConnectionMethod.CloseOk());
      }
    }
  }

  private static BasicMethod.Publish publish(Random random) {
    String exchange = random.nextInt(10) == 0 ? "nowhere" : random.nextBoolean() ? "" : "x";
    return new BasicMethod.Publish(exchange, "q", random.nextBoolean(), false);
  }

  private static BasicProperties properties(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> BasicProperties.builder().persistent().build();
      case 1 -> BasicProperties.builder().headers(FieldTable.of("CC", List.of("q", "r"))).build();
      case 2 -> BasicProperties.builder().userId(random.nextBoolean() ? "guest" : "x").build();
      default -> BasicProperties.NONE;
    };
  }

  private Method method(Random random) {
    String name = "q" + random.nextInt(3);
    String tag = "c" + (tags - random.nextInt(3));
    boolean noWait = random.nextBoolean();
    FieldTable none = FieldTable.empty();
    return switch (random.nextInt(26)) {
      case 0 -> new ChannelMethod.Close(200, "", 0, 0);
      case 1, 2, 3, 4, 5 -> new ChannelMethod.Flow(random.nextBoolean());
      case 6 -> new QueueMethod.Declare(name, noWait, true, false, false, noWait, none);
      case 7 -> new QueueMethod.Bind(name, "x", "k", noWait, none);
      case 8 -> new QueueMethod.Delete(name, false, false, noWait);
      case 9 -> new QueueMethod.Purge("", noWait);
      case 10 -> new ExchangeMethod.Declare("e", "topic", noWait, true, false, false, noWait, none);
      case 11, 12, 13, 14 ->
          new BasicMethod.Consume(name, "c" + ++tags, false, noWait, false, noWait, none);
      case 15 -> new BasicMethod.Cancel(tag, noWait);
      case 16, 17 -> new BasicMethod.Ack(random.nextInt(6), random.nextBoolean());
      case 18 -> new BasicMethod.Nack(random.nextInt(6), true, random.nextBoolean());
      case 19, 20 -> new BasicMethod.Get(name, random.nextBoolean());
      case 21 -> new BasicMethod.Recover(true);
      case 22 -> new BasicMethod.Qos(0, random.nextInt(3), random.nextBoolean());
      case 23 -> new ConfirmMethod.Select(noWait);
      case 24 -> new TxMethod.Select();
      default -> random.nextBoolean() ? new TxMethod.Commit() : new TxMethod.Rollback();
    };
  }

  /** Answers some of what was asked, and delivers. */
  private void answer(Peer peer, Random random) {
    while (nextCommand < peer.shard.commands.size()) {
      decide(peer.shard.commands.get(nextCommand++), random);
    }
    List<Effect> now = new ArrayList<>();
    while (!answers.isEmpty() && random.nextInt(4) > 0) {
      now.add(answers.removeFirst());
    }
    if (accepted < publishes && random.nextBoolean()) {
      accepted += 1 + random.nextInt((int) (publishes - accepted));
      now.add(new Effect.Accepted(accepted));
    }
    List<Long> consumers = new ArrayList<>(alive.keySet());
    Collections.shuffle(consumers, random);
    for (long consumer : consumers) {
      now.add(Peer.delivered(consumer, ++sequence));
      if (random.nextInt(10) == 0) {
        now.add(new Effect.ConsumerCancelled(consumer));
        alive.remove(consumer);
      }
    }
    if (random.nextInt(30) == 0) {
      now.add(new Effect.Blocked("no room"));
      now.add(new Effect.Unblocked());
    }
    peer.emit(now.toArray(Effect[]::new));
  }

  private void decide(Command command, Random random) {
    switch (command) {
      case Command.Publish publish -> {
        publishes++;
        if (publish.mandatory() && random.nextBoolean()) {
          answers.add(new Effect.Returned(publishes, publish.message()));
        } else if (random.nextInt(10) == 0) {
          answers.add(new Effect.Rejected(publishes, new Refusal(Refusal.Kind.FULL, "no room")));
        }
      }
      case Command.Commit commit -> {
        publishes += commit.publishes().size();
        reply(commit.request(), new Reply.Done());
      }
      case Command.Subscribe subscribe -> {
        boolean granted = random.nextInt(5) > 0;
        if (granted) {
          alive.put(subscribe.consumer(), subscribe.name());
        }
        replyOrRefuse(subscribe.request(), new Reply.Done(), granted);
      }
      case Command.Cancel cancel -> {
        alive.remove(cancel.consumer());
        reply(cancel.request(), new Reply.Done());
      }
      case Command.Take take -> {
        if (random.nextBoolean()) {
          reply(take.request(), new Reply.Empty());
        } else {
          answers.add(new Effect.Taken(take.request(), 7, ++sequence, Peer.message("t"), false, 0));
        }
      }
      case Command.DeclareQueue declare ->
          replyOrRefuse(
              declare.request(),
              new Reply.QueueDeclared(declare.name(), 1, 1),
              random.nextInt(5) > 0);
      case Command.DeleteQueue delete -> reply(delete.request(), new Reply.Removed(1));
      case Command.PurgeQueue purge ->
          replyOrRefuse(purge.request(), new Reply.Removed(1), random.nextInt(5) > 0);
      case Command.DeclareExchange declare -> reply(declare.request(), new Reply.Done());
      case Command.Bind bind ->
          replyOrRefuse(bind.request(), new Reply.Done(), random.nextInt(5) > 0);
      case Command.LimitPool limit -> reply(limit.request(), new Reply.Done());
      default -> {}
    }
  }

  private void replyOrRefuse(long request, Reply reply, boolean granted) {
    reply(
        request,
        granted ? reply : new Reply.Refused(new Refusal(Refusal.Kind.NOT_FOUND, "not there")));
  }

  private void reply(long request, Reply reply) {
    if (request != Command.NO_REPLY) {
      answers.add(new Effect.Replied(request, reply));
    }
  }
}
