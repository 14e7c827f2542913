/** Tests of users, virtual hosts and permissions. */
@NullMarked
package io.correio.core.identity;

import org.jspecify.annotations.NullMarked;
