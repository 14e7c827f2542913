package io.correio.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder on a real disk. Holds an exclusive lock on the file {@code lock} in it for as long as it
 * is open, so that two processes never write one log. The folder is created for its owner alone.
 */
public final class FileStorage implements Storage {

  private static final String LOCK = "lock";

  private final Path folder;
  private final FileChannel lockChannel;

  private FileStorage(Path folder, FileChannel lockChannel) {
    this.folder = folder;
    this.lockChannel = lockChannel;
  }

  /**
   * Opens the folder, creating it if it is missing.
   *
   * @throws IOException naming folder and remedy when another process has it, or it is not usable
   */
  public static FileStorage open(Path folder) throws IOException {
    FileChannel channel;
    try {
      createFolder(folder);
      channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (FileSystemException e) {
      throw new IOException(
          "The folder %s cannot be written (%s): make it writable, or choose another folder"
              .formatted(folder.toAbsolutePath(), reason(e)),
          e);
    }
    try {
      if (tryLock(channel) == null) {
        throw new IOException(
            "The folder "
                + folder.toAbsolutePath()
                + " is in use by another process: stop that one, or choose another folder");
      }
      String owner = ProcessHandle.current().pid() + "\n";
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.US_ASCII)), 0);
      return new FileStorage(folder, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String reason(FileSystemException e) {
    return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
  }

  private static void createFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    try {
      if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(folder);
      }
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          folder.toAbsolutePath() + " is not a folder: remove it, or choose another folder", e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  @Override
  public StorageFile create(String name) throws IOException {
    return new ChannelFile(
        FileChannel.open(
            folder.resolve(name),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE));
  }

  @Override
  public StorageFile open(String name) throws IOException {
    try {
      return new ChannelFile(
          FileChannel.open(
              folder.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
    } catch (NoSuchFileException e) {
      FileNotFoundException missing =
          new FileNotFoundException(folder.resolve(name).toAbsolutePath() + " does not exist");
      missing.initCause(e);
      throw missing;
    }
  }

  @Override
  public List<String> list() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        Path name = entry.getFileName();
        if (name != null && !name.toString().equals(LOCK) && Files.isRegularFile(entry)) {
          names.add(name.toString());
        }
      }
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(folder.resolve(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        folder.resolve(from),
        folder.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    forceDirectory();
  }

  @Override
  public void forceDirectory() throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  @Override
  public long usableBytes() throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  @Override
  public void close() throws IOException {
    lockChannel.close();
  }

  @Override
  public String describe() {
    return folder.toAbsolutePath().toString();
  }

  private static final class ChannelFile implements StorageFile {
    private final FileChannel channel;

    ChannelFile(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(ByteBuffer src, long offset) throws IOException {
      long at = offset;
      while (src.hasRemaining()) {
        at += channel.write(src, at);
      }
    }

    @Override
    public int read(ByteBuffer dst, long offset) throws IOException {
      int total = 0;
      while (dst.hasRemaining()) {
        int count = channel.read(dst, offset + total);
        if (count < 0) {
          return total == 0 ? -1 : total;
        }
        total += count;
      }
      return total;
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
      // A shorter file is metadata that a plain data force need not write.
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
