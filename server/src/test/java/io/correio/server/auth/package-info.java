/** Tests of logins. */
@NullMarked
package io.correio.server.auth;

import org.jspecify.annotations.NullMarked;
