/** Tests of configuration and wiring. */
@NullMarked
package io.correio.server;

import org.jspecify.annotations.NullMarked;
