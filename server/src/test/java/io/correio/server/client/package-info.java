/** Tests of the blocking client. */
@NullMarked
package io.correio.server.client;

import org.jspecify.annotations.NullMarked;
