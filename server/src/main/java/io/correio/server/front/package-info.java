/** What every protocol session and the connection that carries it agree on. */
@NullMarked
package io.correio.server.front;

import org.jspecify.annotations.NullMarked;
