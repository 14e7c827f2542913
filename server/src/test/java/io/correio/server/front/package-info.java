/** Tests of what all protocols of the server share. */
@NullMarked
package io.correio.server.front;

import org.jspecify.annotations.NullMarked;
