package io.correio.zeromq.pattern;

import io.correio.zeromq.pipe.Pipe;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives messages to pipes in turn, passing over those without room. Owned by the socket's lock. */
final class LoadBalancer {
  private final List<Pipe> pipes = new ArrayList<>();
  private int turn;

  void attach(Pipe pipe) {
    pipes.add(pipe);
  }

  void closed(Pipe pipe) {
    int index = pipes.indexOf(pipe);
    if (index >= 0) {
      pipes.remove(index);
      if (index < turn) {
        turn--;
      }
    }
  }

  /** The next pipe with room, whose turn is over with this; null if there is none. */
  @Nullable Pipe next() {
    int count = pipes.size();
    for (int i = 0; i < count; i++) {
      if (turn >= count) {
        turn = 0;
      }
      Pipe pipe = pipes.get(turn++);
      if (pipe.hasRoom()) {
        return pipe;
      }
      pipe.starved(true);
    }
    return null;
  }

  boolean hasRoom() {
    for (Pipe pipe : pipes) {
      if (pipe.hasRoom()) {
        return true;
      }
      pipe.starved(true);
    }
    return false;
  }
}
