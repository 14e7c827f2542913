package io.correio.client.remote;

/**
 * A link that outlives connections: attached to each in turn. Guarded by the manager's lock, under
 * which all its methods are called.
 */
interface RemoteLink {

  /** There is a connection: attach to it. */
  void attach(WireConnection connection);

  /** The connection is gone. */
  void lost();

  /** The state of the manager changed, or an attempt to connect failed: who waits looks again. */
  void changed();

  /** What waited to be sent may go on. */
  void resume();
}
