package io.correio.core.queue;

/**
 * A message that nobody has settled is not in the log any more. The log itself cannot tell: files
 * without anything alive go away all the time. Ends the shard, and with it the process.
 */
public final class MissingMessageException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  MissingMessageException(String queue, boolean durable, long sequence) {
    super(
        ("message %d of the %s messages of queue '%s' is not in the log: a file of its segments is"
                + " missing, or was exchanged. Keep a copy of the folder, and restore it from a"
                + " backup")
            .formatted(sequence, durable ? "durable" : "transient", queue));
  }
}
