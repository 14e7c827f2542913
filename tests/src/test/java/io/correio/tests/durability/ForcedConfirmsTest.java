package io.correio.tests.durability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.correio.tests.durability.SystemCalls.Call;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge sees a confirm that is too early, and reads traces of many threads. */
final class ForcedConfirmsTest {
  private static final int LOG = 7;

  private final List<Call> calls = new ArrayList<>();

  private void call(String name, int descriptor, String bytes, int began, int returned) {
    calls.add(new Call(name, descriptor, List.of(bytes), began, returned));
  }

  private void write(int message, int began, int returned) {
    String body = new String(ForcedConfirms.body(message), StandardCharsets.US_ASCII);
    call("pwrite64", LOG, "entry " + body + " end", began, returned);
  }

  private void ack(int tag, boolean multiple, int at) {
    String octets = "\0<\0P\0\0\0\0\0\0\0" + (char) tag + (multiple ? '\1' : '\0');
    call("sendmsg", 9, octets, at, at);
  }

  private void isTooEarly(int messages) {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> ForcedConfirms.check(calls, messages))
        .withMessageContaining("ack sent at");
  }

  @Test
  void confirm_after_its_force_is_right() {
    write(1, 1, 2);
    write(2, 3, 4);
    call("fdatasync", LOG, "", 5, 6);
    ack(2, true, 7);
    ForcedConfirms.check(calls, 2);
  }

  @Test
  void confirm_before_the_force_returned_is_too_early() {
    write(1, 1, 2);
    call("fdatasync", LOG, "", 3, 6);
    ack(1, false, 5);
    isTooEarly(1);
  }

  @Test
  void force_that_began_before_the_write_returned_covers_nothing() {
    write(1, 1, 4);
    call("fdatasync", LOG, "", 3, 5);
    ack(1, false, 6);
    isTooEarly(1);
  }

  @Test
  void force_of_another_file_covers_nothing() {
    write(1, 1, 2);
    call("fdatasync", LOG + 1, "", 3, 4);
    ack(1, false, 5);
    isTooEarly(1);
  }

  @Test
  void multiple_confirms_all_before_it() {
    write(1, 5, 6);
    write(2, 1, 2);
    call("fdatasync", LOG, "", 3, 4);
    ack(2, true, 7);
    isTooEarly(2);
  }

  @Test
  void interrupted_lines_of_threads_are_joined(@TempDir Path folder) throws IOException {
    String hex = HexFormat.of().withPrefix("\\x").formatHex(new byte[] {'h', 'i'});
    Path trace = folder.resolve("trace");
    Files.writeString(
        trace,
        """
        11  pwrite64(7, "%s", 2, 0 <unfinished ...>
        12  fdatasync(8 <unfinished ...>
        11  <... pwrite64 resumed>) = 2
        12  <... fdatasync resumed>) = 0
        11  writev(9, [{iov_base="%s", iov_len=2}, {iov_base="%s", iov_len=2}], 2) = 4
        11  +++ exited with 0 +++
        """
            .formatted(hex, hex, hex));
    assertThat(SystemCalls.read(trace))
        .containsExactly(
            new Call("pwrite64", 7, List.of("hi"), 0, 2),
            new Call("fdatasync", 8, List.of(), 1, 3),
            new Call("writev", 9, List.of("hi", "hi"), 4, 4));
  }
}
