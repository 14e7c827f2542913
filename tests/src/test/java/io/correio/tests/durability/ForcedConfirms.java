package io.correio.tests.durability;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.tests.durability.SystemCalls.Call;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges from system calls alone whether confirms waited for the disk. */
final class ForcedConfirms {
  private static final Pattern MARKER = Pattern.compile("forced-message-(\\d{6})");
  // AMQP 0-9-1: class basic (60), method ack (80), delivery tag, multiple
  private static final Pattern ACK = Pattern.compile("\\x00<\\x00P(.{8})(.)", Pattern.DOTALL);

  private ForcedConfirms() {}

  /** The body of the message with delivery tag {@code number}. */
  static byte[] body(int number) {
    return "forced-message-%06d".formatted(number).getBytes(StandardCharsets.US_ASCII);
  }

  /** Fails unless all of {@code messages} were confirmed, each after a force that covers it. */
  static void check(List<Call> calls, int messages) {
    Map<Integer, Call> writes = new HashMap<>();
    for (Call call : calls) {
      Matcher marker = MARKER.matcher(call.bytes());
      while (marker.find()) {
        writes.putIfAbsent(Integer.parseInt(marker.group(1)), call);
      }
    }
    assertThat(writes).as("messages seen on their way to the log").hasSize(messages);
    List<Call> forces =
        calls.stream().filter(call -> call.name().matches("fsync|fdatasync")).toList();
    int confirmed = 0;
    for (Call call : calls) {
      if (!call.name().matches("write|writev|sendto|sendmsg")) {
        continue;
      }
      Matcher ack = ACK.matcher(call.bytes());
      while (ack.find()) {
        int last = tag(ack.group(1));
        boolean multiple = (ack.group(2).charAt(0) & 1) == 1;
        for (int message = multiple ? confirmed + 1 : last; message <= last; message++) {
          assertForced(Objects.requireNonNull(writes.get(message)), forces, call, message);
        }
        confirmed = Math.max(confirmed, last);
      }
    }
    assertThat(confirmed).as("confirms seen on the socket").isEqualTo(messages);
  }

  private static void assertForced(Call write, List<Call> forces, Call ack, int message) {
    assertThat(forces)
        .as("message %d: written until %d, ack sent at %d", message, write.returned(), ack.began())
        .anyMatch(force ->
            force.descriptor() == write.descriptor()
                && force.began() > write.returned()
                && force.returned() < ack.began());
  }

  private static int tag(String octets) {
    long tag = 0;
    for (int i = 0; i < octets.length(); i++) {
      tag = tag << 8 | octets.charAt(i);
    }
    return Math.toIntExact(tag);
  }
}
