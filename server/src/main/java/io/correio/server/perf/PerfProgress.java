package io.correio.server.perf;

/** Hears each second what a run is doing. */
@FunctionalInterface
public interface PerfProgress {
  /** Called on the thread that runs, with the number of seconds since the start. */
  void second(int second, PerfInterval interval);
}
