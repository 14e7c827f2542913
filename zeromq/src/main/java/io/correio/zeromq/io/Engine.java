package io.correio.zeromq.io;

/** What the sockets of one context share. Made and closed by the context. */
public final class Engine implements AutoCloseable {
  private final Steward steward = new Steward();
  private final Flusher flusher = new Flusher();
  private final BufferPool buffers = new BufferPool();
  private final InprocNames names = new InprocNames();

  /** Starts nothing: threads come with the first stream connection. */
  public Engine() {}

  Steward steward() {
    return steward;
  }

  Flusher flusher() {
    return flusher;
  }

  BufferPool buffers() {
    return buffers;
  }

  InprocNames names() {
    return names;
  }

  /** Ends the threads and waits for them; the sockets have to be closed before. */
  @Override
  public void close() {
    flusher.close();
    steward.close();
  }
}
