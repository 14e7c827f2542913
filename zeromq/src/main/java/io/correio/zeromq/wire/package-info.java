/**
 * ZMTP as bytes: greeting, commands and metadata of versions 3.1, 3.0 and 2.0 (RFC 37, 23 and 15).
 * Pure: no thread, no clock, no I/O.
 */
@NullMarked
package io.correio.zeromq.wire;

import org.jspecify.annotations.NullMarked;
