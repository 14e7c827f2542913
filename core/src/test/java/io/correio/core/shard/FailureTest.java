package io.correio.core.shard;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.core.message.Arguments;
import io.correio.core.queue.Command;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A thread of the core that fails ends the process: it must not stand still unnoticed. */
class FailureTest {

  private static final long BROKEN = 7;

  private final SteppedShard shard = new SteppedShard(new ShardOptions(1 << 20, 1 << 20, 1));

  FailureTest() throws IOException {}

  private void connectBroken() {
    shard
        .store()
        .shard()
        .submit(
            new Command.Connect(
                BROKEN,
                effect -> {
                  throw new IllegalStateException("broken");
                }));
  }

  private void declare(boolean durable) {
    shard
        .store()
        .shard()
        .submit(
            new Command.DeclareQueue(
                BROKEN, 1, "q", false, durable, false, false, Arguments.EMPTY));
  }

  @Test
  void failing_shard_is_fatal() {
    connectBroken();
    declare(false);
    assertThatThrownBy(shard::idle)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("virtual host '/' cannot go on");
  }

  @Test
  void failing_while_outcomes_are_told_is_fatal() {
    connectBroken();
    declare(true);
    assertThatThrownBy(shard::idle)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("cannot be told");
  }

  @Test
  void error_in_the_house_keeping_is_fatal() {
    SteppedShard.Peer peer = shard.new Peer(1);
    peer.declare("q");
    shard.settleDown();
    shard
        .store()
        .pauseWith(() -> {
          throw new OutOfMemoryError("none left");
        });
    assertThatThrownBy(shard.store()::maintain)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("cannot be kept");
  }
}
