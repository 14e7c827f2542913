/**
 * What the socket types do with messages (RFC 28 to 31): what goes to whom, what blocks, what is
 * dropped. Knows pipes and no transport; without threads, clock and I/O.
 */
@NullMarked
package io.correio.zeromq.pattern;

import org.jspecify.annotations.NullMarked;
