package io.correio.zeromq;

import static io.correio.zeromq.Ends.A_MOMENT;
import static io.correio.zeromq.Ends.receive;
import static io.correio.zeromq.Ends.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.correio.zeromq.model.ConnectionSnapshot;
import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.model.ZeroMqException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each socket type does, over every transport (RFC 28 to 31). */
@Timeout(60)
final class PatternsTest {
  @TempDir Path folder;
  private final Context context = new Context();

  @AfterEach
  void close() {
    context.close();
  }

  private Socket bound(SocketType type, String transport) {
    Socket socket = context.socket(type);
    socket.bind(Ends.endpoint(transport, folder));
    return socket;
  }

  private Socket connected(SocketType type, Socket to) {
    return context.socket(type).connect(to.lastEndpoint().orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void request_is_answered(String transport) {
    Socket rep = bound(SocketType.REP, transport);
    Socket req = connected(SocketType.REQ, rep);
    for (int i = 0; i < 3; i++) {
      req.send("question", "" + i);
      assertThat(receive(rep)).isEqualTo(Message.of("question", "" + i));
      rep.send("answer" + i);
      assertThat(text(req)).isEqualTo("answer" + i);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void requests_and_replies_alternate(String transport) {
    Socket rep = bound(SocketType.REP, transport);
    Socket req = connected(SocketType.REQ, rep);
    assertThatThrownBy(() -> rep.send("early"))
        .isInstanceOf(ZeroMqException.class)
        .hasMessageContaining("receive one first");
    assertThatThrownBy(req::receive).hasMessageContaining("send first");
    req.send("one");
    assertThatThrownBy(() -> req.send("two")).hasMessageContaining("no reply yet");
    assertThat(text(rep)).isEqualTo("one");
    assertThatThrownBy(rep::receive).hasMessageContaining("no reply yet");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void relaxed_and_correlated_request_gets_its_own_reply(String transport) {
    Socket router = bound(SocketType.ROUTER, transport);
    Socket req = context.socket(SocketType.REQ);
    req.set(SocketOption.REQ_RELAXED, true).set(SocketOption.REQ_CORRELATE, true);
    req.connect(router.lastEndpoint().orElseThrow());
    req.send("first");
    Message first = receive(router);
    assertThat(first.size()).isEqualTo(4);
    assertThat(first.frame(1)).hasSize(4);
    req.send("second");
    Message second = receive(router);
    router.send(first);
    router.send(second);
    assertThat(text(req)).isEqualTo("second");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void router_and_dealer_carry_envelopes(String transport) {
    Socket front = bound(SocketType.ROUTER, transport);
    Socket req = context.socket(SocketType.REQ).set(SocketOption.ROUTING_ID, "me".getBytes(UTF_8));
    req.connect(front.lastEndpoint().orElseThrow());
    Socket back = bound(SocketType.DEALER, transport);
    Socket rep = connected(SocketType.REP, back);
    req.send("q");
    Message request = receive(front);
    assertThat(request).isEqualTo(Message.of("me", "", "q"));
    back.send(request);
    assertThat(text(rep)).isEqualTo("q");
    rep.send("a");
    front.send(receive(back));
    assertThat(text(req)).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void message_to_nobody_is_dropped_or_refused(String transport) {
    Socket router = bound(SocketType.ROUTER, transport);
    router.send("nobody", "hello");
    router.set(SocketOption.ROUTER_MANDATORY, true);
    assertThatThrownBy(() -> router.send("nobody", "hello"))
        .isInstanceOfSatisfying(
            ZeroMqException.class,
            e -> assertThat(e.kind()).isEqualTo(ZeroMqException.Kind.UNREACHABLE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void newcomer_with_a_known_name_is_ignored_or_takes_over(String transport) {
    Socket router = bound(SocketType.ROUTER, transport);
    Socket first =
        context.socket(SocketType.DEALER).set(SocketOption.ROUTING_ID, "x".getBytes(UTF_8));
    first.connect(router.lastEndpoint().orElseThrow());
    first.send("1");
    assertThat(receive(router)).isEqualTo(Message.of("x", "1"));
    Socket second =
        context.socket(SocketType.DEALER).set(SocketOption.ROUTING_ID, "x".getBytes(UTF_8));
    second.connect(router.lastEndpoint().orElseThrow());
    second.send("2");
    assertThat(router.receive(A_MOMENT)).isNull();
    router.set(SocketOption.ROUTER_HANDOVER, true);
    Socket third =
        context.socket(SocketType.DEALER).set(SocketOption.ROUTING_ID, "x".getBytes(UTF_8));
    third.connect(router.lastEndpoint().orElseThrow());
    third.send("3");
    assertThat(receive(router)).isEqualTo(Message.of("x", "3"));
    router.send("x", "yours");
    assertThat(text(third)).isEqualTo("yours");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void subscriber_receives_what_it_subscribed_to(String transport) {
    Socket xpub = bound(SocketType.XPUB, transport);
    Socket sub = connected(SocketType.SUB, xpub);
    sub.subscribe("a").subscribe("bc");
    Set<String> subscribed = new TreeSet<>(List.of(text(xpub), text(xpub)));
    assertThat(subscribed).containsExactly("\u0001a", "\u0001bc");
    for (String topic : List.of("b", "bcd", "x", "a", "")) {
      xpub.send(topic, "body");
    }
    assertThat(receive(sub)).isEqualTo(Message.of("bcd", "body"));
    assertThat(receive(sub)).isEqualTo(Message.of("a", "body"));
    assertThat(sub.receive(A_MOMENT)).isNull();
    sub.subscribe("a").unsubscribe("a").unsubscribe("a");
    assertThat(text(xpub)).isEqualTo("\u0000a");
    xpub.send("a");
    xpub.send("bc2");
    assertThat(text(sub)).isEqualTo("bc2");
    sub.close();
    assertThat(text(xpub)).isEqualTo("\u0000bc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void nothing_is_subscribed_by_default_and_late_joiners_miss_what_was(String transport) {
    Socket xpub = bound(SocketType.XPUB, transport);
    xpub.send("early");
    Socket sub = connected(SocketType.SUB, xpub);
    assertThat(xpub.receive(A_MOMENT)).isNull();
    xpub.send("unwanted");
    sub.subscribe("");
    assertThat(text(xpub)).isEqualTo("\u0001");
    xpub.send("late");
    assertThat(text(sub)).isEqualTo("late");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void xsub_subscribes_by_messages_and_speaks_upstream(String transport) {
    Socket xpub = bound(SocketType.XPUB, transport);
    Socket xsub = connected(SocketType.XSUB, xpub);
    xsub.send("\u0001t");
    assertThat(text(xpub)).isEqualTo("\u0001t");
    xsub.send("upstream");
    assertThat(text(xpub)).isEqualTo("upstream");
    xpub.send("t1");
    assertThat(text(xsub)).isEqualTo("t1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void work_is_dealt_in_turn_and_collected_fairly(String transport) {
    Socket push = bound(SocketType.PUSH, transport);
    Socket one = connected(SocketType.PULL, push);
    Socket two = connected(SocketType.PULL, push);
    await()
        .until(() -> {
          return new Poller().toSend(push).poll(Duration.ZERO).size() == 1
              && push.snapshot().connections().size() == 2
              && push.snapshot().connections().stream()
                  .allMatch(c -> c.state() == ConnectionSnapshot.State.READY);
        });
    for (int i = 0; i < 10; i++) {
      push.send("" + i);
    }
    Set<String> all = new TreeSet<>();
    for (int i = 0; i < 5; i++) {
      all.add(text(one));
      all.add(text(two));
    }
    assertThat(all).hasSize(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void pair_talks_both_ways_with_one_peer(String transport) {
    Socket a = bound(SocketType.PAIR, transport);
    Socket b = connected(SocketType.PAIR, a);
    b.send("hello");
    assertThat(text(a)).isEqualTo("hello");
    a.send("you");
    assertThat(text(b)).isEqualTo("you");
    Socket c = connected(SocketType.PAIR, a);
    c.send("me too");
    assertThat(a.receive(A_MOMENT)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void client_may_start_before_the_server(String transport) {
    String endpoint = transport.equals("tcp") ? freePort() : Ends.endpoint(transport, folder);
    Socket req = context.socket(SocketType.REQ);
    req.connect(endpoint);
    req.send("anybody?");
    Socket rep = context.socket(SocketType.REP);
    rep.bind(endpoint);
    assertThat(text(rep)).isEqualTo("anybody?");
    rep.send("me");
    assertThat(text(req)).isEqualTo("me");
  }

  private String freePort() {
    Socket probe = context.socket(SocketType.REP);
    String endpoint = probe.bind("tcp://127.0.0.1:*");
    probe.close();
    return endpoint;
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void push_waits_at_the_high_water_mark_and_loses_nothing(String transport) throws Exception {
    Socket pull = context.socket(SocketType.PULL).set(SocketOption.RECEIVE_HIGH_WATER_MARK, 10);
    pull.bind(Ends.endpoint(transport, folder));
    Socket push = context.socket(SocketType.PUSH).set(SocketOption.SEND_HIGH_WATER_MARK, 10);
    push.connect(pull.lastEndpoint().orElseThrow());
    int count = 3_000;
    Thread sender =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < count; i++) {
                push.send(new byte[] {(byte) i, (byte) (i >> 8), 0, 0});
              }
            });
    for (int i = 0; i < count; i++) {
      byte[] body = receive(pull).bytes();
      assertThat((body[0] & 0xff) | (body[1] & 0xff) << 8).isEqualTo(i);
    }
    sender.join();
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void push_without_a_peer_waits(String transport) {
    Socket push = bound(SocketType.PUSH, transport);
    assertThat(push.send(Message.of("x"), A_MOMENT)).isFalse();
    Socket pull = connected(SocketType.PULL, push);
    assertThat(push.send(Message.of("y"), Ends.SOON)).isTrue();
    assertThat(text(pull)).isEqualTo("y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void frames_of_all_sizes_pass(String transport) {
    Socket pull = bound(SocketType.PULL, transport);
    Socket push = connected(SocketType.PUSH, pull);
    for (int size : new int[] {0, 1, 255, 256, 8191, 8192, 65_536, 200_000, 5 << 20}) {
      byte[] body = new byte[size];
      for (int i = 0; i < size; i += 97) {
        body[i] = (byte) i;
      }
      Message message = Message.owned(new byte[0], body, new byte[0], body);
      Thread.ofVirtual().start(() -> push.send(message));
      assertThat(receive(pull)).isEqualTo(message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void sent_array_belongs_to_the_caller_again(String transport) {
    Socket pull = bound(SocketType.PULL, transport);
    Socket push = connected(SocketType.PUSH, pull);
    byte[] body = new byte[1 << 20];
    for (int i = 0; i < 20; i++) {
      Arrays.fill(body, (byte) i);
      push.send(body);
    }
    Arrays.fill(body, (byte) 99);
    for (int i = 0; i < 20; i++) {
      byte[] got = receive(pull).bytes();
      assertThat(got).hasSize(1 << 20);
      assertThat(got[0]).isEqualTo((byte) i);
      assertThat(got[got.length - 1]).isEqualTo((byte) i);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inproc", "tcp", "ipc"})
  void poller_sees_what_can_be_received(String transport) {
    Socket pull = bound(SocketType.PULL, transport);
    Socket other = bound(SocketType.PULL, transport);
    Poller poller = new Poller().toReceive(pull).toReceive(other);
    assertThat(poller.poll(Duration.ofMillis(50))).isEmpty();
    Socket push = connected(SocketType.PUSH, other);
    for (int i = 0; i < 3; i++) {
      push.send("m" + i);
      assertThat(poller.poll(Ends.SOON)).containsExactly(other);
      assertThat(text(other)).isEqualTo("m" + i);
    }
  }
}
