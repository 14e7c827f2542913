package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.pipe.Pipe;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Takes one message from each pipe that has some, in turn. Owned by the socket's lock. */
final class FairQueue {
  private final ArrayDeque<Pipe> active = new ArrayDeque<>();
  private @Nullable Pipe last;

  /** The pipe may have something. */
  void readable(Pipe pipe) {
    if (!pipe.queued()) {
      pipe.queued(true);
      active.add(pipe);
    }
  }

  /** The next message, or null. */
  @Nullable Message next() {
    for (Pipe pipe = active.peek(); pipe != null; pipe = active.peek()) {
      Message message = pipe.read();
      if (message != null) {
        if (active.size() > 1) {
          active.remove();
          active.add(pipe);
        }
        last = pipe;
        return message;
      }
      active.remove();
      pipe.queued(false);
    }
    return null;
  }

  /** Where the last message came from. */
  @Nullable Pipe last() {
    return last;
  }
}
