package io.correio.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * One folder of files: the seam between the log and the disk. {@link FileStorage} is the real one,
 * {@link MemoryStorage} serves embedded use and tests.
 *
 * <p>Whoever opened a storage closes it, after the log that uses it. All methods may be called by
 * any thread. A thread that uses a storage must not be interrupted: an interrupt closes the file it
 * is in.
 */
public interface Storage extends Closeable {

  /** Creates an empty file; durable after {@link #forceDirectory()}. Fails when the name exists. */
  StorageFile create(String name) throws IOException;

  /** Opens an existing file for reading and writing. */
  StorageFile open(String name) throws IOException;

  /** The names of all files, sorted, without those the storage keeps for itself. */
  List<String> list() throws IOException;

  /** Removes a file; durable after {@link #forceDirectory()}. Fails when it does not exist. */
  void delete(String name) throws IOException;

  /** Renames atomically, replacing what bore the new name; durable when it returns. */
  void rename(String from, String to) throws IOException;

  /** Returns when creations and deletions so far are durable. */
  void forceDirectory() throws IOException;

  /** Bytes that can still be allocated in this storage; a hint, others may be faster. */
  long usableBytes() throws IOException;

  /** Releases the folder. Open files become unusable. */
  @Override
  void close() throws IOException;

  /** What an operator calls this storage: the folder's path, for messages. */
  String describe();
}
