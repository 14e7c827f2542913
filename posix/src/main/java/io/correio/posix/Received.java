package io.correio.posix;

/**
 * What {@link PosixSocket#recvfrom} received.
 *
 * @param count bytes; 0 is a message without any, or the end of a connection; {@link
 *     PosixSocket#WOULD_BLOCK} is nothing
 * @param from the sender; {@link Address.UnixUnnamed} where it has no address, as over a connection
 */
public record Received(long count, Address from) {}
