package io.correio.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeftoverTest {

  @Test
  void bytes_come_out_in_order_however_much_is_consumed_each_time() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      byte[] all = new byte[random.nextInt(20_000)];
      random.nextBytes(all);
      Leftover leftover = new Leftover();
      ByteArrayOutputStream consumed = new ByteArrayOutputStream();
      int sent = 0;
      while (sent < all.length || !leftover.isEmpty()) {
        int n = Math.min(random.nextInt(3_000), all.length - sent);
        ByteBuffer offered =
            random.nextInt(3) == 0
                ? leftover.bytes()
                : leftover.with(ByteBuffer.wrap(all, sent, n));
        byte[] taken = new byte[random.nextInt(offered.remaining() + 1)];
        offered.get(taken);
        consumed.writeBytes(taken);
        leftover.keep(offered);
        sent = consumed.size() + leftover.size();
        assertThat(leftover.isEmpty()).isEqualTo(leftover.size() == 0);
      }
      assertThat(consumed.toByteArray()).as("seed %d", seed).isEqualTo(all);
    }
  }
}
