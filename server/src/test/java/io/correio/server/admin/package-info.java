/** Tests of the HTTP API, over HTTP. */
@NullMarked
package io.correio.server.admin;

import org.jspecify.annotations.NullMarked;
