/** Where a message goes: exchanges and bindings in an immutable, structure-sharing snapshot. */
@NullMarked
package io.correio.core.routing;

import org.jspecify.annotations.NullMarked;
