package io.correio.tests.simulation;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ConfirmMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.TxMethod;
import io.correio.tests.history.MessageId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** Publishes persistent and transient messages to all queues, with one of the kinds of promise. */
final class PublishingClient extends SimulatedClient {
  private static final int MAX_UNCONFIRMED = 100;
  private static final int MAX_IN_TRANSACTION = 6;

  /** How a publisher is told that its messages are safe. */
  enum Promise {
    CONFIRM,
    TRANSACTION,
    /** Any answer, which is a barrier. */
    BARRIER
  }

  private record Draft(MessageId id, Topology.Target target, boolean persistent) {}

  /** One on its way, and what it is in each queue. */
  private record Sent(Draft draft, List<MessageId> copies) {}

  private final int producer;
  private final Promise promise;
  private final int transientPercent;
  private final NavigableMap<Long, Sent> unconfirmed = new TreeMap<>();
  private final List<Sent> unanswered = new ArrayList<>();
  private final List<Draft> transaction = new ArrayList<>();
  private final Set<MessageId> returned = new HashSet<>();
  private long number;
  private long tags;
  private boolean ready;

  PublishingClient(World world, int producer) {
    super(world, "publisher " + producer);
    this.producer = producer;
    this.promise = Promise.values()[random.nextInt(Promise.values().length)];
    this.transientPercent = random.nextBoolean() ? 0 : random.nextInt(100);
  }

  @Override
  void onOpened() {
    switch (promise) {
      case CONFIRM ->
          call(
              new ConfirmMethod.Select(false),
              answer -> {
                expect(answer, ConfirmMethod.SelectOk.class);
                ready = true;
              });
      case TRANSACTION ->
          call(
              new TxMethod.Select(),
              answer -> {
                expect(answer, TxMethod.SelectOk.class);
                ready = true;
              });
      case BARRIER -> ready = true;
    }
  }

  @Override
  boolean work(boolean quiet) {
    if (!ready) {
      return false;
    }
    return switch (promise) {
      case CONFIRM -> confirmWork(quiet);
      case TRANSACTION -> transactionWork(quiet);
      case BARRIER -> barrierWork(quiet);
    };
  }

  private boolean confirmWork(boolean quiet) {
    if (quiet || unconfirmed.size() >= MAX_UNCONFIRMED) {
      return false;
    }
    Draft draft = draft();
    unconfirmed.put(++tags, sent(draft));
    publish(draft);
    return true;
  }

  private boolean transactionWork(boolean quiet) {
    boolean full = transaction.size() >= MAX_IN_TRANSACTION;
    if (quiet && transaction.isEmpty()) {
      return false;
    }
    if (!quiet && !full && random.nextInt(5) > 0) {
      Draft draft = draft();
      transaction.add(draft);
      publish(draft);
      return true;
    }
    if (random.nextInt(5) == 0) {
      transaction.clear();
      call(new TxMethod.Rollback(), answer -> expect(answer, TxMethod.RollbackOk.class));
      return true;
    }
    List<Sent> committed = new ArrayList<>();
    for (Draft draft : transaction) {
      committed.add(sent(draft));
    }
    transaction.clear();
    call(
        new TxMethod.Commit(),
        answer -> {
          expect(answer, TxMethod.CommitOk.class);
          committed.forEach(this::confirmed);
        });
    return true;
  }

  private boolean barrierWork(boolean quiet) {
    if (unanswered.size() < MAX_UNCONFIRMED && !quiet && random.nextInt(20) > 0) {
      Draft draft = draft();
      unanswered.add(sent(draft));
      publish(draft);
      return true;
    }
    if (unanswered.isEmpty()) {
      return false;
    }
    barrier(Topology.Target.WORK_0.key);
    return true;
  }

  private Draft draft() {
    Topology.Target target = world.topology().anyTarget(random);
    MessageId id = new MessageId(producer, target.number, ++number);
    return new Draft(id, target, random.nextInt(100) >= transientPercent);
  }

  private void publish(Draft draft) {
    publish(
        new BasicMethod.Publish(
            draft.target.exchange, draft.target.key, draft.target.isUnroutable(), false),
        draft.persistent,
        draft.id.body());
  }

  private Sent sent(Draft draft) {
    return new Sent(draft, world.sent(draft.id, draft.target, draft.persistent));
  }

  private void confirmed(Sent sent) {
    if (sent.draft.target.isUnroutable() && !returned.remove(sent.draft.id)) {
      throw new AssertionError(sent.draft.id + " reached no queue and was not returned");
    }
    sent.copies.forEach(world::confirmed);
  }

  @Override
  void onOther(Method method, byte[] body) {
    switch (method) {
      case BasicMethod.Ack ack when promise == Promise.CONFIRM -> {
        NavigableMap<Long, Sent> done =
            ack.multiple()
                ? unconfirmed.headMap(ack.deliveryTag(), true)
                : unconfirmed.subMap(ack.deliveryTag(), true, ack.deliveryTag(), true);
        if (done.isEmpty()) {
          throw new AssertionError("a confirm of what was not published: " + ack);
        }
        done.values().forEach(this::confirmed);
        done.clear();
      }
      case BasicMethod.Return ignored -> {
        MessageId id = MessageId.of(body);
        if (id.queue() != Topology.Target.NOWHERE.number || !returned.add(id)) {
          throw new AssertionError("returned, or returned again: " + id);
        }
      }
      default -> throw new AssertionError("a publisher does not expect " + method);
    }
  }

  @Override
  void onBarrier() {
    unanswered.forEach(this::confirmed);
    unanswered.clear();
  }

  @Override
  void onLost() {
    unconfirmed.clear();
    unanswered.clear();
  }

  @Override
  String waitsFor() {
    String other = super.waitsFor();
    return other.isEmpty() && !isGone() && !unconfirmed.isEmpty() && isTalking()
        ? "publisher " + producer + " waits for " + unconfirmed.size() + " confirms"
        : other;
  }
}
