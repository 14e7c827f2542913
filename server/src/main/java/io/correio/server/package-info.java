/** The server: what starts, in which order, and with which limits. */
@NullMarked
package io.correio.server;

import org.jspecify.annotations.NullMarked;
