package io.correio.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.server.front.Front;
import io.correio.server.front.Session;
import io.correio.server.front.Wire;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A loop whose direct memory is used up loses the connection that wanted it, and no other. */
class OutOfMemoryTest {

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Allocator allocator = new Allocator();
  private final Loop loop = new Loop(channel.eventLoop(), allocator, Long.MAX_VALUE);
  private String closed = "";

  private static final class Allocator extends AbstractByteBufAllocator {
    private boolean isUsedUp;

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      return Unpooled.buffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      if (isUsedUp) {
        throw new OutOfMemoryError("no direct memory is left");
      }
      return Unpooled.directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }

  /** Of any first bytes, with a session that writes a lot whenever it is told the time. */
  private final class WritingFront implements Front {
    @Override
    public String name() {
      return "writing";
    }

    @Override
    public Match match(ByteBuffer first) {
      return Match.YES;
    }

    @Override
    public byte[] header() {
      return ToyFront.HEADER;
    }

    @Override
    public Session open(Wire wire) {
      return new WritingSession(wire);
    }
  }

  private final class WritingSession implements Session {
    private final Wire wire;

    WritingSession(Wire wire) {
      this.wire = wire;
    }

    @Override
    public void onRead(ByteBuffer in) {
      in.position(in.limit());
    }

    @Override
    public void onWake() {}

    @Override
    public void onDrained(long bytes) {}

    @Override
    public void onTick(long nowMillis) {
      wire.write(new byte[64 << 10], 0, 64 << 10);
    }

    @Override
    public void onStopping() {}

    @Override
    public void onClosed(String cause) {
      closed = cause;
    }
  }

  @Test
  void what_cannot_be_written_for_want_of_memory_ends_its_connection_and_not_the_tick() {
    Front front = new WritingFront();
    ListenerOptions options =
        new ListenerOptions("127.0.0.1", 0, 1, 1, 10_000, 10_000, List.of(front), null);
    Connection connection = new Connection(options, false, loop);
    channel.pipeline().addLast(connection);
    channel.pipeline().fireChannelActive();
    channel.writeInbound(Unpooled.wrappedBuffer(ToyFront.HEADER));
    allocator.isUsedUp = true;
    connection.tick(0);
    channel.runPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(closed).contains("no direct memory is left");
  }
}
