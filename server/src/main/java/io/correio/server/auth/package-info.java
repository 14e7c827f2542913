/** Passwords: their hashes, and who checks them without holding up a loop. */
@NullMarked
package io.correio.server.auth;

import org.jspecify.annotations.NullMarked;
