package io.correio.tests.durability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No confirm leaves before the force that covers its message: for each {@code basic.ack} that the
 * broker sent, the write of every message it confirms had returned before some force began, and
 * that force had returned before the ack was sent. Skipped where tracing is not permitted.
 */
@Tag("slow")
final class ForceBeforeConfirmTest {
  private static final int MESSAGES = 400;
  private static final long CONFIRM_MILLIS_MAX = 60_000;
  @TempDir Path folder;

  @Test
  void no_confirm_leaves_before_its_force_with_one_outstanding() throws Exception {
    check(1);
  }

  @Test
  void no_confirm_leaves_before_its_force_with_many_outstanding() throws Exception {
    check(100);
  }

  private void check(int outstanding) throws Exception {
    assumeTrue(tracingIsPermitted(), "strace is missing or may not trace here");
    Path trace = folder.resolve("trace");
    List<String> strace =
        List.of(
            "strace",
            // The broker is our child and strace its grandchild, so signals reach the broker.
            "-D",
            "-f",
            "-xx",
            "-s",
            "4000000",
            "--seccomp-bpf",
            "-o",
            trace.toString(),
            "-e",
            "trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,fsync,fdatasync");
    try (BrokerProcess process = BrokerProcess.start(folder.resolve("data"), strace, List.of())) {
      publish(process.broker(), outstanding);
      String end = process.pid() + " +\\+\\+\\+ exited";
      process.stop();
      Awaitility.await().untilAsserted(() -> assertThat(tailOf(trace)).containsPattern(end));
    }
    ForcedConfirms.check(SystemCalls.read(trace), MESSAGES);
  }

  private static void publish(Broker broker, int outstanding)
      throws IOException, TimeoutException, InterruptedException {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(broker.host());
    factory.setPort(broker.amqpPort());
    try (Connection connection = factory.newConnection()) {
      Channel channel = Objects.requireNonNull(connection.createChannel());
      String queue = Broker.unique("forced");
      channel.queueDeclare(queue, true, false, false, null);
      channel.confirmSelect();
      for (int i = 1; i <= MESSAGES; i++) {
        byte[] body = ForcedConfirms.body(i);
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body);
        if (i % outstanding == 0) {
          channel.waitForConfirmsOrDie(CONFIRM_MILLIS_MAX);
        }
      }
      channel.waitForConfirmsOrDie(CONFIRM_MILLIS_MAX);
    }
  }

  private static String tailOf(Path trace) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(trace.toFile(), "r")) {
      file.seek(Math.max(0, file.length() - 2_000));
      byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(tail);
      return new String(tail, StandardCharsets.ISO_8859_1);
    }
  }

  private static boolean tracingIsPermitted() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .start();
      process.getInputStream().readAllBytes();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
