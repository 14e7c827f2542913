package io.correio.log;

import io.correio.log.format.CheckpointFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint files of a log: one that is valid and one into which the next is written.
 *
 * <pre>
 *      checkpoint.spare --blocks, header, force--&gt; rename --&gt; 00000008.checkpoint
 *             ^                                                          |
 *             +------------- rename, when 00000009 is there -------------+
 * </pre>
 *
 * <p>The spare is as long as the checkpoint before was and half as long again, so that there is
 * room for the next one on a full disk. Cleaner thread, and the thread that opens the log.
 */
final class Checkpoints {

  private static final System.Logger LOGGER = System.getLogger(Checkpoints.class.getName());
  private static final Pattern NAME = Pattern.compile("(\\d{8,18})\\.checkpoint");
  private static final String SPARE = "checkpoint.spare";
  private static final long MIN_SPARE_BYTES = 64 * 1024;

  private final Storage storage;
  private final boolean forced;
  private final LongSupplier durablePosition;
  private final List<Found> found = new ArrayList<>();
  private final List<String> superfluous = new ArrayList<>();
  private long number;
  private long spareBytes = MIN_SPARE_BYTES;
  private volatile long replayFrom = -1;
  private @Nullable String current;
  private boolean writing;
  private boolean prepared;

  private record Found(String name, CheckpointFormat.Header header) {}

  Checkpoints(Storage storage, boolean forced, LongSupplier durablePosition) {
    this.storage = storage;
    this.forced = forced;
    this.durablePosition = durablePosition;
  }

  static boolean isCheckpoint(String name) {
    return name.equals(SPARE) || NAME.matcher(name).matches();
  }

  /** Reads the headers of what is there. */
  void open(List<String> names) throws IOException {
    for (String name : names) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.matches()) {
        number = Math.max(number, Long.parseLong(matcher.group(1)));
        superfluous.add(name);
        CheckpointFormat.Header header = header(name);
        if (header != null) {
          found.add(new Found(name, header));
        }
      }
    }
    found.sort(Comparator.comparingLong((Found f) -> f.header().number()).reversed());
  }

  private CheckpointFormat.@Nullable Header header(String name) throws IOException {
    try (StorageFile file = storage.open(name)) {
      ByteBuffer bytes = ByteBuffer.allocate(CheckpointFormat.HEADER_BYTES);
      file.read(bytes, 0);
      CheckpointFormat.Header header = CheckpointFormat.decode(bytes.flip());
      if (header != null && header.version() > CheckpointFormat.VERSION) {
        throw new IOException(
            ("%s/%s has format version %d, this release reads up to %d: run the release that wrote"
                    + " it, or a newer one")
                .formatted(storage.describe(), name, header.version(), CheckpointFormat.VERSION));
      }
      return header;
    }
  }

  /** The newest checkpoint that is whole; null when there is none. */
  @Nullable CheckpointReader newest() throws IOException {
    for (Found candidate : found) {
      if (isWhole(candidate)) {
        replayFrom = candidate.header().replayFrom();
        current = candidate.name();
        superfluous.remove(current);
        return reader(candidate);
      }
      LOGGER.log(
          System.Logger.Level.WARNING,
          "The checkpoint {0}/{1} is damaged: starting from an older one, which takes longer",
          storage.describe(),
          candidate.name());
    }
    return null;
  }

  private boolean isWhole(Found candidate) throws IOException {
    try (CheckpointReader reader = reader(candidate)) {
      ByteBuffer block;
      do {
        block = reader.read();
      } while (block != null);
      return true;
    } catch (CorruptLogException e) {
      return false;
    }
  }

  private CheckpointReader reader(Found candidate) throws IOException {
    String path = storage.describe() + "/" + candidate.name();
    return new CheckpointReader(path, storage.open(candidate.name()), candidate.header());
  }

  /** Entries up to this position are covered by a durable checkpoint; -1 without one. */
  long replayFrom() {
    return replayFrom;
  }

  /** Has room for the next checkpoint, if the disk has; tried again by the next call otherwise. */
  void prepare() {
    if (writing || prepared) {
      return;
    }
    try (StorageFile spare = openSpare()) {
      long size = spare.size();
      if (size < spareBytes) {
        spare.allocate(size, spareBytes - size);
        spare.force();
        storage.forceDirectory();
      }
      prepared = true;
    } catch (IOException e) {
      // What there is of it may suffice; the disk's owner sees that it is full by other signs.
      prepared = false;
    }
  }

  private StorageFile openSpare() throws IOException {
    return storage.list().contains(SPARE) ? storage.open(SPARE) : storage.create(SPARE);
  }

  CheckpointWriter begin(long from) throws IOException {
    if (writing) {
      throw new IllegalStateException("Another checkpoint is being written");
    }
    if (from < replayFrom) {
      throw new IllegalArgumentException(
          "The last checkpoint covers position %d, so this one cannot end at %d"
              .formatted(replayFrom, from));
    }
    StorageFile file = openSpare();
    writing = true;
    return new CheckpointWriter(
        this, file, number + 1, from, ThreadLocalRandom.current().nextLong());
  }

  void abort(StorageFile file) throws IOException {
    writing = false;
    file.close();
  }

  void commit(StorageFile file, CheckpointFormat.Header header) throws IOException {
    writing = false;
    try (file) {
      if (header.replayFrom() > durablePosition.getAsLong()) {
        throw new IllegalStateException(
            "The checkpoint covers position %d, but only %d is durable"
                .formatted(header.replayFrom(), durablePosition.getAsLong()));
      }
      if (forced) {
        file.force();
      }
    }
    String name = String.format(Locale.ROOT, "%08d.checkpoint", header.number());
    storage.rename(SPARE, name);
    String old = current;
    current = name;
    number = header.number();
    replayFrom = header.replayFrom();
    spareBytes = Math.max(MIN_SPARE_BYTES, header.bytes() / 2 * 3);
    if (old != null) {
      storage.rename(old, SPARE);
    }
    for (String other : superfluous) {
      storage.delete(other);
    }
    superfluous.clear();
    prepared = false;
    prepare();
  }
}
