package io.correio.zeromq.io;

import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.ZeroMqException;
import io.correio.zeromq.model.ZeroMqException.Kind;
import io.correio.zeromq.pipe.InprocPipe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The inproc names of one context: who is bound, and who waits for somebody to bind. */
final class InprocNames {
  /** The most pipes that wait for a name to be bound. */
  static final int WAITING_MAX = 65_536;

  private final Map<String, SocketCore> bound = new HashMap<>();
  private final Map<String, List<InprocPipe>> waiting = new HashMap<>();
  private int waitingCount;

  synchronized void bind(String name, SocketCore core) {
    if (bound.putIfAbsent(name, core) != null) {
      throw new ZeroMqException(
          Kind.ADDRESS, "inproc://" + name + " is bound already, by a socket of this context");
    }
    List<InprocPipe> pipes = waiting.remove(name);
    if (pipes != null) {
      waitingCount -= pipes.size();
      pipes.forEach(pipe -> accept(core, pipe));
    }
  }

  synchronized void connect(String name, InprocPipe pipe) {
    SocketCore core = bound.get(name);
    if (core != null) {
      accept(core, pipe);
    } else if (waitingCount == WAITING_MAX) {
      throw new ZeroMqException(
          Kind.LIMIT,
          WAITING_MAX + " connections wait for inproc names: bind before connecting more");
    } else {
      waiting.computeIfAbsent(name, any -> new ArrayList<>()).add(pipe);
      waitingCount++;
    }
  }

  private static void accept(SocketCore core, InprocPipe pipe) {
    if (!core.type().mayTalkTo(pipe.type().name())) {
      core.event(
          io.correio.zeromq.model.SocketEvent.Kind.HANDSHAKE_FAILED,
          "inproc",
          "a " + core.type() + " socket cannot talk to " + pipe.type());
      return;
    }
    pipe.accept(
        core,
        core.type(),
        core.options().get(SocketOption.ROUTING_ID),
        core.options().get(SocketOption.SEND_HIGH_WATER_MARK),
        core.options().get(SocketOption.RECEIVE_HIGH_WATER_MARK));
  }

  synchronized void unbind(String name, SocketCore core) {
    bound.remove(name, core);
  }

  synchronized void forget(String name, InprocPipe pipe) {
    List<InprocPipe> pipes = waiting.get(name);
    if (pipes != null && pipes.remove(pipe)) {
      waitingCount--;
      if (pipes.isEmpty()) {
        waiting.remove(name);
      }
    }
  }
}
