/**
 * The single writer of a virtual host: inbox, decisions, log, and effects once they are durable.
 */
@NullMarked
package io.correio.core.shard;

import org.jspecify.annotations.NullMarked;
