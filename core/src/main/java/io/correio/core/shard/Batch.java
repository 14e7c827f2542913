package io.correio.core.shard;

import io.correio.core.queue.ConnectionEntry;
import io.correio.core.queue.Effect;
import java.util.ArrayList;
import java.util.List;

/**
 * What a shard hands to its log at a time: at most one entry, the effects that have to wait for it
 * or for what was handed over before, and what readers are to fetch behind it. Filled by the shard,
 * then owned by the log's thread, then cleared and used again.
 */
final class Batch {

  /** Direct memory that a batch keeps for its next use. */
  private static final int MAX_KEPT_BYTES = 1 << 20;

  /** Messages of a lane that a reader is to fetch, for a scan or, with 0, for the lane's window. */
  @SuppressWarnings("ArrayRecordComponent") // internal, and nobody compares it
  record Fetch(long scan, long lane, long[] sequences, int maxBytes) {}

  final EntryWriter entry;
  final EntryWriter scratch;
  final List<ConnectionEntry> receivers = new ArrayList<>();
  final List<Effect> effects = new ArrayList<>();
  final List<Fetch> fetches = new ArrayList<>();

  /** Batches of a shard are numbered; the log emits them in this order. */
  long number;

  /** The position of its entry, or of the last one before when it has none. */
  long position;

  Batch(MessageCodec messages) {
    entry = new EntryWriter(messages);
    scratch = new EntryWriter(messages);
  }

  boolean isEmpty() {
    return entry.isEmpty() && scratch.isEmpty() && effects.isEmpty() && fetches.isEmpty();
  }

  int bytes() {
    return entry.bytes() + scratch.bytes();
  }

  /** Whether it holds so much that it must not be kept for another use. */
  boolean isOversized() {
    return entry.records().capacity() > MAX_KEPT_BYTES
        || scratch.records().capacity() > MAX_KEPT_BYTES;
  }

  void clear() {
    entry.clear();
    scratch.clear();
    receivers.clear();
    effects.clear();
    fetches.clear();
  }
}
