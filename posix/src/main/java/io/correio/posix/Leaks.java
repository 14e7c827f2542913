package io.correio.posix;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds sockets and descriptors that nobody closed, by the stack that opened them. Watches only
 * where the system property {@value #PROPERTY} is {@code true} at first use, for tests: a stack for
 * each socket costs more than the socket. Nothing is ever closed by the garbage collector.
 */
public final class Leaks {

  /** Set to {@code true} to watch. */
  public static final String PROPERTY = "io.correio.posix.leaks";

  private static final boolean WATCHING = Boolean.getBoolean(PROPERTY);
  private static final Map<Watched, Throwable> OPEN = new ConcurrentHashMap<>();

  private Leaks() {}

  /** Whether sockets are watched. */
  public static boolean isWatching() {
    return WATCHING;
  }

  /** What is open at this moment, each with the stack that opened it. */
  public static List<Throwable> open() {
    return new ArrayList<>(OPEN.values());
  }

  static @Nullable Watched watch(Object owner, String what) {
    if (!WATCHING) {
      return null;
    }
    Watched watched = new Watched();
    OPEN.put(watched, new Throwable(what + " was opened here"));
    watched.cleanable = Watching.CLEANER.register(owner, watched);
    return watched;
  }

  private static final class Watching {
    static final Cleaner CLEANER = Cleaner.create();
    static final System.Logger LOGGER = System.getLogger(Leaks.class.getName());
  }

  /** One open descriptor. Must not know its owner, whose loss it reports. */
  static final class Watched implements Runnable {
    private volatile boolean closed;
    private Cleaner.@Nullable Cleanable cleanable;

    void closed() {
      closed = true;
      OPEN.remove(this);
      if (cleanable != null) {
        cleanable.clean();
      }
    }

    @Override
    public void run() {
      if (!closed) {
        Watching.LOGGER.log(
            System.Logger.Level.ERROR,
            "a descriptor was lost and never closed; close what is opened",
            OPEN.get(this));
      }
    }
  }
}
