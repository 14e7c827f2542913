/** A durable append-only log over segment files: bytes, keys and positions, nothing else. */
@NullMarked
package io.correio.log;

import org.jspecify.annotations.NullMarked;
