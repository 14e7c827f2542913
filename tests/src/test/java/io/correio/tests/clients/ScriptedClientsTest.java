package io.correio.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.correio.tests.broker.Broker;
import io.correio.tests.broker.BrokerExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Scripts that use a client of their language and print {@code ok NAME} or {@code not ok NAME: why}
 * for each of their checks; every line becomes a test here. {@code ./verify} installs the clients.
 */
@ExtendWith(BrokerExtension.class)
final class ScriptedClientsTest {
  private final Broker broker;

  ScriptedClientsTest(Broker broker) {
    this.broker = broker;
  }

  @TestFactory
  List<DynamicTest> pika() throws IOException, InterruptedException {
    return checks(Program.PYTHON, "python/pika_checks.py");
  }

  @TestFactory
  List<DynamicTest> py_amqp() throws IOException, InterruptedException {
    return checks(Program.PYTHON, "python/amqp_checks.py");
  }

  @TestFactory
  List<DynamicTest> proton() throws IOException, InterruptedException {
    return checks(Program.PYTHON, "python/proton_checks.py");
  }

  @TestFactory
  List<DynamicTest> rhea() throws IOException, InterruptedException {
    return checks("node", "node/rhea_checks.js");
  }

  @TestFactory
  List<DynamicTest> amqplib() throws IOException, InterruptedException {
    return checks("node", "node/amqplib_checks.js");
  }

  private List<DynamicTest> checks(String interpreter, String script)
      throws IOException, InterruptedException {
    Program.Result result =
        Program.run(
            "",
            List.of(
                interpreter,
                Path.of(script).toAbsolutePath().toString(),
                Integer.toString(broker.amqpPort())));
    List<DynamicTest> tests = new ArrayList<>();
    boolean failed = false;
    for (String line : result.lines()) {
      if (line.startsWith("ok ")) {
        tests.add(dynamicTest(line.substring(3), () -> {}));
      } else if (line.startsWith("not ok ")) {
        failed = true;
        String why = line + "\n" + result.errors();
        String name = line.substring(7).replaceFirst(":.*", "");
        tests.add(dynamicTest(name, () -> assertThat(line).as(why).startsWith("ok")));
      }
    }
    // Also when the script itself broke, before or between its checks.
    int wanted = failed ? 1 : 0;
    tests.add(
        dynamicTest(
            "runs_to_its_end",
            () -> assertThat(result.status()).as(result.errors()).isEqualTo(wanted)));
    assertThat(tests).as(result.errors()).hasSizeGreaterThan(1);
    return tests;
  }
}
