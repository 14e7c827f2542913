package io.correio.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.zeromq.model.SocketEvent;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketType;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that stall, lie and break the protocol cost their own connection and nothing else. */
@Timeout(60)
final class HostilePeersTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String GREETING =
      "ff00000000000000017f" + "0301" + "4e554c4c" + "00".repeat(48);
  private static final String READY_PUSH =
      "041a" + "055245414459" + "0b536f636b65742d54797065" + "00000004" + "50555348";

  /** Sends the octets to a PULL; gives the first event that says why it was refused. */
  private static String refusal(String octets) throws Exception {
    try (Context context = new Context();
        io.correio.zeromq.Socket pull = context.socket(SocketType.PULL);
        Monitor monitor = pull.monitor()) {
      pull.set(SocketOption.MAX_MESSAGE_SIZE, 1000L);
      pull.set(SocketOption.HANDSHAKE_TIMEOUT, Duration.ofMillis(300));
      String endpoint = pull.bind("tcp://127.0.0.1:*");
      int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
      try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
        peer.getOutputStream().write(HEX.parseHex(octets));
        String detail = "";
        while (detail.isEmpty()) {
          SocketEvent event = Objects.requireNonNull(monitor.next(Ends.SOON));
          if (event.kind() == SocketEvent.Kind.HANDSHAKE_FAILED
              || event.kind() == SocketEvent.Kind.DISCONNECTED) {
            detail = event.detail();
          }
        }
        assertThat(ends(peer.getInputStream())).isTrue();
        io.correio.zeromq.Socket honest = context.socket(SocketType.PUSH).connect(endpoint);
        honest.send("still there?");
        assertThat(Ends.text(pull)).isEqualTo("still there?");
        return detail;
      }
    }
  }

  private static boolean ends(InputStream in) {
    try {
      while (in.read() >= 0) {
        assertThat(in).isNotNull();
      }
    } catch (IOException e) {
      return true;
    }
    return true;
  }

  @Test
  void half_a_greeting_ends_with_the_timeout() throws Exception {
    assertThat(refusal("ff000000")).contains("handshakeTimeout");
  }

  @Test
  void something_else_than_zmtp_is_refused() throws Exception {
    assertThat(refusal(HEX.formatHex("GET / HTTP/1.1\r\n\r\n".getBytes(Ends.UTF))))
        .contains("no ZeroMQ");
  }

  @Test
  void length_beyond_every_array_is_refused() throws Exception {
    assertThat(refusal(GREETING + READY_PUSH + "02ffffffffffffffff"))
        .contains("18446744073709551615");
  }

  @Test
  void frame_longer_than_the_maximum_is_refused() throws Exception {
    assertThat(refusal(GREETING + READY_PUSH + "0200000000000003e9")).contains("1001");
  }

  @Test
  void reserved_flags_are_refused() throws Exception {
    assertThat(refusal(GREETING + READY_PUSH + "0800")).contains("reserved");
  }

  @Test
  void command_within_a_message_is_refused() throws Exception {
    assertThat(refusal(GREETING + READY_PUSH + "0500")).contains("part of a message");
  }

  @Test
  void wrong_socket_type_is_refused() throws Exception {
    String readySub = "0419" + "055245414459" + "0b536f636b65742d54797065" + "00000003" + "535542";
    assertThat(refusal(GREETING + readySub)).contains("cannot talk to the peer's SUB");
  }

  @Test
  void message_before_the_handshake_is_refused() throws Exception {
    assertThat(refusal(GREETING + "000161")).contains("before its handshake");
  }
}
