package io.correio.core.message;

/**
 * What a message carries, byte for byte as received: the core never looks inside. The arrays are
 * owned by the message from here on and must not be changed by anybody.
 *
 * @param format number of the format that {@code head} is written in, known to the front ends
 * @param head the format's own properties, as received
 * @param body the application's bytes
 */
// Arrays and not read-only views: one object per message less, and nobody compares contents.
@SuppressWarnings("ArrayRecordComponent")
public record Content(int format, byte[] head, byte[] body) {}
