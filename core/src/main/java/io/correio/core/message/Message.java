package io.correio.core.message;

/**
 * A message: what the core decides on, and what it only carries. Immutable; one instance is shared
 * by all queues it was routed to.
 */
public record Message(Envelope envelope, Content content) {

  /** Heap that a message costs beside its bytes: objects, headers, references. */
  private static final int OVERHEAD_BYTES = 128;

  /** Bytes that this message is accounted with in windows and credits. */
  public int size() {
    return content.head().length + content.body().length + OVERHEAD_BYTES;
  }
}
