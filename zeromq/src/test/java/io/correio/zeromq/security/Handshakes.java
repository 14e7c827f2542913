package io.correio.zeromq.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.zeromq.wire.ZmtpException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Supplier;

/** Two mechanisms face to face, and one facing nonsense. */
final class Handshakes {
  private static final int ROUNDS = 20_000;

  private Handshakes() {}

  /** Carries commands both ways until nobody has anything to say. */
  static void run(Mechanism one, Mechanism other) throws ZmtpException {
    boolean moved = true;
    while (moved) {
      moved = carry(one, other);
      moved |= carry(other, one);
    }
  }

  private static boolean carry(Mechanism from, Mechanism to) throws ZmtpException {
    byte[] command = from.produce();
    if (command == null) {
      return false;
    }
    to.consume(command);
    return true;
  }

  /** Feeds commands with good names and random data; only ZmtpException may come of it. */
  static void fuzz(long seed, Supplier<Mechanism> mechanisms, String... names) {
    fuzz(seed, ROUNDS, mechanisms, names);
  }

  /** As many rounds as are asked for. */
  static void fuzz(long seed, int rounds, Supplier<Mechanism> mechanisms, String... names) {
    Random random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < rounds; round++) {
      try (Mechanism mechanism = mechanisms.get()) {
        for (int i = 0; i < 3; i++) {
          mechanism.consume(command(random, names));
          mechanism.produce();
        }
      } catch (ZmtpException refusal) {
        assertThat(refusal.getMessage()).isNotBlank();
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  private static byte[] command(Random random, String... names) {
    byte[] command = new byte[random.nextInt(400)];
    random.nextBytes(command);
    byte[] name = names[random.nextInt(names.length)].getBytes(StandardCharsets.US_ASCII);
    if (random.nextInt(8) != 0 && command.length > name.length) {
      command[0] = (byte) name.length;
      System.arraycopy(name, 0, command, 1, name.length);
    }
    return command;
  }
}
