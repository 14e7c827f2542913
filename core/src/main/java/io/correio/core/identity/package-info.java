/** Who may do what: users, virtual hosts and permissions as one immutable snapshot. */
@NullMarked
package io.correio.core.identity;

import org.jspecify.annotations.NullMarked;
