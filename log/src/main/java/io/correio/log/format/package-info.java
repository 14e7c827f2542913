/**
 * What lies on the disk, byte by byte: drawn, encoded, decoded and checked here, without any I/O.
 */
@NullMarked
package io.correio.log.format;

import org.jspecify.annotations.NullMarked;
