package io.correio.tests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.client.Message;
import io.correio.client.MessageHandler;
import io.correio.client.MessageQueue;
import io.correio.client.MessagingException;
import io.correio.client.NotifyOptions;
import io.correio.client.QueueManager;
import io.correio.client.Subscription;
import io.correio.tests.broker.Broker;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every implementation of the four verbs does. */
@Timeout(30)
abstract class VerbsContract {
  static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(20);

  /** The one that is tested; shared by all tests. */
  abstract QueueManager manager();

  private MessageQueue fresh(String purpose) {
    return manager().queue(Broker.unique(purpose));
  }

  private static List<String> texts(List<Message> messages) {
    return messages.stream().map(Message::text).toList();
  }

  // ---- put, get, poll ------------------------------------------------------------------------

  @Test
  void messages_are_got_in_the_order_in_which_they_were_put() {
    MessageQueue queue = fresh("order");
    queue.put(Message.text("first"));
    queue.put(Message.text("second"));
    assertThat(queue.get().text()).isEqualTo("first");
    assertThat(queue.get(LONG).orElseThrow().text()).isEqualTo("second");
    assertThat(queue.poll()).isEmpty();
  }

  @Test
  void poll_takes_what_is_there_and_never_waits() {
    MessageQueue queue = fresh("poll");
    assertThat(queue.poll()).isEmpty();
    queue.put(Message.text("there"));
    assertThat(queue.poll().orElseThrow().text()).isEqualTo("there");
    assertThat(queue.poll()).isEmpty();
  }

  @Test
  void get_waits_for_a_message_that_is_put_later() throws Exception {
    MessageQueue queue = fresh("wait");
    CompletableFuture<Message> got = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> got.complete(queue.get()));
    assertThat(queue.get(SHORT)).isEmpty(); // nobody has put yet
    queue.put(Message.text("late"));
    assertThat(got.get(20, TimeUnit.SECONDS).text()).isEqualTo("late");
  }

  @Test
  void get_that_gave_up_takes_nothing_away() {
    MessageQueue queue = fresh("gave-up");
    assertThat(queue.get(SHORT)).isEmpty();
    assertThat(queue.get(Duration.ZERO)).isEmpty();
    queue.put(Message.text("still here"));
    assertThat(queue.poll().orElseThrow().text()).isEqualTo("still here");
  }

  @Test
  void properties_arrive_as_they_were_put() {
    MessageQueue queue = fresh("properties");
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    UUID uuid = UUID.randomUUID();
    queue.put(
        Message.builder("body")
            .id("id-1")
            .correlationId("c-1")
            .replyTo("answers")
            .subject("s")
            .contentType("text/plain")
            .property("string", "ção")
            .property("long", 5L)
            .property("yes", true)
            .property("when", now)
            .property("uuid", uuid)
            .property("bytes", new byte[] {1, 2})
            .priority(7)
            .timeToLive(Duration.ofHours(1))
            .build());
    Message got = queue.get();
    assertThat(got.id()).isEqualTo("id-1");
    assertThat(got.correlationId()).isEqualTo("c-1");
    assertThat(got.replyTo()).isEqualTo("answers");
    assertThat(got.subject()).isEqualTo("s");
    assertThat(got.contentType()).isEqualTo("text/plain");
    assertThat(got.properties())
        .containsEntry("string", "ção")
        .containsEntry("long", 5L)
        .containsEntry("yes", true)
        .containsEntry("when", now.toEpochMilli())
        .containsEntry("uuid", uuid)
        .containsEntry("bytes", new byte[] {1, 2});
    assertThat(got.priority()).isEqualTo(7);
    assertThat(got.timeToLive()).isNotNull().isLessThanOrEqualTo(Duration.ofHours(1));
    assertThat(got.durable()).isTrue();
    assertThat(got.deliveryCount()).isZero();
  }

  @Test
  void transient_message_says_that_it_is_one() {
    MessageQueue queue = fresh("transient");
    queue.put(Message.builder("gone with the manager").durable(false).build());
    assertThat(queue.get().durable()).isFalse();
  }

  @Test
  void bodies_of_all_sizes_arrive_unaltered() {
    MessageQueue queue = fresh("sizes");
    for (int size : new int[] {0, 1, 255, 256, 100_000, 5_000_000}) {
      byte[] body = new byte[size];
      for (int i = 0; i < size; i++) {
        body[i] = (byte) (i * 31);
      }
      queue.put(Message.of(body));
      assertThat(queue.get().body()).isEqualTo(body);
    }
  }

  @Test
  void names_of_queues_may_hold_anything() {
    for (String name : List.of("a b", "a/b?c%20d", "/queues/x", "ção", "x|y#z")) {
      MessageQueue queue = manager().queue(Broker.unique(name));
      queue.put(Message.text(name));
      assertThat(queue.get().text()).isEqualTo(name);
    }
  }

  @Test
  void empty_name_is_refused() {
    assertThatThrownBy(() -> manager().queue("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void many_getters_share_what_comes() throws Exception {
    MessageQueue queue = fresh("getters");
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    List<Thread> getters =
        IntStream.range(0, 20)
            .mapToObj(i -> Thread.ofVirtual().start(() -> got.add(queue.get().text())))
            .toList();
    queue.putAll(IntStream.range(0, 20).mapToObj(i -> Message.text(String.valueOf(i))).toList());
    for (Thread getter : getters) {
      getter.join();
    }
    assertThat(got).hasSize(20).doesNotHaveDuplicates();
  }

  // ---- batches -------------------------------------------------------------------------------

  @Test
  void batch_is_put_and_got_in_order() {
    MessageQueue queue = fresh("batch");
    List<String> numbers = IntStream.range(0, 3_000).mapToObj(String::valueOf).toList();
    queue.putAll(numbers.stream().map(Message::text).toList());
    List<String> got = new ArrayList<>(texts(queue.getUpTo(1_000, LONG)));
    while (got.size() < numbers.size()) {
      got.addAll(texts(queue.getUpTo(5_000, LONG)));
    }
    assertThat(got).isEqualTo(numbers);
    assertThat(queue.getUpTo(10, Duration.ZERO)).isEmpty();
    assertThat(queue.getUpTo(0, LONG)).isEmpty();
  }

  // ---- missing queues ------------------------------------------------------------------------

  @Test
  void queue_that_must_exist_and_does_not_is_named() {
    String name = Broker.unique("missing");
    MessageQueue queue = manager().existingQueue(name);
    assertThatThrownBy(() -> queue.put(Message.text("x")))
        .isInstanceOf(MessagingException.NoSuchQueue.class)
        .hasMessageContaining(name);
    assertThatThrownBy(queue::poll)
        .isInstanceOf(MessagingException.NoSuchQueue.class)
        .hasMessageContaining(name);
    manager().queue(name).put(Message.text("now it is there"));
    assertThat(queue.get().text()).isEqualTo("now it is there");
  }

  // ---- notify --------------------------------------------------------------------------------

  @Test
  void handler_gets_every_message_one_at_a_time_and_in_order() throws Exception {
    MessageQueue queue = fresh("notify");
    BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(200);
    try (Subscription _ =
        queue.notify(message -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          handled.add(message.text());
          running.decrementAndGet();
          all.countDown();
        })) {
      queue.putAll(IntStream.range(0, 200).mapToObj(i -> Message.text(String.valueOf(i))).toList());
      assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(handled)
        .containsExactlyElementsOf(IntStream.range(0, 200).mapToObj(String::valueOf).toList());
    assertThat(most.get()).isEqualTo(1);
    assertThat(queue.poll()).isEmpty();
  }

  @Test
  void handlers_run_in_parallel_up_to_their_number() throws Exception {
    MessageQueue queue = fresh("parallel");
    CountDownLatch together = new CountDownLatch(4);
    CountDownLatch all = new CountDownLatch(8);
    try (Subscription _ =
        queue.notify(
            message -> {
              together.countDown();
              together.await(); // returns only when four are here
              all.countDown();
            },
            NotifyOptions.parallel(4))) {
      queue.putAll(Collections.nCopies(8, Message.text("x")));
      assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(queue.poll()).isEmpty();
  }

  @Test
  void message_whose_handler_throws_comes_again() throws Exception {
    MessageQueue queue = fresh("throws");
    queue.put(Message.text("stubborn"));
    CountDownLatch third = new CountDownLatch(3);
    try (Subscription _ =
        queue.notify(
            message -> {
              third.countDown();
              if (third.getCount() > 0) {
                throw new IllegalStateException("not yet");
              }
            },
            NotifyOptions.oneAtATime().withRetryDelay(Duration.ofMillis(1)))) {
      assertThat(third.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(queue.poll()).isEmpty();
  }

  @Test
  void rejected_message_does_not_come_again() throws Exception {
    MessageQueue queue = fresh("reject");
    queue.putAll(List.of(Message.text("bad"), Message.text("good")));
    BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    CountDownLatch good = new CountDownLatch(1);
    try (Subscription _ =
        queue.notify(message -> {
          handled.add(message.text());
          if (message.text().equals("bad")) {
            throw new MessageHandler.Rejection("cannot be read");
          }
          good.countDown();
        })) {
      assertThat(good.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(handled).containsExactly("bad", "good");
    assertThat(queue.poll()).isEmpty();
  }

  @Test
  void closed_subscription_leaves_the_rest_in_the_queue() throws Exception {
    MessageQueue queue = fresh("closed");
    List<String> numbers = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
    queue.putAll(numbers.stream().map(Message::text).toList());
    List<String> handled = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Subscription subscription =
        queue.notify(message -> {
          first.countDown();
          go.await();
          handled.add(message.text());
        });
    assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
    Thread closing = Thread.ofVirtual().start(subscription::close);
    go.countDown();
    closing.join();
    subscription.await();
    List<String> all = new ArrayList<>(handled);
    all.addAll(texts(queue.getUpTo(10, Duration.ZERO)));
    assertThat(all).isEqualTo(numbers);
  }

  @Test
  void handler_may_close_its_own_subscription() throws Exception {
    MessageQueue queue = fresh("self");
    queue.put(Message.text("once"));
    CompletableFuture<Subscription> self = new CompletableFuture<>();
    Subscription subscription = queue.notify(message -> self.get().close());
    self.complete(subscription);
    subscription.await();
    assertThat(queue.poll()).isEmpty();
  }

  // ---- request and reply ---------------------------------------------------------------------

  @Test
  void request_is_answered() {
    MessageQueue queue = fresh("requests");
    try (Subscription _ =
        queue.serve(request -> Message.text("re: " + request.text()), NotifyOptions.parallel(2))) {
      for (int i = 0; i < 10; i++) {
        Message reply = manager().request(queue.name(), Message.text("q" + i), LONG);
        assertThat(reply.text()).isEqualTo("re: q" + i);
      }
    }
  }

  @Test
  void request_that_nobody_serves_says_so() {
    MessageQueue queue = fresh("unserved");
    assertThatThrownBy(() -> manager().request(queue.name(), Message.text("hello?"), SHORT))
        .isInstanceOf(MessagingException.NoReply.class)
        .hasMessageContaining(queue.name());
  }

  // ---- transactions --------------------------------------------------------------------------

  @Test
  void transaction_moves_messages_as_one() {
    MessageQueue from = fresh("from");
    MessageQueue to = fresh("to");
    from.putAll(List.of(Message.text("a"), Message.text("b")));
    String moved =
        manager()
            .transaction(tx -> {
              String both = tx.get(from).text() + tx.get(from, LONG).get().text();
              tx.put(to, Message.text(both));
              tx.put(to, Message.text("end"));
              assertThat(to.poll()).isEmpty();
              return both;
            });
    assertThat(moved).isEqualTo("ab");
    assertThat(from.poll()).isEmpty();
    assertThat(to.get().text()).isEqualTo("ab");
    assertThat(to.get().text()).isEqualTo("end");
  }

  @Test
  void transaction_that_throws_never_happened() {
    MessageQueue from = fresh("undone-from");
    MessageQueue to = fresh("undone-to");
    from.putAll(List.of(Message.text("a"), Message.text("b")));
    assertThatThrownBy(() ->
            manager()
                .transaction(tx -> {
                  tx.get(from);
                  tx.get(from);
                  tx.put(to, Message.text("x"));
                  throw new IllegalStateException("changed my mind");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(to.poll()).isEmpty();
    assertThat(from.get(LONG).orElseThrow().text()).isEqualTo("a");
    assertThat(from.get(LONG).orElseThrow().text()).isEqualTo("b");
  }

  @Test
  void transaction_of_one_get_keeps_the_message_until_its_work_is_done() {
    MessageQueue queue = fresh("one");
    queue.put(Message.text("x"));
    assertThatThrownBy(() ->
            manager()
                .transaction(tx -> {
                  tx.poll(queue);
                  throw new IllegalStateException();
                }))
        .isInstanceOf(IllegalStateException.class);
    String got = manager().transaction(tx -> tx.poll(queue).orElseThrow().text());
    assertThat(got).isEqualTo("x");
    assertThat(queue.poll()).isEmpty();
  }
}
