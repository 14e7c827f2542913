package io.correio.tests.simulation;

/** The simulated process has ended: whatever it was doing is not finished. */
final class ProcessEnded extends Error {
  private static final long serialVersionUID = 1L;

  ProcessEnded() {
    super("the simulated process has ended", null, false, false);
  }
}
