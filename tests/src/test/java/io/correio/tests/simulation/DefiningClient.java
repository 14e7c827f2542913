package io.correio.tests.simulation;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ExchangeMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.wire.FieldTable;
import java.util.ArrayDeque;
import java.util.Deque;

/** Declares what the others use, and then declares, binds, purges and deletes for ever. */
final class DefiningClient extends SimulatedClient {
  private static final String[] TYPES = {"direct", "fanout", "topic"};
  private static final int QUEUES = 5;
  private static final String KEY = "k";

  private final Deque<Runnable> first = new ArrayDeque<>();

  DefiningClient(World world) {
    super(world, "definer");
  }

  @Override
  void onOpened() {
    for (Topology.Target queue : Topology.QUEUES) {
      first.add(() -> declareQueue(queue.key, queue.isDurable(), () -> declared(queue)));
    }
    first.add(() -> declareExchange(Topology.FANOUT, "fanout", () -> {}));
    first.add(() -> bind(Topology.FANOUT, Topology.Target.WORK_0.key, "", () -> {}));
    first.add(() ->
        bind(
            Topology.FANOUT, Topology.Target.WORK_1.key, "", () -> declared(Topology.Target.BOTH)));
  }

  private void declared(Topology.Target target) {
    world.topology().declared(target);
  }

  @Override
  boolean work(boolean quiet) {
    Runnable next = first.poll();
    if (next != null) {
      next.run();
      return true;
    }
    if (quiet || random.nextInt(10) > 0) {
      return false;
    }
    String queue = "churn." + random.nextInt(QUEUES);
    int which = random.nextInt(TYPES.length);
    String exchange = "swap." + which;
    switch (random.nextInt(7)) {
      case 0, 1 -> declareQueue(queue, true, () -> {});
      case 2 -> deleteQueue(queue);
      case 3 -> declareExchange(exchange, TYPES[which], () -> {});
      case 4 -> deleteExchange(exchange);
      case 5 -> bindOrUnbind(exchange, queue);
      default -> purge(queue);
    }
    return true;
  }

  private void declareQueue(String name, boolean durable, Runnable then) {
    Definitions.Change change = world.definitions().change(Definitions.queue(name));
    call(
        new QueueMethod.Declare(name, false, durable, false, false, false, FieldTable.empty()),
        answer -> {
          expect(answer, QueueMethod.DeclareOk.class);
          change.made(true);
          then.run();
        });
  }

  private void deleteQueue(String name) {
    Definitions.Change change = world.definitions().changeAll(Definitions.queue(name));
    call(
        new QueueMethod.Delete(name, false, false, false),
        answer -> {
          expect(answer, QueueMethod.DeleteOk.class);
          change.made(false);
        });
  }

  private void declareExchange(String name, String type, Runnable then) {
    Definitions.Change change = world.definitions().change(Definitions.exchange(name));
    call(
        new ExchangeMethod.Declare(
            name, type, false, true, false, false, false, FieldTable.empty()),
        answer -> {
          expect(answer, ExchangeMethod.DeclareOk.class);
          change.made(true);
          then.run();
        });
  }

  private void deleteExchange(String name) {
    Definitions.Change change = world.definitions().changeAll(Definitions.exchange(name));
    call(
        new ExchangeMethod.Delete(name, false, false),
        answer -> {
          expect(answer, ExchangeMethod.DeleteOk.class);
          change.made(false);
        });
  }

  private void bindOrUnbind(String exchange, String queue) {
    Definitions known = world.definitions();
    if (!known.has(Definitions.exchange(exchange)) || !known.has(Definitions.queue(queue))) {
      return;
    }
    if (random.nextBoolean()) {
      bind(exchange, queue, KEY, () -> {});
      return;
    }
    Definitions.Change change = known.change(Definitions.binding(exchange, queue, KEY));
    call(
        new QueueMethod.Unbind(queue, exchange, KEY, FieldTable.empty()),
        answer -> {
          expect(answer, QueueMethod.UnbindOk.class);
          change.made(false);
        });
  }

  private void bind(String exchange, String queue, String key, Runnable then) {
    Definitions.Change change =
        world.definitions().change(Definitions.binding(exchange, queue, key));
    call(
        new QueueMethod.Bind(queue, exchange, key, false, FieldTable.empty()),
        answer -> {
          expect(answer, QueueMethod.BindOk.class);
          change.made(true);
          then.run();
        });
  }

  private void purge(String queue) {
    if (world.definitions().has(Definitions.queue(queue))) {
      call(
          new QueueMethod.Purge(queue, false), answer -> expect(answer, QueueMethod.PurgeOk.class));
    }
  }

  @Override
  void onOther(Method method, byte[] body) {
    if (!(method instanceof BasicMethod.Cancel)) {
      throw new AssertionError("the definer does not expect " + method);
    }
  }

  @Override
  void onBarrier() {}

  @Override
  void onLost() {}
}
