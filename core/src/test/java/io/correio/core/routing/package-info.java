/** Routing, stated in tables and compared with lists that are searched from end to end. */
@NullMarked
package io.correio.core.routing;

import org.jspecify.annotations.NullMarked;
