package queues;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.correio.client.Message;
import io.correio.client.QueueManager;
import io.correio.client.remote.RemoteQueueManager;
import io.correio.server.Config;
import io.correio.server.Correio;
import io.correio.server.CorreioOptions;
import io.correio.server.Setting;
import io.correio.server.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * A sender that runs or has stopped, a receiver that runs or has not started, and a broker that is
 * stopped and started again in between: in all four combinations the letter arrives.
 */
public final class FourCombinations {

  private static Path data;
  private static int port;
  private static Correio broker;

  private FourCombinations() {}

  /** Runs all four. */
  public static void main(String[] arguments) throws IOException {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    data = Files.createTempDirectory("four-combinations");
    start();
    for (boolean senderStays : new boolean[] {true, false}) {
      for (boolean receiverIsUp : new boolean[] {true, false}) {
        combination(senderStays, receiverIsUp);
      }
    }
    broker.close();
    System.out.println("All four letters arrived.");
  }

  private static void combination(boolean senderStays, boolean receiverIsUp) throws IOException {
    System.out.printf(
        "%nSender %s, receiver %s%n",
        senderStays ? "keeps running" : "stops", receiverIsUp ? "runs" : "is not running yet");
    QueueManager receiver = receiverIsUp ? connect() : null;
    QueueManager sender = connect();
    sender.queue("letters").put(Message.text("Dear Ana"));
    System.out.println("  sender    put a letter; the broker has it on its disk");
    if (!senderStays) {
      sender.close();
      System.out.println("  sender    stopped");
    }
    broker.close();
    System.out.println("  broker    stopped");
    start();
    System.out.println("  broker    started again, on the same folder");
    if (receiver == null) {
      receiver = connect();
      System.out.println("  receiver  started");
    }
    System.out.println("  receiver  got: " + receiver.queue("letters").get().text());
    receiver.close();
    sender.close();
  }

  private static QueueManager connect() {
    return RemoteQueueManager.connect("amqp://guest:guest@127.0.0.1:" + port + "/%2f");
  }

  private static void start() throws IOException {
    Settings settings =
        Settings.DEFAULTS
            .with(Setting.DATA, data.toString())
            .with(Setting.AMQP_PORT, port)
            .with(Setting.HTTP_PORT, 0);
    broker = Correio.start(CorreioOptions.of(Config.of(settings)));
    port = broker.amqpPort();
  }
}
