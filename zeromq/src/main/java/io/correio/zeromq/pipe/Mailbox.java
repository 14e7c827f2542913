package io.correio.zeromq.pipe;

/** Where an end of an inproc pipe tells its owner what the other end did. */
public interface Mailbox {
  /** What happened. */
  enum Event {
    /** A peer connected. */
    ATTACHED,
    /** There is something to read. */
    READABLE,
    /** There is room again. */
    WRITABLE,
    /** The other end is closed; what it wrote is still to be read. */
    CLOSED
  }

  /** Posts an event; never blocks, takes no socket's lock, from any thread. */
  void post(InprocPipe pipe, Event event);
}
