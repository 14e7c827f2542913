package io.correio.zeromq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 27: requests and replies as frames. */
final class ZapTest {
  private static final ZapRequest REQUEST =
      new ZapRequest(
          "7",
          "global",
          "127.0.0.1",
          new byte[] {1},
          "PLAIN",
          List.of(octets("admin"), octets("secret")));

  @Test
  void a_request_is_frames_in_the_order_of_the_specification() throws ZmtpException {
    List<byte[]> frames = REQUEST.encode();
    assertThat(frames.stream().map(frame -> new String(frame, StandardCharsets.UTF_8)))
        .containsExactly("1.0", "7", "global", "127.0.0.1", "\1", "PLAIN", "admin", "secret");
    ZapRequest read = ZapRequest.decode(frames);
    assertThat(read.domain()).isEqualTo("global");
    assertThat(read.credentialText(1)).isEqualTo("secret");
  }

  @Test
  void a_request_does_not_print_its_password() {
    assertThat(REQUEST.toString()).contains("PLAIN").doesNotContain("secret");
  }

  @Test
  void a_reply_is_frames_in_the_order_of_the_specification() throws ZmtpException {
    ZapReply reply = new ZapReply("7", 200, "OK", "admin", Metadata.EMPTY.with("X-Role", "root"));
    List<byte[]> frames = reply.encode();
    assertThat(frames.subList(0, 5).stream().map(f -> new String(f, StandardCharsets.UTF_8)))
        .containsExactly("1.0", "7", "200", "OK", "admin");
    assertThat(ZapReply.decode(frames)).isEqualTo(reply);
  }

  @Test
  void a_refusal_names_nobody() {
    ZapReply reply = new ZapReply("7", 400, "no", "admin", Metadata.EMPTY.with("X", ""));
    assertThat(reply.userId()).isEmpty();
    assertThat(reply.metadata()).isEqualTo(Metadata.EMPTY);
    assertThatThrownBy(() -> new ZapReply("7", 201, "", "", Metadata.EMPTY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void frames_that_are_no_request_or_reply_are_refused() {
    List<byte[]> request = REQUEST.encode();
    List<byte[]> reply = ZapReply.accept(REQUEST, "").encode();
    assertThatThrownBy(() -> ZapRequest.decode(request.subList(0, 5)))
        .isInstanceOf(ZmtpException.class);
    assertThatThrownBy(() -> ZapReply.decode(reply.subList(0, 5)))
        .isInstanceOf(ZmtpException.class);
    for (int changed : new int[] {0, 2, 5}) {
      List<byte[]> other = new ArrayList<>(reply);
      other.set(changed, octets("2.0"));
      assertThatThrownBy(() -> ZapReply.decode(other)).isInstanceOf(ZmtpException.class);
    }
    List<byte[]> version = new ArrayList<>(request);
    version.set(0, octets("1.1"));
    assertThatThrownBy(() -> ZapRequest.decode(version)).isInstanceOf(ZmtpException.class);
    List<byte[]> large = new ArrayList<>(request);
    large.set(6, new byte[256]);
    assertThatThrownBy(() -> ZapRequest.decode(large)).isInstanceOf(ZmtpException.class);
  }

  @Test
  void random_frames_are_read_or_refused() {
    Random random = new Random(27);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      List<byte[]> frames = new ArrayList<>(ZapReply.accept(REQUEST, "u").encode());
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      frames.set(random.nextInt(frames.size()), noise);
      try {
        ZapReply.decode(frames);
        ZapRequest.decode(frames);
      } catch (ZmtpException refusal) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
