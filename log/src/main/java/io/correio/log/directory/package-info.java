/**
 * Which key lies where in one segment: in memory while it grows, in pages on the disk afterwards.
 */
@NullMarked
package io.correio.log.directory;

import org.jspecify.annotations.NullMarked;
