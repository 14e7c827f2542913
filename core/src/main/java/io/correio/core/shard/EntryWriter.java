package io.correio.core.shard;

import io.correio.core.message.Message;
import io.correio.core.queue.Fact;
import io.correio.log.RecordBuffer;

/**
 * Puts facts into a record buffer: one record for each message, one for each run of other facts
 * between them. Settlements of neighbours in a lane become one. Owned by the shard's thread.
 */
final class EntryWriter {

  private static final int INITIAL_CAPACITY_BYTES = 64 << 10;

  /** Bytes of a record beside its keys and its content. */
  private static final int RECORD_BYTES = 24;

  /** Bytes of a key: (lane, sequence). */
  private static final int KEY_BYTES = 16;

  private final RecordBuffer records = new RecordBuffer(INITIAL_CAPACITY_BYTES);
  private final MessageCodec messages;
  private boolean recordOpen;
  private int bytes;

  private long settledLane;
  private long settledFrom;
  private long settledTo;

  EntryWriter(MessageCodec messages) {
    this.messages = messages;
  }

  RecordBuffer records() {
    return records;
  }

  /** Bytes that the entry takes in the log at most. */
  int bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return bytes == 0;
  }

  void add(Fact fact) {
    switch (fact) {
      case Fact.Enqueued f -> enqueued(f);
      case Fact.Settled f -> settled(f);
      default -> addOther(fact);
    }
  }

  private void settled(Fact.Settled fact) {
    if (fact.lane() == settledLane && fact.from() == settledTo + 1) {
      settledTo = fact.to();
      return;
    }
    endSettled();
    settledLane = fact.lane();
    settledFrom = fact.from();
    settledTo = fact.to();
    bytes += FactCodec.maxSize(fact) + RECORD_BYTES;
  }

  private void endSettled() {
    if (settledLane != 0) {
      Fact fact = new Fact.Settled(settledLane, settledFrom, settledTo);
      settledLane = 0;
      write(fact, FactCodec.maxSize(fact));
    }
  }

  private void addOther(Fact fact) {
    endSettled();
    int size = FactCodec.maxSize(fact);
    bytes += size + RECORD_BYTES;
    write(fact, size);
  }

  private void write(Fact fact, int size) {
    if (!recordOpen) {
      records.beginRecord(0);
      recordOpen = true;
    }
    FactCodec.write(records.content(size), fact);
  }

  private void enqueued(Fact.Enqueued fact) {
    endSettled();
    endRecord();
    records.beginRecord(fact.lanes().length);
    for (int i = 0; i < fact.lanes().length; i++) {
      records.key(fact.lanes()[i], fact.sequences()[i]);
    }
    int size = messages.encodedSize(fact.message());
    messages.write(records.content(size), fact.message());
    records.endRecord();
    bytes += size + RECORD_BYTES + KEY_BYTES * fact.lanes().length;
  }

  /** For the scratch log: a message of transient lanes, an entry of its own. */
  void spill(
      long position, long[] lanes, long[] sequences, long[] besideSequences, Message message) {
    records.beginRecord(lanes.length);
    for (int i = 0; i < lanes.length; i++) {
      records.key(lanes[i], sequences[i]);
    }
    int size = messages.encodedSize(message) + MessageCodec.placesSize(lanes.length);
    messages.write(records.content(size), message, lanes, besideSequences);
    records.endRecord();
    records.endEntry(position);
    bytes += size + RECORD_BYTES + KEY_BYTES * lanes.length;
  }

  private void endRecord() {
    if (recordOpen) {
      records.endRecord();
      recordOpen = false;
    }
  }

  /** All that was added is one entry, at this position. */
  void endEntry(long position) {
    endSettled();
    endRecord();
    records.endEntry(position);
  }

  void clear() {
    records.clear();
    bytes = 0;
  }
}
