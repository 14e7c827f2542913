package io.correio.core.shard;

/**
 * Limits of a shard.
 *
 * @param windowBytes memory for messages that wait at the heads of queues
 * @param outboxBytes bytes that may be emitted for a connection before it reports them drained
 * @param checkpointBytes log written between two checkpoints: what a start reads at most
 */
public record ShardOptions(long windowBytes, long outboxBytes, long checkpointBytes) {}
