package io.correio.log;

import io.correio.log.directory.PageCache;
import io.correio.log.format.SegmentName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A durable, append-only log of entries in segment files.
 *
 * <p>An <em>entry</em> is one record or more, all or nothing; its <em>position</em> numbers the
 * entries from 1 on, without gaps. A record has <em>keys</em>, each a lane and a sequence, that
 * name the messages in it; the sequences of a lane ascend in the order in which they are appended.
 * The log knows nothing of what the bytes mean.
 *
 * <p>A log is opened, asked for its {@link #checkpoint()}, {@linkplain #replay replayed} once, and
 * then used by three kinds of threads:
 *
 * <ul>
 *   <li>the <b>writer</b>, one thread: {@link #append}, {@link #force};
 *   <li>the <b>cleaner</b>, one thread: {@link #prepare}, {@link #clean}, {@link #beginCheckpoint};
 *   <li><b>readers</b>, any thread: {@link #read}; and the figures: {@link #room}, {@link
 *       #statistics}.
 * </ul>
 *
 * <p>None of them may be interrupted: that closes the file in use. Whoever opened the log closes
 * it, when all of these threads are done with it, and then the storage.
 */
public final class SegmentedLog implements AutoCloseable {

  private final LogOptions options;
  private final PageCache cache;
  private final OpenFiles files;
  private final SegmentSet segments = new SegmentSet();
  private final SegmentSupply supply;
  private final Checkpoints checkpoints;
  private final LogReader reader;
  private final LogFolder folder;
  private final Cleaning cleaning;
  private volatile @Nullable Appender appender;

  private SegmentedLog(Storage storage, LogOptions options) {
    this.options = options;
    this.cache = new PageCache(options.directoryCacheBytes());
    this.files = new OpenFiles(options.openFiles());
    this.supply = new SegmentSupply(storage, options, files, segments);
    this.checkpoints = new Checkpoints(storage, options.forced(), this::durablePosition);
    this.reader = new LogReader(segments, files, options.segmentBytes());
    this.folder = new LogFolder(storage, cache);
    this.cleaning =
        new Cleaning(
            storage,
            options,
            segments,
            files,
            supply,
            cache,
            checkpoints::replayFrom,
            this::durablePosition);
  }

  /**
   * Opens a log, creating it in an empty folder. Reads the first block of each segment and of each
   * checkpoint only; the end of the log is found by {@link #replay}.
   *
   * @throws CorruptLogException when something that was durable is not readable
   * @throws IOException also when a file has a format that this release does not know
   */
  public static SegmentedLog open(Storage storage, LogOptions options) throws IOException {
    SegmentedLog log = new SegmentedLog(storage, options);
    if (!options.forced()) {
      LogFolder.clear(storage, options.segmentBytes());
    }
    log.open();
    return log;
  }

  private void open() throws IOException {
    folder.open();
    List<Segment> all = new ArrayList<>(folder.sealed());
    all.addAll(folder.unsealed());
    for (Segment segment : all) {
      supply.numbersUpTo(segment.header().lastNumber());
    }
    for (String name : folder.free()) {
      SegmentName was =
          SegmentName.parse(name.substring(0, name.length() - SegmentSupply.FREE.length()));
      if (was != null) {
        supply.numbersUpTo(was.last());
      }
      supply.addFree(name);
    }
    checkpoints.open(folder.checkpoints());
  }

  /**
   * The newest checkpoint that is whole. To be asked before {@link #replay}; whoever gets it closes
   * it.
   */
  public Optional<CheckpointReader> checkpoint() throws IOException {
    return Optional.ofNullable(checkpoints.newest());
  }

  /**
   * Reads the entries above a position and makes the log ready to append. To be called once. Cuts
   * the torn tail, of which whole entries vanish, and forces what it found, so that what the
   * visitor saw is durable. Segments that lie below the position are not read.
   *
   * @param fromPosition what the checkpoint says, or 0 without one
   * @return the position of the last entry; 0 when the log is empty
   * @throws CorruptLogException when a bad record lies elsewhere than at the end of the log
   */
  public long replay(long fromPosition, ReplayVisitor visitor) throws IOException {
    if (appender != null) {
      throw new IllegalStateException("The log has been replayed");
    }
    List<Segment> sealed = new ArrayList<>(folder.sealed());
    List<Segment> unsealed = new ArrayList<>(folder.unsealed());
    Appender.Tail tail =
        new Recovery(options, files, supply, fromPosition, visitor).run(sealed, unsealed);
    for (Segment spare : unsealed) {
      files.acquire(spare);
      supply.addSpare(spare);
    }
    List<Segment> all = new ArrayList<>(sealed);
    all.add(tail.segment());
    segments.set(all);
    appender = new Appender(options, supply, segments, files, cache, tail);
    return tail.lastPosition();
  }

  private Appender appender() {
    Appender ready = appender;
    if (ready == null) {
      throw new IllegalStateException("The log has not been replayed");
    }
    return ready;
  }

  /**
   * Appends all complete entries of the buffer, in as many writes as segments are touched. They can
   * be read when it returns, and are durable after {@link #force()}. Writer thread.
   *
   * @throws IOException when the disk fails; the log then takes nothing more, and nobody knows what
   *     of it is on the disk: end the process
   */
  public void append(RecordBuffer records) throws IOException {
    appender().append(records);
  }

  /**
   * Returns when everything appended is durable. Writer thread.
   *
   * @throws IOException as {@link #append} does
   */
  public void force() throws IOException {
    appender().force();
  }

  /** Position of the last entry appended. Any thread. */
  public long lastPosition() {
    return appender().lastPosition();
  }

  /** Position of the last entry that is durable. Any thread. */
  public long durablePosition() {
    return appender().durablePosition();
  }

  /**
   * Bytes of entries, as {@link RecordBuffer#bytes()} counts them, that can be appended for
   * certain, whatever their sizes and keys, even if the disk is full. The reserve for what must not
   * wait is not in it. Any thread; cheap.
   */
  public long room() {
    return supply.room();
  }

  /**
   * Bytes of entries without keys that can be appended for certain, the reserve included: for
   * settlements, which make room in the end. Any thread; cheap.
   */
  public long roomWithReserve() {
    return supply.roomWithReserve();
  }

  /**
   * Takes room on the disk ahead of the writer: one step. Room for the next checkpoint is taken,
   * too. Cleaner thread.
   *
   * @return whether more work waits; false also when the disk is full, then {@link #roomShort()}
   */
  public boolean prepare() {
    checkpoints.prepare();
    return supply.prepare();
  }

  /** Whether the last {@link #prepare()} found the disk full. Any thread. */
  public boolean roomShort() {
    return supply.roomShort();
  }

  /**
   * Reads messages of one lane, in the order asked for; neighbours in the log are read together.
   * Any thread.
   *
   * @param sequences ascending
   * @param count how many of them
   * @param maxBytes ends when so many bytes were handed over, but not before the first message
   * @return how many of the sequences were answered
   * @throws CorruptLogException when a record is not what was written
   */
  public int read(long lane, long[] sequences, int count, int maxBytes, MessageSink sink)
      throws IOException {
    return reader.read(lane, sequences, count, maxBytes, sink);
  }

  /**
   * Begins a checkpoint: the state that follows from the entries up to {@code replayFrom}, and
   * maybe some more, all of them durable when it is committed. Cleaner thread.
   */
  public CheckpointWriter beginCheckpoint(long replayFrom) throws IOException {
    return checkpoints.begin(replayFrom);
  }

  /**
   * Gives back what is dead: frees segments that hold nothing alive and merges neighbours that hold
   * little. Only segments below the last committed checkpoint. Does a slice of the work, some 10
   * ms, and is called again, with {@link #prepare()} in between, until no more work waits; the
   * merging then goes on with the next round. Cleaner thread.
   *
   * @throws CorruptLogException when something alive is not readable; nothing is lost by the try
   */
  public CleanResult clean(Liveness liveness) throws IOException {
    appender();
    return cleaning.clean(liveness);
  }

  /** Figures. Any thread. */
  public LogStatistics statistics() {
    List<Segment> list = segments.list();
    long bytes = supply.allocatedBytes();
    long liveBytes = 0;
    for (Segment segment : list) {
      bytes += segment.sealed() != null ? segment.allocated() : 0;
      liveBytes += segment.liveBytes();
    }
    return new LogStatistics(
        list.size(),
        bytes,
        liveBytes,
        supply.spareBytes(),
        room(),
        roomShort(),
        lastPosition(),
        durablePosition(),
        cache.bytes());
  }

  /** Closes the files; forces nothing. */
  @Override
  public void close() throws IOException {
    cleaning.close();
    files.close();
  }
}
