/** The HTTP API: what people and tools ask of a broker, and change in it. */
@NullMarked
package io.correio.server.admin;

import org.jspecify.annotations.NullMarked;
