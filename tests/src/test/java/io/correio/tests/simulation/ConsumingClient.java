package io.correio.tests.simulation;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.tests.history.MessageId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Takes from one queue, by consuming or by getting, and settles in every way there is. */
final class ConsumingClient extends SimulatedClient {
  private static final String TAG = "c";

  private final int consumer;
  private final Topology.Target queue;
  private final boolean noAck;
  private final boolean gets;
  private final int settlePercent;
  private final NavigableMap<Long, MessageId> held = new TreeMap<>();
  private final List<MessageId> acknowledged = new ArrayList<>();
  private boolean ready;
  private boolean empty;
  private boolean closing;

  ConsumingClient(World world, int consumer, Topology.Target queue) {
    super(world, "consumer " + consumer + " of " + queue.key);
    this.consumer = consumer;
    this.queue = queue;
    this.noAck = queue == Topology.Target.AUTOMATIC;
    this.gets = random.nextInt(4) == 0;
    this.settlePercent = 5 + random.nextInt(90);
  }

  @Override
  void onOpened() {
    closing = false;
    if (gets) {
      ready = true;
      return;
    }
    int prefetch = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(200);
    call(
        new BasicMethod.Qos(0, prefetch, random.nextBoolean()),
        answer -> {
          expect(answer, BasicMethod.QosOk.class);
          consume();
        });
  }

  private void consume() {
    call(
        new BasicMethod.Consume(queue.key, TAG, false, noAck, false, false, FieldTable.empty()),
        answer -> {
          expect(answer, BasicMethod.ConsumeOk.class);
          ready = true;
        });
  }

  @Override
  boolean work(boolean quiet) {
    if (!ready) {
      return false;
    }
    if (quiet) {
      return finish();
    }
    int dice = random.nextInt(1_000);
    if (dice < 5) {
      onClosing();
      reopen();
      return true;
    }
    if (dice < 15) {
      pause();
      return true;
    }
    if (dice < 100 && !acknowledged.isEmpty()) {
      barrier(queue.key);
      return true;
    }
    if (!held.isEmpty() && random.nextInt(100) < settlePercent) {
      settle();
      if (random.nextInt(5) == 0) {
        barrier(queue.key); // at once: the settlement has had no time to become durable
      }
      return true;
    }
    if (gets) {
      get();
      return true;
    }
    return false;
  }

  /** Stops taking for a while; then nothing is on its way, and all may be given back at once. */
  private void pause() {
    ready = false;
    if (gets) {
      recover();
      return;
    }
    call(
        new BasicMethod.Cancel(TAG, false),
        answer -> {
          expect(answer, BasicMethod.CancelOk.class);
          onBarrier();
          if (random.nextBoolean()) {
            recover();
          } else {
            consume();
          }
        });
  }

  private void recover() {
    release(held);
    call(
        new BasicMethod.Recover(true),
        answer -> {
          expect(answer, BasicMethod.RecoverOk.class);
          onBarrier();
          if (gets) {
            ready = true;
          } else {
            consume();
          }
        });
  }

  /** Takes and acknowledges until nothing is left. */
  private boolean finish() {
    if (!held.isEmpty()) {
      acknowledge(held);
      // Not "all": there may be more on their way.
      send(new BasicMethod.Ack(held.lastKey(), true));
      held.clear();
    } else if (gets && !empty) {
      get();
    } else if (!acknowledged.isEmpty()) {
      barrier(queue.key);
    } else {
      return false;
    }
    return true;
  }

  /** Looks again. */
  void retry() {
    empty = false;
  }

  private void get() {
    call(
        new BasicMethod.Get(queue.key, noAck),
        answer -> {
          empty = answer instanceof BasicMethod.GetEmpty;
          if (!empty) {
            expect(answer, BasicMethod.GetOk.class);
          }
          onBarrier();
        });
  }

  private void settle() {
    long tag = held.firstKey();
    if (random.nextBoolean()) {
      Long other = held.ceilingKey(tag + random.nextInt(20));
      tag = other == null ? tag : other;
    }
    boolean multiple = random.nextInt(3) == 0;
    NavigableMap<Long, MessageId> some =
        multiple ? held.headMap(tag, true) : held.subMap(tag, true, tag, true);
    switch (random.nextInt(12)) {
      case 0 -> {
        release(some);
        send(new BasicMethod.Nack(tag, multiple, true));
      }
      case 1 -> {
        acknowledge(some);
        send(new BasicMethod.Nack(tag, multiple, false));
      }
      case 2 -> {
        some = held.subMap(tag, true, tag, true);
        boolean requeue = random.nextBoolean();
        if (requeue) {
          release(some);
        } else {
          acknowledge(some);
        }
        send(new BasicMethod.Reject(tag, requeue));
      }
      default -> {
        acknowledge(some);
        send(new BasicMethod.Ack(tag, multiple));
      }
    }
    some.clear();
  }

  private void acknowledge(Map<Long, MessageId> ids) {
    world.history().acknowledging(ids.values());
    acknowledged.addAll(ids.values());
  }

  private void release(Map<Long, MessageId> ids) {
    world.history().released(ids.values());
    ids.clear();
  }

  /**
   * What it has goes back to the queue; what is on its way to one who does not acknowledge, not.
   */
  @Override
  void onClosing() {
    release(held);
    closing = true;
    ready = false;
    if (noAck) {
      world.excuse(queue);
    }
  }

  @Override
  void onOther(Method method, byte[] body) {
    switch (method) {
      case BasicMethod.Deliver deliver ->
          arrived(deliver.deliveryTag(), deliver.redelivered(), MessageId.of(body));
      case BasicMethod.GetOk got ->
          arrived(got.deliveryTag(), got.redelivered(), MessageId.of(body));
      default -> throw new AssertionError("a consumer does not expect " + method);
    }
  }

  private void arrived(long tag, boolean redelivered, MessageId id) {
    if (!Topology.Target.numbered(id.queue()).queues().contains(queue)) {
      throw new AssertionError(id + " came from " + queue.key);
    }
    if (closing) {
      return; // nobody looks at it any more, and somebody else may have it already
    }
    MessageId copy = new MessageId(id.producer(), queue.number, id.number());
    world.delivered(consumer, copy, redelivered);
    if (noAck) {
      world.history().acknowledging(List.of(copy));
    } else {
      held.put(tag, copy);
    }
  }

  @Override
  void onBarrier() {
    world.settled(acknowledged);
    acknowledged.clear();
  }

  @Override
  void onLost() {
    onClosing();
    world.history().released(acknowledged);
    acknowledged.clear();
  }
}
