/**
 * POSIX sockets (IEEE Std 1003.1-2024, sys/socket.h) with the calls' own semantics: {@link
 * io.correio.posix.PosixSocket} and what it takes and gives.
 */
@NullMarked
package io.correio.posix;

import org.jspecify.annotations.NullMarked;
