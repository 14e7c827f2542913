package io.correio.core.message;

/**
 * A message: what the core decides on, what it only carries, and what befell it. Immutable; one
 * instance is shared by all queues it was routed to.
 */
public record Message(Envelope envelope, Content content, History history) {

  /** Heap that a message costs beside its bytes: objects, headers, references. */
  private static final int OVERHEAD_BYTES = 128;

  /** A message as it was sent. */
  public Message(Envelope envelope, Content content) {
    this(envelope, content, History.NONE);
  }

  /** Bytes that this message is accounted with in windows and credits. */
  public int size() {
    return content.head().length + content.body().length + OVERHEAD_BYTES + history.size();
  }
}
