/** Tests of the load generator. */
@NullMarked
package io.correio.server.perf;

import org.jspecify.annotations.NullMarked;
