/** Tests of the single writer. */
@NullMarked
package io.correio.core.shard;

import org.jspecify.annotations.NullMarked;
