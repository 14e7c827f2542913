package io.correio.log;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Opens segment files when somebody uses them and keeps a few open that nobody uses at the moment,
 * so that a log of a thousand segments needs no thousand file descriptors. A retired segment is
 * closed when its last user is gone, and only then is the file free to become another. Any thread.
 */
final class OpenFiles implements AutoCloseable {

  private final int maxIdle;
  private final Set<Segment> open = new LinkedHashSet<>();
  private final Set<Segment> idle = new LinkedHashSet<>();

  OpenFiles(int maxIdle) {
    this.maxIdle = maxIdle;
  }

  /**
   * Begins to use a segment.
   *
   * @return false when it has been retired: the list of segments is a newer one now
   */
  synchronized boolean acquire(Segment segment) throws IOException {
    if (segment.retired) {
      return false;
    }
    if (segment.openFile == null) {
      segment.openFile = segment.storage().open(segment.name().toString());
      open.add(segment);
    }
    segment.users++;
    idle.remove(segment);
    return true;
  }

  /** Begins to use a segment whose file was just opened or created. */
  synchronized void adopt(Segment segment, StorageFile file) {
    segment.openFile = file;
    segment.users++;
    open.add(segment);
  }

  /** Ends the use that {@link #acquire} or {@link #adopt} began. */
  synchronized void release(Segment segment) throws IOException {
    if (--segment.users > 0) {
      return;
    }
    if (segment.retired) {
      closeFile(segment);
      return;
    }
    idle.add(segment);
    Iterator<Segment> eldest = idle.iterator();
    while (idle.size() > maxIdle) {
      Segment closing = eldest.next();
      eldest.remove();
      closeFile(closing);
    }
  }

  /** Nobody begins to use the segment from now on. */
  synchronized void retire(Segment segment) throws IOException {
    segment.retired = true;
    idle.remove(segment);
    if (segment.users == 0) {
      closeFile(segment);
    }
  }

  /** Whether a retired segment's last user is gone. */
  synchronized boolean isUnused(Segment segment) {
    return segment.users == 0;
  }

  private void closeFile(Segment segment) throws IOException {
    StorageFile file = segment.openFile;
    segment.openFile = null;
    open.remove(segment);
    if (file != null) {
      file.close();
    }
  }

  /** Closes every file, used or not. */
  @Override
  public synchronized void close() throws IOException {
    IOException failure = null;
    for (Segment segment : Set.copyOf(open)) {
      try {
        closeFile(segment);
      } catch (IOException e) {
        failure = e;
      }
    }
    idle.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
