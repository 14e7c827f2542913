package io.correio.core.shard;

import io.correio.core.identity.Identities;
import io.correio.core.queue.Lane;
import io.correio.core.routing.RoutingTable;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A copy of part of a shard's state for the checkpoint, taken by the shard between two batches.
 *
 * @param position facts up to here are in it
 * @param laneIds all lanes at this moment; only in the first slice of a checkpoint
 */
@SuppressWarnings("ArrayRecordComponent") // internal, and nobody compares it
record Slice(
    long position,
    RoutingTable routing,
    Identities identities,
    long nextQueueId,
    long[] laneIds,
    List<Lane> lanes) {

  /** Lanes that one slice copies at most, so that the shard is held up for a moment only. */
  static final int MAX_LANES = 1000;

  /** Asks a shard for a slice: these lanes, or the list of all when there are none. */
  record Request(long[] lanes, CompletableFuture<Slice> answer) {}
}
