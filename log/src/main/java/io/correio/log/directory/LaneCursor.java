package io.correio.log.directory;

/**
 * The place in one segment's directory where the last look-up of a lane ended: the next message is
 * most likely the next entry. Confined to one thread at a time.
 */
public final class LaneCursor {
  long first;
  int start;
  int count;
  int next;
}
