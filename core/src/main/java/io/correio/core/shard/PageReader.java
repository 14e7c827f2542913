package io.correio.core.shard;

import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.LaneId;
import io.correio.log.MessageSink;
import io.correio.log.SegmentedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches pages of cold messages for one shard, on a reader thread; the result goes back as a
 * command. Thread-safe: it owns nothing.
 */
final class PageReader implements Consumer<Batch.Fetch> {

  private final SegmentedLog log;
  private final SegmentedLog scratch;
  private final Executor readers;
  private final Consumer<Command> shard;
  private final FatalHandler fatal;
  private volatile boolean closed;

  PageReader(
      SegmentedLog log,
      SegmentedLog scratch,
      Executor readers,
      Consumer<Command> shard,
      FatalHandler fatal) {
    this.log = log;
    this.scratch = scratch;
    this.readers = readers;
    this.shard = shard;
    this.fatal = fatal;
  }

  @Override
  public void accept(Batch.Fetch fetch) {
    readers.execute(() -> read(fetch));
  }

  /** Before the files are closed: what is being read now is of interest to nobody any more. */
  void close() {
    closed = true;
  }

  private void read(Batch.Fetch fetch) {
    if (closed) {
      return;
    }
    Page page = new Page(fetch);
    try {
      SegmentedLog from = LaneId.isDurable(fetch.lane()) ? log : scratch;
      if (fetch.sequences().length > 0) {
        from.read(
            fetch.lane(), fetch.sequences(), fetch.sequences().length, fetch.maxBytes(), page);
      }
    } catch (IOException | RuntimeException | Error e) {
      if (closed) {
        return; // the files were closed meanwhile, and nothing else is known to be wrong
      }
      fatal.failed("messages of lane " + fetch.lane() + " cannot be read back from the log", e);
      return;
    }
    shard.accept(page.toCommand());
  }

  private static final class Page implements MessageSink {

    private final Batch.Fetch fetch;
    private final long[] besideSequences;
    private final @Nullable Message[] messages;
    private final MessageCodec codec = new MessageCodec();
    private int count;

    Page(Batch.Fetch fetch) {
      this.fetch = fetch;
      this.besideSequences = new long[fetch.sequences().length];
      this.messages = new Message[fetch.sequences().length];
    }

    @Override
    public void onMessage(long sequence, long position, ByteBuffer content) {
      skipTo(sequence);
      besideSequences[count] = MessageCodec.besideSequence(content, fetch.lane());
      messages[count++] = codec.read(content);
    }

    @Override
    public void onMissing(long sequence) {
      // Settled since it was asked for, and cleaned away; the shard knows whether that is so.
      skipTo(sequence);
      messages[count++] = null;
    }

    private void skipTo(long sequence) {
      while (fetch.sequences()[count] != sequence) {
        count++;
      }
    }

    Command toCommand() {
      Command.PageRead page =
          new Command.PageRead(fetch.lane(), fetch.sequences(), besideSequences, messages, count);
      return fetch.scan() == 0 ? page : new Command.ScanRead(fetch.scan(), page);
    }
  }
}
