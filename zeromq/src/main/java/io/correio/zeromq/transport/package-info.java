/** Endpoints, and the channels that they name. Knows no pattern. */
@NullMarked
package io.correio.zeromq.transport;

import org.jspecify.annotations.NullMarked;
