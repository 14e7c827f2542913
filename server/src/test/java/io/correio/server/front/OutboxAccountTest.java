package io.correio.server.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.manager.VirtualHost;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutboxAccountTest {

  /** A core that hands out while the outbox has credit, over a socket that takes what it likes. */
  @Test
  void core_never_waits_for_a_report_that_does_not_come() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      int largest = random.nextBoolean() ? 1_000 : 3 * VirtualHost.OUTBOX_BYTES;
      OutboxAccount account = new OutboxAccount();
      long credit = VirtualHost.OUTBOX_BYTES;
      long pending = 0;
      long delivered = 0;
      long reported = 0;
      for (int step = 0; step < 3_000; step++) {
        if (credit > 0) {
          int units = 128 + random.nextInt(largest);
          int bytes = units + random.nextInt(100);
          credit -= units;
          delivered += units;
          pending += bytes;
          account.wroteMessage(pending, bytes, units);
        } else if (pending == 0) {
          throw new AssertionError("stalled with seed " + seed);
        }
        if (random.nextInt(3) == 0 || credit <= 0) {
          long drained = random.nextInt(4) == 0 ? pending : random.nextLong(pending + 1);
          pending -= drained;
          account.drained(drained);
        }
        long report = account.takeReport();
        credit += report;
        reported += report;
        assertThat(reported).isLessThanOrEqualTo(delivered);
        if (pending == 0) {
          assertThat(delivered - reported).isLessThan(OutboxAccount.REPORT_IDLE_UNITS);
        }
      }
    }
  }

  @Test
  void small_messages_are_reported_rarely() {
    OutboxAccount account = new OutboxAccount();
    int reports = 0;
    for (int i = 0; i < 10_000; i++) {
      account.wroteMessage(200, 200, 150);
      account.drained(200);
      reports += account.takeReport() > 0 ? 1 : 0;
    }
    assertThat(reports).isLessThanOrEqualTo(10_000 * 150 / OutboxAccount.REPORT_IDLE_UNITS);
  }

  @Test
  void nothing_is_reported_before_it_has_drained() {
    OutboxAccount account = new OutboxAccount();
    int units = VirtualHost.OUTBOX_BYTES / 2;
    account.wroteMessage(units, units, units);
    account.drained(units - 1);
    assertThat(account.takeReport()).isZero();
    account.drained(1);
    assertThat(account.takeReport()).isEqualTo(units);
  }

  @Test
  void replies_are_what_is_no_message() {
    OutboxAccount account = new OutboxAccount();
    account.wroteMessage(1_500, 1_000, 900);
    assertThat(account.replyBytes(1_700)).isEqualTo(700);
    account.drained(1_500);
    assertThat(account.replyBytes(200)).isEqualTo(200);
  }
}
