package io.correio.core.shard;

import io.correio.core.filter.MessageReader;
import io.correio.core.message.Message;
import io.correio.core.routing.HeaderSource;
import java.util.function.Function;

/**
 * Limits of a shard.
 *
 * @param windowBytes memory for messages that wait at the heads of queues
 * @param outboxBytes bytes that may be emitted for a connection before it reports them drained
 * @param checkpointBytes log written between two checkpoints: what a start reads at most
 * @param headers what exchanges compare of a message that is routed again
 * @param reader looks into messages for selectors
 */
public record ShardOptions(
    long windowBytes,
    long outboxBytes,
    long checkpointBytes,
    Function<Message, HeaderSource> headers,
    MessageReader reader) {

  /** Of a shard whose messages are not looked into. */
  public ShardOptions(long windowBytes, long outboxBytes, long checkpointBytes) {
    this(
        windowBytes,
        outboxBytes,
        checkpointBytes,
        message -> HeaderSource.NONE,
        MessageReader.NOTHING);
  }
}
